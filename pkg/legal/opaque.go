package legal

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// opaque takes out what only another mesh understands. Routing of hosts and
// entries that it may change is refused, since what becomes of requests there
// cannot be known. What may keep connections in the cluster holds all of them back; what
// may keep requests out is left to the passes of admission.
func opaque(r *run) {
	r.outrule()
	var rest []*intent.Opaque
	for _, o := range r.m.Opaque {
		if o.Network && !r.understands(o) {
			r.passesBy(o)
			continue
		}
		if o.Held && !r.understands(o) {
			continue
		}
		if o.Leaving && !r.understands(o) {
			r.opaqueLeaving(o)
			continue
		}
		if o.Security || r.understands(o) {
			rest = append(rest, o)
			continue
		}
		c := Change{
			Pass: "opaque", Feature: OpaqueConfig, Code: diag.NotTranslated, Drift: intent.Other, Aspect: intent.Routed, Fate: FateDropped, From: o.From,
			Summary: standing(o.At) + " " + r.alone(o), Detail: o.Why, Fix: r.nearest(o),
		}
		if o.Admits {
			c.Code, c.Detail = diag.AllowLost, "what it lets pass is denied: "+o.Why
		}
		switch {
		case o.Refuses:
			c.Code, c.Drift, c.Aspect = diag.Dropped, intent.Wider, intent.Admission
		case o.Failing:
			c.Code = diag.Refused
		case o.Purpose == intent.Dialling:
			c.Code, c.Aspect, c.Detail = diag.Refused, intent.Securing, "callers do what the target does by itself: "+o.Why
		case o.Opens:
			c.Drift, c.Aspect = intent.Narrower, intent.Admission
		case o.Running:
			c.Aspect = intent.Running
		}
		r.record(c)
	}
	r.m.Opaque = rest
}

// alone says why the target does not take an object as it is.
func (r *run) alone(o *intent.Opaque) string {
	switch {
	case r.outruled[o]:
		return "is not kept: it lets out clients for which another decides that cannot be read"
	case o.Mesh == r.t.Mesh && o.Edition != "" && o.Edition != r.t.Edition:
		return "is understood by the " + o.Edition + " edition only"
	case o.Mesh == r.t.Mesh && o.Alone && o.Edition != r.t.Edition:
		return "names services that the " + r.t.Edition + " edition looks for in its own namespace, where they are not"
	case o.Mesh == r.t.Mesh:
		return "is not kept: " + r.t.Caps.Says(OpaqueConfig, o)
	}
	return "is understood by " + o.Mesh + " only"
}

// standing names the object, or the field of it, that stands at a place.
func standing(at place.Ref) string {
	if at.Path == "" {
		return at.Object
	}
	return at.Path + " of " + at.Object
}

// nearest is what comes next in the target to what only another mesh understands.
func (r *run) nearest(o *intent.Opaque) string {
	if fix := r.t.Nearest[o.Purpose]; fix != "" {
		return fix
	}
	return cmp.Or(o.Instead, "configure its purpose in the target by hand")
}

// understands reports whether the target takes an object as it is. Who is let in can be
// said anew for another edition.
func (r *run) understands(o *intent.Opaque) bool {
	if r.outruled[o] {
		return false
	}
	takes := o.Edition == r.t.Edition || !o.Alone && (o.Edition == "" || o.Admits)
	return o.Mesh == r.t.Mesh && takes && r.t.Caps.Says(OpaqueConfig, o) == ""
}

// passesBy takes out what is said of UDP and the like for targets whose proxies keep none
// of it out: what was let in is so still, and what was kept out is let in.
func (r *run) passesBy(o *intent.Opaque) {
	c := Change{
		Pass: "opaque", Feature: OpaqueConfig, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: o.From,
		Summary: o.At.Object + " " + o.Why, Detail: "the target's proxies keep none of it out, whatever policies say",
		Fix: "keep a policy of the network for it where others are to be kept out",
	}
	if !o.Opens {
		c.Code, c.Drift, c.Fate = diag.Widened, intent.Wider, FateDropped
		c.Detail = "it is let in: the target's proxies keep none of it out, whatever policies say"
		c.Fix = "keep a policy of the network for it"
	}
	if !o.Held {
		r.record(c)
	}
}

// opaqueLeaving holds back all that leaves of the clients whom configuration of another
// mesh may have held back, where the target can say so: behind what decides of others, it
// is all that is left.
func (r *run) opaqueLeaving(o *intent.Opaque) {
	rest := slices.DeleteFunc(slices.Clone(r.m.Egress), func(e *intent.Egress) bool { return implied(e.Scope.Client, o.Scope.Client) })
	scope := o.Scope
	if allBut(o.Scope.Client, rest) {
		scope.Client = match.True
	}
	why := o.At.Object + " may hold back what leaves and " + o.Mesh + " alone understands it"
	deny := &intent.Egress{Home: o.Home, Scope: scope, Effect: intent.Deny, Withheld: true, Why: why, From: o.From}
	c := Change{
		Pass: "opaque", Feature: OpaqueConfig, Code: diag.Withheld, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateWithheld, From: o.From,
		Summary: why, Detail: "its clients are let out to nothing that is not made known to them: " + o.Why, Fix: r.nearest(o),
	}
	lost := c
	lost.Code, lost.Drift, lost.Fate = diag.Widened, intent.Wider, FateDropped
	lost.Summary, lost.Detail = o.At.Object+" is dropped: "+o.Mesh+" alone understands it", "what it held back leaves: "+o.Why
	switch unsaid := r.holds(deny); {
	case r.accepts(lost):
		c = lost
	case unsaid == "" && match.IsTrue(scope.Client):
		r.m.Egress = append(rest, deny)
	case unsaid == "":
		r.m.Egress = append([]*intent.Egress{deny}, rest...)
	case r.heldAnyway(rest, o.Scope.Client):
		r.m.Egress = rest
	default:
		lost.Detail += "; " + unsaid
		c = lost
	}
	r.record(c)
}

// allBut reports whether facts, none of them of all clients, decide of all for whom a condition
// does not hold.
func allBut(client match.Expr, es []*intent.Egress) bool {
	or := []match.Expr{match.Simplify(client)}
	for _, e := range es {
		if match.IsTrue(e.Scope.Client) {
			return false
		}
		or = append(or, match.Simplify(e.Scope.Client))
	}
	return implied(match.True, match.Disj(or...))
}

// heldAnyway reports whether what the target can say of what leaves holds back some clients.
func (r *run) heldAnyway(es []*intent.Egress, client match.Expr) bool {
	said := slices.DeleteFunc(slices.Clone(es), func(e *intent.Egress) bool { return r.holds(e) != "" })
	return implied(client, intent.Denied(said))
}
