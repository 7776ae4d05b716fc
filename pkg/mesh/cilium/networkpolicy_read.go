package cilium

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// networkPolicy lifts a NetworkPolicy of Kubernetes, which Cilium enforces beside
// its own. It is kept as it is, too: it belongs to the cluster.
// https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
func (r *reader) networkPolicy(o *source.Object) {
	p := &policyReader{reader: r, object: o, home: gatewayapi.ReadHome(o, nil), ns: o.Namespace}
	spec := o.Root.Get("spec")
	networkShape(spec)
	types := p.policyTypes(spec)
	for _, d := range []struct {
		side            intent.Side
		kind, key, word string
	}{{intent.Served, "Ingress", "ingress", "from"}, {intent.Dialled, "Egress", "egress", "to"}} {
		// Cilium enforces rules of a direction whether policyTypes names it or not.
		// cilium pkg/k8s/network_policy.go ParseNetworkPolicy
		if !slices.Contains(types, d.kind) && len(spec.Get(d.key).Items()) == 0 {
			if n := spec.Get(d.key); n != nil {
				r.inert(n, "policyTypes does not name "+d.kind)
			}
			continue
		}
		for _, n := range spec.Get(d.key).Items() {
			p.networkEntry(spec, n, d.side, d.word)
		}
		p.def = append(p.def, &intent.Default{Home: p.home, Side: d.side, Effect: intent.Deny, Scope: p.podScope(spec, d.side), From: intent.From(spec.Get("podSelector").Ref(), spec.Get(d.key).Ref())})
	}
	if problems := o.Root.Problems(); len(problems) > 0 {
		r.m.Default = append(r.m.Default, p.withheld(problems[0].Ref)...)
		return
	}
	r.m.Access, r.m.Default = append(r.m.Access, p.access...), append(r.m.Default, p.def...)
	r.m.Opaque = append(r.m.Opaque, &intent.Opaque{
		Home: p.home, Mesh: Name, Kind: o.Kind, At: o.Ref(), Whole: o, Why: "a NetworkPolicy is the cluster's own", From: intent.From(o.Ref()),
	})
}

// policyTypes are the directions of a policy: ingress always, and egress where
// it has rules for it, unless any are said.
// kubernetes pkg/apis/networking/v1/defaults.go SetDefaults_NetworkPolicy
func (p *policyReader) policyTypes(spec *source.Node) []string {
	said := spec.Get("policyTypes")
	if len(said.Items()) == 0 {
		said.Kind()
		types := []string{"Ingress"}
		if len(spec.Get("egress").Items()) > 0 {
			types = append(types, "Egress")
		}
		return types
	}
	var types []string
	for _, n := range said.Items() {
		t := n.Str()
		if t != "Ingress" && t != "Egress" {
			n.Reject("is not Ingress or Egress")
		}
		types = append(types, t)
	}
	return types
}

// podScope is whom the policy selects.
func (p *policyReader) podScope(spec *source.Node, side intent.Side) intent.Scope {
	n := spec.Get("podSelector")
	if side == intent.Dialled {
		return intent.Scope{Client: p.selector(n, callers, p.ns, true, false)}
	}
	return intent.Scope{Subject: p.selector(n, called, p.ns, true, false)}
}

// networkEntry lifts one entry: without peers it is about everyone, without
// ports about all.
func (p *policyReader) networkEntry(spec, n *source.Node, side intent.Side, word string) {
	side2 := callers
	if side == intent.Dialled {
		side2 = called
	}
	n.Kind()
	who, at := match.True, match.True
	if list := n.Get(word).Items(); len(list) > 0 {
		var or match.Or
		for _, peer := range list {
			or = append(or, p.networkPeer(peer, side2))
		}
		who = match.Simplify(or)
	}
	if list := n.Get("ports").Items(); len(list) > 0 {
		var or match.Or
		for _, port := range list {
			if port.Get("port") == nil {
				or = append(or, p.anyPort(port))
				continue
			}
			pods := spec.Get("podSelector")
			if side == intent.Dialled {
				pods = nil
			}
			or = append(or, p.port(pods, port, intent.Allow))
		}
		at = match.Simplify(or)
	}
	if when := match.Conj(who, at); !match.IsFalse(when) {
		p.access = append(p.access, &intent.Access{
			Home: p.home, Side: side, Scope: p.podScope(spec, side), When: when, From: intent.From(n.Ref()), Comment: n.Comment(),
		})
	}
}

// anyPort is every port of a protocol.
func (p *policyReader) anyPort(n *source.Node) match.Expr {
	if protocol := n.Get("protocol").Str(); protocol != "" && protocol != "TCP" {
		return match.False
	}
	return match.True
}

// networkPeer reads one peer: pods of the own namespace, of other namespaces, or
// addresses.
func (p *policyReader) networkPeer(n *source.Node, side party) match.Expr {
	if block := n.Get("ipBlock"); block != nil {
		return p.blockSet(side, block, false, &p.rest)
	}
	pods, namespaces := n.Get("podSelector"), n.Get("namespaceSelector")
	s := &selection{r: p.reader, side: side}
	s.labels(pods, s.require)
	if namespaces != nil {
		s.namespaced = true
		s.all = append(s.all, match.Atom{Field: side.namespace, Op: match.Present, Ref: new(namespaces.Ref())})
		s.labels(namespaces, s.byNamespaceLabel)
	}
	return s.complete(p.ns, false, n.Ref())
}
