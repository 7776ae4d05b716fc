package istio

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// concerned narrows the table of a host in the mesh to the callers and ports that
// a rule of it can concern. Istio leaves the rules that cannot concern a proxy or
// port out of what it sends to that proxy; where none is left, there is no table.
// pilot/pkg/networking/core/route TranslateRoute and sourceMatchHTTP
func (vs *virtualService) concerned(t *intent.Routing) []*intent.Routing {
	t.Scope.Client = vs.client
	var callers []match.Expr
	for _, r := range t.Rules {
		callers = append(callers, onlyFields(r.When, match.ClientNamespace, match.ClientLabel))
	}
	if len(t.Rules) == 0 {
		return nil
	}
	if by := match.Disj(callers...); !match.IsTrue(by) {
		t.Scope.Client = match.Conj(match.Simplify(vs.client), by)
	}
	return byPort(t)
}

// byPort makes a table whose rules all name ports one for each of these.
func byPort(t *intent.Routing) []*intent.Routing {
	var ports []match.Expr
	for _, r := range t.Rules {
		ports = append(ports, onlyFields(r.When, match.ServicePort))
	}
	numbers, all := portsNamed(ports)
	if all {
		return []*intent.Routing{t}
	}
	var out []*intent.Routing
	for _, p := range numbers {
		at := t.Clone()
		at.Port, at.Rules = p, nil
		for _, r := range t.Rules {
			if r.When = match.Restrict(r.When, match.ServicePort, "", strconv.Itoa(p), true); !match.IsFalse(r.When) {
				at.Rules = append(at.Rules, r)
			}
		}
		out = append(out, at)
	}
	return out
}

// onlyFields is what a predicate says of some attributes.
func onlyFields(e match.Expr, fields ...match.Field) match.Expr {
	return match.Simplify(match.Weaken(e, func(l match.Literal) bool { return slices.Contains(fields, l.Atom.Field) }))
}

// portsNamed lists the ports that predicates name; all is true where one of them
// holds for every port.
func portsNamed(es []match.Expr) (numbers []int, all bool) {
	for _, e := range es {
		if match.IsTrue(e) {
			return nil, true
		}
		match.Atoms(e, func(a match.Atom, _ bool) {
			if p, err := strconv.Atoi(a.Value); err == nil {
				numbers = append(numbers, p)
			}
		})
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), false
}
