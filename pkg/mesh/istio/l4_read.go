package istio

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// tcp lifts the list of TCP routes; what follows a rule without conditions has no
// effect.
func (vs *virtualService) tcp(n *source.Node) []scopedRule {
	if n == nil {
		return nil
	}
	out := []scopedRule{}
	caught := false
	for _, h := range n.Items() {
		s := vs.l4Route(h, intent.TCP)
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
			matches = append(matches, vs.l4Matches(m, p)...)
		}
	}
	rule.When = condition(matches)
	rule.Then = intent.Forward{To: vs.backends(n.Get("route"), vs.object.Namespace)}
	return scopedRule{rule, matches}
}

// l4Matches reads one match: of TLS one for each name of a server.
func (vs *virtualService) l4Matches(m *source.Node, p intent.Protocol) []scopedMatch {
	when, gateways := vs.l4Match(m), gatewaysOf(m)
	if p != intent.TLS {
		return []scopedMatch{{when: when, gateways: gateways}}
	}
	var out []scopedMatch
	for _, n := range m.Get("sniHosts").Items() {
		out = append(out, scopedMatch{match.Conj(hostPattern(match.SNI, n), when), gateways, &serverName{n.Str(), n.Ref(), when, m}})
	}
	return out
}

// l4Match reads what a match says beside the names of servers. Unlike with HTTP,
// callers count beside gateways.
func (vs *virtualService) l4Match(m *source.Node) match.Expr {
	var and []match.Expr
	if s := m.Get("destinationSubnets"); s != nil {
		and = append(and, anyOf(s, func(n *source.Node) match.Expr {
			return match.Atom{Field: match.DestIP, Op: match.CIDR, Value: n.Str(), Ref: new(n.Ref())}
		}))
	}
	and = append(and, servicePort(m.Get("port")))
	if s := m.Get("sourceSubnet"); s != nil {
		s.Inert("Istio does nothing with it")
		vs.add(diag.Inert, "Istio does nothing with sourceSubnet", "remove it", s.Ref())
	}
	and = append(and, vs.sources(layer{n: m}, false)...)
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
		return match.Atom{Field: f, Op: match.Present, Ref: new(n.Ref())}
	case len(s) > 1 && s[0] == '*':
		return match.Atom{Field: f, Op: match.Suffix, Value: s[1:], Ref: new(n.Ref())}
	}
	return match.Atom{Field: f, Value: s, Ref: new(n.Ref())}
}
