package cilium

import (
	"maps"
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// ofPorts is why what is said of ports beside rules is kept.
var ofPorts = map[string]string{
	"serverNames":    "servers are told by names that connections of TLS ask for, where they arrive",
	"terminatingTLS": "Cilium ends TLS with a certificate of its own to look into it, which proxies of a mesh do not with connections that are not theirs",
	"originatingTLS": "Cilium begins TLS anew after it looked into it, which proxies of a mesh do not with connections that are not theirs",
	"listener":       "connections are sent through a listener of a CiliumEnvoyConfig, which may do anything with them",
}

// ports reads toPorts: each with what it lets pass of requests. What is not
// understood of a port lets nothing pass; in a denial it keeps all out.
func (p *policyReader) ports(pods, list *source.Node, side intent.Side, effect intent.Effect) match.Expr {
	var or match.Or
	for _, n := range list.Items() {
		together(n, side)
		one, requests := p.portList(pods, n, effect), p.requests(n)
		if effect == intent.Allow {
			one = match.Conj(one, requests, serverNamed(n, side))
		}
		for _, key := range slices.Sorted(maps.Keys(ofPorts)) {
			if x := n.Get(key); x != nil && (key != "serverNames" || side == intent.Served) {
				x.MarkRead()
				p.rest = append(p.rest, unmodelled{ofPorts[key], x.Ref()})
				if effect == intent.Allow {
					one = match.False // it may restrict what passes
				}
			}
		}
		or = append(or, one)
	}
	return match.Simplify(or)
}

// serverNamed holds for connections of TLS for servers that rules name; what is let in
// is not told apart by them.
func serverNamed(n *source.Node, side intent.Side) match.Expr {
	names := n.Get("serverNames").Items()
	if side == intent.Served || len(names) == 0 {
		return match.True
	}
	var or match.Or
	for _, name := range names {
		or = append(or, nameExpr(match.SNI, name))
	}
	return match.Simplify(or)
}

// together rejects what Cilium refuses of an entry of toPorts for what stands beside
// it.
// cilium pkg/policy/api/rule_validation.go
func together(n *source.Node, side intent.Side) {
	rules, listener := n.Get("rules"), n.Get("listener")
	var dns *source.Node
	if len(rules.Get("dns").Items()) > 0 {
		dns = rules.Get("dns")
	}
	if side == intent.Served {
		listener.Reject("is not for what is let in, which Cilium refuses")
		dns.Reject("is not for what is let in, which Cilium refuses")
	}
	if len(rules.Get("http").Items()) > 0 || dns != nil {
		listener.Reject("stands beside rules for requests, which Cilium refuses")
		if n.Get("terminatingTLS") == nil {
			n.Get("serverNames").Reject("stands beside rules for requests without terminatingTLS, which Cilium refuses")
		}
	}
	ports := n.Get("ports").Items()
	if len(ports) == 0 {
		dns.Reject("is for ports that are listed")
	}
	for _, p := range ports {
		if end := p.Get("endPort"); dns != nil && end.Int() != 0 {
			end.Reject("stands beside rules for DNS, which are for single ports")
		}
	}
}

// portList reads the ports of one entry. None is no port, so that the entry is
// about nothing: Cilium makes a rule for each port that is listed.
// cilium pkg/policy/rule.go mergeIngress
func (p *policyReader) portList(pods, entry *source.Node, effect intent.Effect) match.Expr {
	list := entry.Get("ports")
	if len(list.Items()) == 0 {
		list.Kind()
		p.inert(entry, "an entry of toPorts without ports is about no port")
		return match.False
	}
	if len(list.Items()) > maxPorts {
		list.Reject("lists more than " + strconv.Itoa(maxPorts) + " ports, which Cilium refuses")
	}
	var or match.Or
	for _, n := range list.Items() {
		or = append(or, p.port(pods, n, effect))
	}
	return match.Simplify(or)
}
