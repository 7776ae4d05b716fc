package istio

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// concerned narrows the table of a host in the mesh to the callers and ports that
// a rule of it can concern. Istio leaves the rules that cannot concern a proxy or
// port out of what it sends to that proxy; where none is left, there is no table.
// pilot/pkg/networking/core/route TranslateRoute and sourceMatchHTTP
func (vs *virtualService) concerned(t *intent.Routing, client match.Expr) []*intent.Routing {
	if len(t.Rules) == 0 {
		return nil
	}
	var out []*intent.Routing
	for _, at := range portsApart(t) {
		var callers []match.Expr
		for _, r := range at.Rules {
			callers = append(callers, onlyFields(r.When, match.ClientNamespace, match.ClientLabel))
		}
		at.Scope.Client = client
		if by := match.Disj(callers...); !match.IsTrue(by) {
			at.Scope.Client = match.Conj(match.Simplify(client), by)
			if _, answer := match.Overlap(at.Scope.Client, match.True); answer == match.No {
				continue // it is exported to none of the callers that it asks for
			}
		}
		out = append(out, at)
	}
	if len(out) == 1 && out[0].Port == 0 {
		return byPort(out[0])
	}
	return out
}

// portsApart makes tables for each port that rules name, and for the others, where it
// depends on the port which callers the rules concern.
func portsApart(t *intent.Routing) []*intent.Routing {
	ask := func(fields ...match.Field) bool {
		return slices.ContainsFunc(t.Rules, func(r intent.Rule) bool { return someField(r.When, fields) })
	}
	if !ask(match.ServicePort) || !ask(match.ClientNamespace, match.ClientLabel) {
		return []*intent.Routing{t}
	}
	var conditions []match.Expr
	for _, r := range t.Rules {
		conditions = append(conditions, r.When)
	}
	var out []*intent.Routing
	for _, p := range append(gatewayapi.PortsIn(conditions...), 0) {
		at := t.Clone()
		at.Port = p
		if at.Rules = atPort(t.Rules, p); len(at.Rules) > 0 {
			out = append(out, at)
		}
	}
	return out
}

// atPort are the rules for one port; 0 is one that no rule names.
func atPort(rules []intent.Rule, port int) []intent.Rule {
	var out []intent.Rule
	for _, r := range rules {
		if r.When = match.Restrict(r.When, match.ServicePort, "", strconv.Itoa(port), true); !match.IsFalse(r.When) {
			out = append(out, r)
		}
	}
	return out
}

// someField reports whether a predicate asks for one of some attributes.
func someField(e match.Expr, fields []match.Field) bool {
	found := false
	match.Atoms(e, func(a match.Atom, _ bool) { found = found || slices.Contains(fields, a.Field) })
	return found
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
		at.Port, at.Rules = p, atPort(t.Rules, p)
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
	if slices.ContainsFunc(es, match.IsTrue) {
		return nil, true
	}
	return gatewayapi.PortsIn(es...), false
}
