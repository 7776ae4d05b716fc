package legal

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// loss is what could not be said of one fact, with all units where that is so.
type loss struct {
	change Change
	before []*intent.Access
	after  []*intent.Access
}

// losses collects what could not be said, in the order in which it was met, so
// that a fact that covers many workloads is reported once.
type losses struct {
	order []string
	by    map[string]*loss
}

func newLosses() *losses { return &losses{by: map[string]*loss{}} }

// add notes a loss; changes of one key are one finding.
func (l *losses) add(key string, c Change, before, after []*intent.Access) {
	old, ok := l.by[key]
	if !ok {
		l.order = append(l.order, key)
		old = &loss{change: c}
		l.by[key] = old
	}
	old.change.From = merge(old.change.From, c.From)
	old.before, old.after = append(old.before, before...), append(old.after, after...)
}

// fewRefs are searched one by one.
const fewRefs = 16

// merge unites origins in order.
func merge(a, b intent.Origin) intent.Origin {
	if len(a)+len(b) == 0 {
		return nil
	}
	out := make(intent.Origin, 0, len(a)+len(b))
	var seen map[place.Ref]bool
	for _, o := range []intent.Origin{a, b} {
		for _, ref := range o {
			switch {
			case ref == (place.Ref{}) || seen[ref] || seen == nil && slices.Contains(out, ref):
				continue
			case seen != nil:
				seen[ref] = true
			case len(out) == fewRefs:
				seen = map[place.Ref]bool{ref: true}
				for _, r := range out {
					seen[r] = true
				}
			}
			out = append(out, ref)
		}
	}
	return out
}

// record reports all losses. Those that leave nothing of what was let in are
// lost allows, but for ports that nobody names.
func (l *losses) record(r *run) {
	for _, key := range l.order {
		lost := l.by[key]
		c := lost.change
		if len(lost.after) == 0 && c.Code == diag.Narrowed && c.Feature != AccessPort && !c.From.Defaulted() {
			c.Code, c.Fate = diag.AllowLost, FateDropped
		}
		c.Before, c.After = r.admitting(lost.before...), r.admitting(lost.after...)
		r.record(c)
	}
}

// admitting is a fragment in which only the facts let anyone in.
func (r *run) admitting(facts ...*intent.Access) *intent.Model {
	f := r.fragment()
	f.Access = facts
	f.Default = []*intent.Default{{Effect: intent.Deny}}
	return f
}

// denying is a fragment in which all are let in but whom the facts keep out.
func (r *run) denying(facts ...*intent.Access) *intent.Model {
	f := r.fragment()
	f.Access = facts
	f.Default = []*intent.Default{{Effect: intent.Allow}}
	return f
}

// objectOf names the object that an origin is first of all about.
func objectOf(o intent.Origin) string {
	for _, ref := range o {
		if !ref.IsDefault() {
			return ref.Object
		}
	}
	if len(o) > 0 {
		return "a default of " + o[0].Object
	}
	return "a default"
}

// ruleOf is objectOf, with the place of a rule that is one of a list: of the others it
// says nothing.
func ruleOf(o intent.Origin) string {
	for _, ref := range o {
		if !ref.IsDefault() {
			if strings.HasSuffix(ref.Path, "]") {
				return ref.Object + " " + ref.Path
			}
			break
		}
	}
	return objectOf(o)
}

// refs are the input values that asked for literals.
func refs(ls []match.Literal) intent.Origin {
	var out intent.Origin
	for _, l := range ls {
		out = append(out, l.Atom.Place())
	}
	return merge(nil, out)
}
