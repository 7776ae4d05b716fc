package decide

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// entries compares the ingress gateways by name.
func (c *comparison) entries() {
	a, b := entriesOf(c.a), entriesOf(c.b)
	for _, m := range []*intent.Model{c.a, c.b} {
		for _, e := range m.Entries {
			x, y := a[e.Name], b[e.Name]
			if m == c.b && x != nil {
				continue
			}
			scope := "entry " + e.Name.String()
			ta, tb := entryText(x), entryText(y)
			if ta == tb {
				c.same(text(scope), intent.Entering)
				continue
			}
			d := Difference{Aspect: intent.Entering, Verdict: Different, Scope: scope, A: ta, B: tb}
			if x != nil {
				d.FromA = x.From
			}
			if y != nil {
				d.FromB = y.From
			}
			c.add(d)
		}
	}
}

func entriesOf(m *intent.Model) map[intent.Name]*intent.Entry {
	out := map[intent.Name]*intent.Entry{}
	for _, e := range m.Entries {
		out[e.Name] = e
	}
	return out
}

// entryText writes what an entry offers. Who runs it is each mesh's own matter.
func entryText(e *intent.Entry) string {
	if e == nil {
		return "no entry"
	}
	c := *e
	c.Class, c.Selector = "", nil
	c.Listeners = slices.Clone(e.Listeners)
	for i := range c.Listeners {
		l := &c.Listeners[i]
		if l.Routes == "" {
			l.Routes = "Same"
		}
		if l.TLS == nil {
			continue
		}
		tls := *l.TLS
		tls.Certificates = slices.Clone(tls.Certificates)
		for j := range tls.Certificates {
			tls.Certificates[j].Namespace = cmp.Or(tls.Certificates[j].Namespace, e.Name.Namespace)
		}
		l.TLS = &tls
	}
	return intent.Describe(&c)
}

// opaque compares configuration that only one mesh understands: the same object
// on both sides is the same; one that is gone may have changed anything, and may
// have kept requests out.
func (c *comparison) opaque() {
	a, b := opaques(c.a), opaques(c.b)
	for _, o := range c.a.Opaque {
		scope := o.Mesh + " " + o.At.Object
		if b[opaqueKey(o)] {
			c.same(text(scope), opaqueAspect(o))
			continue
		}
		v := Unsure
		switch {
		case o.Security && closed(c.b, o.Scope.Subject):
			v = Narrower
		case o.Security:
			v = Wider
		}
		c.add(Difference{Aspect: opaqueAspect(o), Verdict: v, Scope: scope, A: o.Why, B: "is not there", FromA: o.From})
	}
	for _, o := range c.b.Opaque {
		if !a[opaqueKey(o)] {
			c.add(Difference{Aspect: opaqueAspect(o), Verdict: Unsure, Scope: o.Mesh + " " + o.At.Object, A: "is not there", B: o.Why, FromB: o.From})
		}
	}
}

// closed reports whether a model lets nobody in at the workloads of a scope,
// whatever they ask for.
func closed(m *intent.Model, subject match.Expr) bool {
	subject = match.Map(match.Simplify(subject), inOwnNamespace)
	meets := func(other match.Expr) bool {
		_, answer := match.Overlap(other, subject)
		return answer != match.No
	}
	covers := func(other match.Expr) bool {
		_, answer := match.Implies(subject, other)
		return answer == match.Yes
	}
	var denied []match.Expr
	for _, a := range m.Access {
		if a.Effect == intent.Deny && a.Mode == intent.Enforced && whatever(a.When) {
			denied = append(denied, match.Conj(match.Simplify(a.Scope.Subject), match.Simplify(a.When)))
		}
	}
	if len(denied) > 0 && covers(match.Disj(denied...)) {
		return true
	}
	for _, a := range m.Access {
		if a.Effect == intent.Allow && a.Mode == intent.Enforced && meets(a.Scope.Subject) {
			return false
		}
	}
	for _, d := range m.Default {
		if !meets(d.Scope.Subject) {
			continue
		}
		if d.Effect == intent.Allow {
			return false
		}
		if covers(d.Scope.Subject) {
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

func opaqueAspect(o *intent.Opaque) intent.Aspect {
	if o.Security {
		return intent.Admission
	}
	return intent.Routed
}

// opaqueKey names the object and the place in it.
func opaqueKey(o *intent.Opaque) string { return o.Mesh + " " + o.At.Object + " " + o.At.Path }

func opaques(m *intent.Model) map[string]bool {
	out := map[string]bool{}
	for _, o := range m.Opaque {
		out[opaqueKey(o)] = true
	}
	return out
}
