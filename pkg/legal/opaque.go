package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// opaque takes out what only another mesh understands. Routing of hosts and
// entries that it may change is refused, since what becomes of requests there
// cannot be known. What may keep requests out is left to the passes of
// admission.
func opaque(r *run) {
	var rest []*intent.Opaque
	for _, o := range r.m.Opaque {
		if o.Held && !r.understands(o) {
			continue
		}
		if o.Security || r.understands(o) {
			rest = append(rest, o)
			continue
		}
		c := Change{
			Pass: "opaque", Feature: OpaqueConfig, Code: diag.NotTranslated, Drift: intent.Other, Aspect: intent.Routed, Fate: FateDropped, From: o.From,
			Summary: o.At.Object + " is understood by " + o.Mesh + " only", Detail: o.Why, Fix: "configure its purpose in the target by hand",
		}
		if o.Opens {
			c.Drift, c.Aspect = intent.Narrower, intent.Admission
		}
		r.record(c)
	}
	r.m.Opaque = rest
}

// understands reports whether the target takes an object as it is.
func (r *run) understands(o *intent.Opaque) bool {
	return o.Mesh == r.t.Mesh && r.t.Caps.Says(OpaqueConfig, o) == ""
}
