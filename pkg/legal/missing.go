package legal

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// missing says what fails because a backend is not there: a rule of which all
// fail answers 500; a table of which shares fail is refused, unless the target
// sees by itself that the backend is not there. Copies to what is not there are none.
func missing(r *run) {
	r.tablesWhere(r.withoutMissing)
	for _, t := range r.m.Routing {
		for i := range t.Rules {
			r.copiesToNowhere(t, i)
		}
	}
}

// copiesToNowhere takes mirrors out that lead to what is not there, unless the target sees
// that by itself.
func (r *run) copiesToNowhere(t *intent.Routing, i int) {
	nowhere := func(s intent.Step) bool {
		m, copies := s.(intent.Mirror)
		return copies && m.To.Missing && !r.seesMissing(t, &m.To)
	}
	rule := &t.Rules[i]
	at := slices.IndexFunc(rule.Steps, nowhere)
	if at < 0 {
		return
	}
	m := rule.Steps[at].(intent.Mirror)
	rest := slices.DeleteFunc(slices.Clone(rule.Steps), nowhere)
	r.withRule(t, i, func(*intent.Rule) {}, func(before *intent.Model) {
		r.withRule(t, i, func(c *intent.Rule) { c.Steps = rest }, func(after *intent.Model) {
			r.record(Change{
				Pass: "missing", Feature: StepMirror, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Mirrored, Fate: FateRewritten, From: m.Origin(),
				Summary: "the mirror to " + m.To.Host.String() + " is not written: it is not there, and no copy arrives", Fix: "nothing", Before: before, After: after,
			})
		})
	})
	rule.Steps = rest
}

func (r *run) withoutMissing(t *intent.Routing) bool {
	for i := range t.Rules {
		rule := &t.Rules[i]
		f, ok := rule.Then.(intent.Forward)
		if !ok {
			continue
		}
		lost := func(b intent.Backend) bool { return b.Missing && !r.seesMissing(t, &b) }
		at := slices.IndexFunc(f.To, lost)
		switch {
		case at < 0:
		case r.definedElsewhere(&f.To[at]):
			r.needsSubset(t, &f.To[at])
			return false
		case !slices.ContainsFunc(f.To, func(b intent.Backend) bool { return !b.Missing }):
			rule.Then = intent.Respond{Status: 500, From: f.To[at].From}
		default:
			r.refuse("missing", RouteSubset, t, f.To[at].From, "a share of its requests fails, since "+strings.TrimSpace(f.To[at].Host.String()+" "+f.To[at].SubsetName)+" is not there")
			return false
		}
	}
	return true
}

// definedElsewhere reports whether an object that is not in the input may define the
// subset of a backend: the input has none that says anything of the host, and is not said
// to be complete.
func (r *run) definedElsewhere(b *intent.Backend) bool {
	return b.SubsetName != "" && b.Subset == nil && !r.m.Env.Complete.Services && !slices.Contains(r.ruled, b.Host)
}

// needsSubset refuses a table of whose backends the input does not say what they are.
func (r *run) needsSubset(t *intent.Routing, b *intent.Backend) {
	subset := "the subset " + b.SubsetName + " of " + b.Host.String()
	c := r.refusal("missing", RouteSubset, intent.Routed, merge(b.From, tableOrigin(t)), "the routes of "+t.Host.String()+" are not written: the input does not define "+subset)
	c.Code, c.Fix, c.Before, c.After = diag.NeedsInventory, "add what defines "+subset+" to the input, or say in the environment that the input is complete", r.tables(t), r.tables()
	if !t.Entry.IsZero() {
		c.Detail = "requests that come in by " + t.Entry.String() + " are not answered by them"
	}
	r.record(c)
}

// seesMissing reports whether the target finds no endpoints for a backend that is
// written as it is.
func (r *run) seesMissing(t *intent.Routing, b *intent.Backend) bool {
	if r.t.Route.Refuses != nil && r.t.Route.Refuses(t, b) {
		return true
	}
	if b.SubsetName != "" && r.t.Caps.Says(RouteSubset, nil) == "" {
		return true
	}
	s := r.m.Inventory.Service(b.Host.Service)
	return b.SubsetName == "" && (r.m.Env.Complete.Services && s == nil || s.Lacks(b.Port) && r.t.Caps.Says(RoutePort, nil) == "")
}
