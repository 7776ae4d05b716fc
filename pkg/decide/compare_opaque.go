package decide

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// opaque compares configuration that only one mesh understands: the same object
// with the same values on both sides is the same; one that is gone or changed may
// have changed anything, and one that is gone may have kept requests out.
func (c *comparison) opaque() {
	a, b := opaques(c.a), opaques(c.b)
	for _, o := range c.a.Opaque {
		if o.Held || o.Network {
			continue
		}
		d := opaqueDifference(o)
		d.A, d.B, d.FromA = o.Why, "is not there", o.From
		others := b[opaqueKey(o)]
		switch {
		case slices.ContainsFunc(others, func(x *intent.Opaque) bool { return says(x) == says(o) }):
			c.same(text(d.Scope), d.Aspect)
			continue
		case len(others) > 0:
			d.B, d.FromB = "is there with other values", others[0].From
			if o.Opens {
				d.Verdict = Wider
			}
		case o.Refuses:
			d.Verdict = Wider
		case o.Opens:
			d.Verdict = Narrower
		case o.Security && closed(c.b, o.Scope.Subject):
			d.Verdict = Narrower
		case o.Leaving && keepsIn(c.b, o.Scope.Client):
			d.Verdict = Narrower
		case o.Security, o.Leaving:
			d.Verdict = Wider
		}
		c.add(d)
	}
	for _, o := range c.b.Opaque {
		if a[opaqueKey(o)] == nil && !o.Held && !o.Network {
			d := opaqueDifference(o)
			d.A, d.B, d.FromB = "is not there", o.Why, o.From
			switch {
			case o.Refuses:
				d.Verdict = Narrower
			case o.Opens:
				d.Verdict = Wider
			}
			c.add(d)
		}
	}
}

// opaqueKey names the object and the place in it. Documents for one object have
// one name.
func opaqueKey(o *intent.Opaque) string { return o.Mesh + " " + o.At.Object + " " + o.At.Path }

func opaques(m *intent.Model) map[string][]*intent.Opaque {
	out := map[string][]*intent.Opaque{}
	for _, o := range m.Opaque {
		out[opaqueKey(o)] = append(out[opaqueKey(o)], o)
	}
	return out
}

// says is all that is written at the places of configuration which is kept as it
// was read; "" where that is not known.
func says(o *intent.Opaque) string {
	whole, ok := o.Whole.(interface{ Text(path string) string })
	if !ok {
		return ""
	}
	out := whole.Text(o.At.Path)
	for _, ref := range o.From {
		if ref.Object == o.At.Object && !ref.Within(o.At) {
			out += "\n" + whole.Text(ref.Path)
		}
	}
	return out
}

// opaqueDifference is the difference that one makes of which nothing more is known.
func opaqueDifference(o *intent.Opaque) Difference {
	d := Difference{Aspect: intent.Routed, Verdict: Unsure, Scope: o.Mesh + " " + o.At.Object}
	switch {
	case o.Security || o.Opens || o.Leaving || o.Refuses:
		d.Aspect = intent.Admission
	case o.Running:
		d.Aspect, d.Verdict = intent.Running, Different
	}
	return d
}

// keepsIn reports whether a model lets out of the cluster nothing of some clients but what
// is made known to them. Whoever leaves the cluster is of one of its namespaces.
func keepsIn(m *intent.Model, client match.Expr) bool {
	client = match.Conj(client, match.Atom{Field: match.ClientNamespace, Op: match.Present})
	var denied []match.Expr
	for _, d := range m.Default {
		if d.Side == intent.Dialled && d.Effect == intent.Deny {
			denied = append(denied, match.Simplify(d.Scope.Client))
		}
	}
	_, answer := match.Implies(match.Simplify(client), match.Disj(append(denied, intent.Denied(m.Egress))...))
	return answer == match.Yes
}

// closed reports whether a model lets nobody in at the workloads of a scope,
// whatever they ask for: at each of its alternatives, by whatever closes that.
func closed(m *intent.Model, subject match.Expr) bool {
	subject = match.Map(match.Simplify(subject), inOwnNamespace)
	if or, ok := subject.(match.Or); ok && len(or) > 0 {
		return !slices.ContainsFunc(or, func(e match.Expr) bool { return !shut(m, e) })
	}
	return shut(m, subject)
}

// ofService is a predicate on workloads as it holds for those of the Service that a subject
// names, where they are of no other.
func ofService(m *intent.Model, subject, e match.Expr) match.Expr {
	name := match.Demanded(subject, match.Service)
	if !m.Inventory.OneService || name == "" {
		return e
	}
	s := scopes{oneService: true, shown: &m.Inventory}
	return s.asRegistered(match.Simplify(e), namespace{name: match.Demanded(subject, match.Namespace), service: name})
}

// selected is a subject with the labels that pods of the Service have which it names.
func selected(m *intent.Model, subject match.Expr) match.Expr {
	ns, name, _ := strings.Cut(match.Demanded(subject, match.Service), "/")
	of := m.Inventory.Service(intent.Name{Namespace: ns, Name: name})
	if of == nil {
		return subject
	}
	all := []match.Expr{subject}
	for _, l := range of.Selector {
		all = append(all, match.Atom{Field: match.Label, Key: l.Key, Value: l.Value})
	}
	return match.Conj(all...)
}

// shut is closed for one alternative.
func shut(m *intent.Model, subject match.Expr) bool {
	subject = selected(m, subject)
	meets := func(other match.Expr) bool {
		_, answer := match.Overlap(ofService(m, subject, other), subject)
		return answer != match.No
	}
	covers := func(other match.Expr) bool {
		_, answer := match.Implies(subject, other)
		return answer == match.Yes
	}
	var denied []match.Expr
	for _, a := range m.Access {
		if a.Side == intent.Served && a.Effect == intent.Deny && a.Mode == intent.Enforced && whatever(a.When) {
			denied = append(denied, match.Conj(match.Simplify(a.Scope.Subject), match.Simplify(a.When)))
		}
	}
	if len(denied) > 0 && covers(match.Disj(denied...)) {
		return true
	}
	for _, a := range m.Access {
		if a.Side == intent.Served && a.Effect == intent.Allow && a.Mode == intent.Enforced && meets(match.Conj(match.Simplify(a.Scope.Subject), match.Simplify(a.When))) {
			return false
		}
	}
	for _, d := range m.Default {
		if d.Side != intent.Served || !meets(d.Scope.Subject) {
			continue
		}
		if d.Effect == intent.Allow {
			return false
		}
		if denied = append(denied, match.Simplify(d.Scope.Subject)); covers(match.Disj(denied...)) {
			return true
		}
	}
	return false
}

// whatever reports whether a condition is about the workload alone, and nothing
// that a client asks for.
func whatever(when match.Expr) bool {
	out := true
	match.Atoms(when, func(a match.Atom, _ bool) { out = out && a.Field.Subject() })
	return out
}
