package decide

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// dialledFacts are what the callers' own proxies let them dial.
type dialledFacts struct {
	access []*intent.Access
	def    []*intent.Default
}

func dialledOf(m *intent.Model) dialledFacts {
	var d dialledFacts
	for _, a := range m.Access {
		if a.Side == intent.Dialled && a.Mode == intent.Enforced {
			d.access = append(d.access, a)
		}
	}
	for _, x := range m.Default {
		if x.Side == intent.Dialled {
			d.def = append(d.def, x)
		}
	}
	return d
}

// passes is what callers may dial, over their attributes, the subject's and the
// request's.
func (d dialledFacts) passes() match.Expr {
	var allow, deny, shut, before []match.Expr
	for _, a := range d.access {
		holds := match.Conj(match.Simplify(a.Scope.Client), match.Simplify(a.When))
		switch a.Effect {
		case intent.Allow:
			allow = append(allow, holds)
		default: // nobody is asked where a request leaves
			deny = append(deny, holds)
		}
	}
	for _, x := range d.def {
		client := match.Simplify(x.Scope.Client)
		if x.Effect == intent.Deny {
			shut = append(shut, match.Conj(append([]match.Expr{client}, before...)...))
		}
		before = append(before, match.Negate(client))
	}
	return match.Conj(match.Negate(match.Disj(deny...)), match.Disj(append(allow, match.Negate(match.Disj(shut...)))...))
}

// from is what the facts come from.
func (d dialledFacts) from() intent.Origin {
	var out intent.Origin
	for _, a := range d.access {
		out = append(out, a.From...)
	}
	for _, x := range d.def {
		out = append(out, x.From...)
	}
	return out
}

// inside is what callers may dial of workloads.
func (d dialledFacts) inside() match.Expr {
	return match.Restrict(d.passes(), match.DestHost, "", "", false)
}

// letsOut decides whether the caller's own proxy lets a request out.
func letsOut(m *intent.Model, r *match.Request) (Admission, bool) {
	d := dialledOf(m)
	if len(d.access)+len(d.def) == 0 || match.Eval(d.passes(), r) {
		return Admission{}, true
	}
	refused := Admission{Status: 403}
	for _, a := range d.access {
		if a.Effect != intent.Allow && match.Eval(a.Scope.Client, r) && match.Eval(a.When, r) {
			refused.Because = a.From
			return refused, false
		}
	}
	for _, x := range d.def {
		if match.Eval(x.Scope.Client, r) {
			refused.Because = x.From
			break
		}
	}
	return refused, false
}
