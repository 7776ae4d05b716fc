package legal

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// keepInForce takes facts out of the model that stay in force beside the output:
// policies of a mesh on whose data plane the target runs. They are in Before of
// their change, so that the result can be judged with them.
func keepInForce(r *run) {
	kinds := r.t.Keeps[r.o.From]
	if len(kinds) == 0 {
		return
	}
	kept := r.fragment()
	r.m.Access = split(r.m.Access, kinds, &kept.Access)
	r.m.Default = split(r.m.Default, kinds, &kept.Default)
	r.m.Tokens = split(r.m.Tokens, kinds, &kept.Tokens)
	r.m.Rates = split(r.m.Rates, kinds, &kept.Rates)
	r.m.Logs = split(r.m.Logs, kinds, &kept.Logs)
	r.m.Transport = split(r.m.Transport, kinds, &kept.Transport)
	r.m.Upstream = split(r.m.Upstream, kinds, &kept.Upstream)
	r.m.Intake = split(r.m.Intake, kinds, &kept.Intake)
	r.m.External = split(r.m.External, slices.Concat(kinds, letOut), &kept.External)
	r.m.Egress = split(r.m.Egress, kinds, &kept.Egress)
	kept.Egress = slices.DeleteFunc(kept.Egress, func(e *intent.Egress) bool {
		own := r.ownEgress(e)
		if own {
			r.m.Egress = append(r.m.Egress, e)
		}
		return own
	})
	r.m.Visible = split(r.m.Visible, kinds, &kept.Visible)
	r.m.Machines = split(r.m.Machines, kinds, &kept.Machines)
	r.m.Exports = split(r.m.Exports, kinds, &kept.Exports)
	r.m.Opaque = split(r.m.Opaque, kinds, &kept.Opaque)
	objects := map[string]intent.Origin{}
	var names []string
	intent.Walk(kept, func(p intent.Part) {
		for _, ref := range merge(p.Origin(), atomRefs(intent.Predicates(p)...)) {
			if ref.IsDefault() {
				continue
			}
			if objects[ref.Object] == nil {
				names = append(names, ref.Object)
			}
			objects[ref.Object] = append(objects[ref.Object], ref)
		}
	})
	slices.Sort(names)
	for i, name := range names {
		c := Change{
			Pass: "kept", Feature: AccessAllow, Code: diag.Kept, Drift: intent.Same, Aspect: intent.Admission, Fate: FateKept, From: objects[name],
			Summary: name + " stays in force", Detail: "the target runs on the same data plane, which goes on reading it", Fix: "keep the object",
		}
		if i == 0 {
			c.Before, c.After = kept, kept
		}
		r.record(c)
	}
}

// letOut are the kinds of routes that let hosts out, which stay with what keeps them
// in.
var letOut = []string{"HTTPRoute", "TLSRoute", "TCPRoute"}

// split moves the parts that stem from objects of some kinds only.
func split[T any, P interface {
	*T
	intent.Part
}](in []*T, kinds []string, kept *[]*T) []*T {
	var out []*T
	for _, x := range in {
		if stems(P(x).Origin(), kinds) {
			*kept = append(*kept, x)
		} else {
			out = append(out, x)
		}
	}
	return out
}

// stems reports whether all of an origin is in objects of the kinds.
func stems(o intent.Origin, kinds []string) bool {
	for _, ref := range o {
		kind, _, _ := strings.Cut(ref.Object, " ")
		if ref.IsDefault() || !slices.Contains(kinds, kind) {
			return false
		}
	}
	return len(o) > 0
}
