package istio

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// l4 lifts the list of TLS or TCP routes; what follows a rule without conditions
// has no effect.
func (vs *virtualService) l4(n *source.Node, p intent.Protocol) []scopedRule {
	if n == nil {
		return nil
	}
	out := []scopedRule{}
	caught := false
	for _, h := range n.Items() {
		s := vs.l4Route(h, p)
		if caught {
			h.Inert("an earlier rule takes every connection")
			vs.add(diag.Shadowed, "a rule of "+vs.object.Ref().Object+" is behind one that takes every connection", "move or remove the rule", h.Ref())
			continue
		}
		out = append(out, s)
		caught = s.takesAll()
	}
	return out
}

func (vs *virtualService) l4Route(n *source.Node, p intent.Protocol) scopedRule {
	rule := intent.Rule{Comment: n.Comment(), From: intent.From(n.Ref())}
	matches := everything
	if list := n.Get("match").Items(); len(list) > 0 {
		matches = nil
		for _, m := range list {
			matches = append(matches, scopedMatch{vs.l4Match(m, p), gatewaysOf(m)})
		}
	}
	rule.When = condition(matches)
	rule.Then = intent.Forward{To: vs.backends(n.Get("route"), vs.object.Namespace)}
	return scopedRule{rule, matches}
}

// l4Match reads one match. Unlike with HTTP, callers count beside gateways.
func (vs *virtualService) l4Match(m *source.Node, p intent.Protocol) match.Expr {
	var and []match.Expr
	if p == intent.TLS {
		and = append(and, anyOf(m.Get("sniHosts"), func(n *source.Node) match.Expr { return hostPattern(match.SNI, n) }))
	}
	if s := m.Get("destinationSubnets"); s != nil {
		and = append(and, anyOf(s, func(n *source.Node) match.Expr {
			return match.Atom{Field: match.DestIP, Op: match.CIDR, Value: n.Str(), Ref: n.Ref()}
		}))
	}
	and = append(and, servicePort(m.Get("port")))
	if s := m.Get("sourceSubnet"); s != nil {
		s.Inert("Istio does not implement it")
		vs.add(diag.Inert, "sourceSubnet is not implemented by Istio", "remove it", s.Ref())
	}
	and = append(and, vs.sources(m, false)...)
	return match.Conj(and...)
}

func anyOf(list *source.Node, read func(*source.Node) match.Expr) match.Expr {
	var out []match.Expr
	for _, n := range list.Items() {
		out = append(out, read(n))
	}
	return match.Disj(out...)
}

// hostPattern reads a name or a wildcard "*.example.com".
func hostPattern(f match.Field, n *source.Node) match.Expr {
	s := n.Str()
	switch {
	case s == "*":
		return match.Atom{Field: f, Op: match.Present, Ref: n.Ref()}
	case len(s) > 1 && s[0] == '*':
		return match.Atom{Field: f, Op: match.Suffix, Value: s[1:], Ref: n.Ref()}
	}
	return match.Atom{Field: f, Value: s, Ref: n.Ref()}
}
