package cilium

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// byPlace is why peers are kept that are told by where they run.
var byPlace = map[string]string{
	"Nodes":  "nodes are told by their labels in Kubernetes, which no client proves and no input shows the addresses of",
	"Groups": "groups of a cloud are addresses that Cilium asks the cloud for, which no input shows",
}

// unmodelled is a part of a rule that the model does not say.
type unmodelled struct {
	why string
	at  place.Ref
}

// peers reads whom an entry is about, "from" or "to": one kind of peers, each of
// which may do. said is false where nothing is said, which is everyone. An empty
// list is nobody, whatever stands beside it; one of Services, groups or names counts
// as not said. Peers that the model does not know are left out of what is let in, and
// told; a denial is of all that they may be.
// cilium pkg/policy/utils/parserules.go mergeEndpointSelectors
func (r *reader) peers(n *source.Node, word, ns string, effect intent.Effect) (who match.Expr, said bool, rest []unmodelled) {
	grow := effect == intent.Deny
	side := callers
	if word == "to" {
		side = called
	}
	var or match.Or
	kinds, nobody := 0, false
	list := func(key string, each func(*source.Node) match.Expr) {
		l := n.Get(word + key)
		if l == nil {
			return
		}
		switch {
		case len(l.Items()) > 0:
			kinds++
		case slices.Contains(looseLists, key):
			r.filled(l)
		default:
			nobody = true
		}
		for _, item := range l.Items() {
			or = append(or, each(item))
		}
	}
	list("Endpoints", func(item *source.Node) match.Expr { return r.selector(item, side, ns, false, grow) })
	list("Entities", func(item *source.Node) match.Expr { return r.entity(side, item, grow, &rest) })
	list("CIDR", side.block)
	list("CIDRSet", func(item *source.Node) match.Expr { return r.blockSet(side, item, grow, &rest) })
	if word == "to" {
		list("Services", func(item *source.Node) match.Expr { return r.service(item, ns, grow, &rest) })
		list("FQDNs", hostOutside)
	}
	for _, key := range []string{"Nodes", "Groups"} {
		list(key, func(item *source.Node) match.Expr {
			item.MarkRead()
			rest = append(rest, unmodelled{byPlace[key], item.Ref()})
			return side.unknown(grow)
		})
	}
	if requires := n.Get(word + "Requires"); requires != nil {
		requires.Reject("is no longer a field: Cilium 1.20 refuses the policy")
	}
	if kinds > 1 {
		n.Reject("names peers of more than one kind, which Cilium refuses")
	}
	if nobody {
		return match.False, true, rest
	}
	return match.Simplify(or), kinds > 0, rest
}

// looseLists are the kinds of peers of which an empty list counts as not said.
var looseLists = []string{"Services", "FQDNs", "Groups"}

// entity reads one of the names that Cilium gives groups of peers.
// cilium pkg/policy/api/entity.go
func (r *reader) entity(p party, n *source.Node, grow bool, rest *[]unmodelled) match.Expr {
	name := n.Str()
	switch {
	case !slices.Contains(entities, name):
		n.Reject("is not one of " + strings.Join(entities, ", "))
		return match.False
	case name == "none":
		return match.False
	case name == "all":
		return match.True
	case !p.client:
		return dialledEntity(name, n, grow, rest)
	case name == "world":
		return world(n)
	case !strings.HasPrefix(name, "cluster"):
		return entityAtom(name, n.Ref())
	}
	pods := match.And{match.Atom{Field: p.namespace, Op: match.Present, Ref: new(n.Ref())}}
	if name == "cluster" {
		pods = append(pods, match.Atom{Field: p.trust, Value: r.in.Env.TrustDomain, Ref: new(n.Ref())})
	}
	or := match.Or{match.Simplify(pods)}
	for _, e := range inCluster {
		or = append(or, entityAtom(e, n.Ref()))
	}
	return or
}

// world is everyone outside of the cluster, by address.
func world(n *source.Node) match.Expr {
	var or match.Or
	for _, block := range everywhere {
		or = append(or, match.Atom{Field: match.ClientIP, Op: match.CIDR, Value: block, Ref: new(n.Ref())})
	}
	return match.Conj(match.Simplify(or), outside)
}

// unknown is whom peers may be that are no pods: nobody, or where they are to be
// denied everyone who is none.
func (p party) unknown(grow bool) match.Expr {
	if grow {
		return p.beyond()
	}
	return match.False
}

// beyond holds for what is no pod: clients without a namespace, and what is dialled
// outside of the cluster.
func (p party) beyond() match.Expr {
	if p.client {
		return outside
	}
	return leaving(nil)
}

// leaving holds for what is dialled outside of the cluster.
func leaving(n *source.Node) match.Atom {
	a := match.Atom{Field: match.DestHost, Op: match.Present}
	if n != nil {
		a.Ref = new(n.Ref())
	}
	return a
}

// dialledEntity is what callers dial by the name of a group: all that is outside of
// the cluster, or all that is not. Of others no workload is one; a denial of the API
// server may be about an address outside.
func dialledEntity(name string, n *source.Node, grow bool, rest *[]unmodelled) match.Expr {
	inside := match.Negate(leaving(n))
	switch name {
	case "world":
		return leaving(n)
	case "cluster":
		return inside
	case "cluster-mesh":
		*rest = append(*rest, unmodelled{"clusters are not told apart where their workloads are dialled", n.Ref()})
		return inside
	}
	*rest = append(*rest, unmodelled{"what is dialled in the cluster that is no pod is not translated", n.Ref()})
	return called.unknown(grow && name == "kube-apiserver")
}

// inCluster are the entities that are part of the cluster without being pods
// that labels select.
var inCluster = []string{"health", "host", "ingress", "init", "kube-apiserver", "remote-node", "unmanaged"}

// entities are the names that the API takes.
var entities = []string{"all", "cluster", "cluster-mesh", "health", "host", "ingress", "init", "kube-apiserver", "none", "remote-node", "unmanaged", "world"}

// entityAtom is a client that is no pod: Cilium knows it by a reserved identity.
func entityAtom(name string, at place.Ref) match.Expr {
	return match.Atom{Field: match.ClientIdentity, Value: intent.Entity + name, Ref: new(at)}
}

// block reads addresses outside of the cluster: pods are never meant by their
// addresses.
func (p party) block(n *source.Node) match.Expr {
	if _, ok := blockOf(n); !ok {
		return match.False
	}
	return match.Conj(match.Atom{Field: p.address, Op: match.CIDR, Value: n.Str(), Ref: new(n.Ref())}, p.beyond())
}

// outside holds for clients that are no pods.
var outside = match.Negate(match.Atom{Field: match.ClientNamespace, Op: match.Present})

// blockSet reads a block without some.
func (r *reader) blockSet(p party, n *source.Node, grow bool, rest *[]unmodelled) match.Expr {
	if n.Get("cidr") == nil {
		return r.blockGroup(p, n, grow, rest)
	}
	all := match.And{p.block(n.Get("cidr"))}
	whole, _ := blockOf(n.Get("cidr"))
	for _, e := range n.Get("except").Items() {
		part, ok := blockOf(e)
		switch {
		case !ok:
		case whole.IsValid() && (whole.Bits() > part.Bits() || !whole.Contains(part.Addr())):
			e.Reject("is no part of the block that it is taken from")
		default:
			all = append(all, match.Not{X: match.Atom{Field: p.address, Op: match.CIDR, Value: e.Str(), Ref: new(e.Ref())}})
		}
	}
	return match.Simplify(all)
}

// blockOf reads a block of addresses. The definition takes no address by itself.
func blockOf(n *source.Node) (b netip.Prefix, ok bool) {
	b, err := netip.ParsePrefix(n.Str())
	if err != nil {
		n.Reject("is not a block of addresses such as 10.0.0.0/8")
	}
	return b, err == nil
}

// service reads a peer that is a Service: the pods that it selects, at all of
// their ports. Those that are not known by their names are nobody, or where they
// are to be denied everyone.
// cilium pkg/policy/k8s/service.go
func (r *reader) service(n *source.Node, ns string, grow bool, rest *[]unmodelled) match.Expr {
	s := n.Get("k8sService")
	if s == nil || s.Get("namespace") == nil && !grow {
		n.MarkRead()
		*rest = append(*rest, unmodelled{"Services that are not named with their namespace are not translated", n.Ref()})
		if grow {
			return match.True
		}
		return match.False
	}
	name := intent.Name{Namespace: cmp.Or(s.Get("namespace").Str(), ns), Name: s.Get("serviceName").Str()}
	known := r.m.Service(name)
	if known == nil || len(known.Selector) == 0 {
		named := match.Atom{Field: match.Service, Value: name.String(), Ref: new(n.Ref())}
		if !grow {
			return named
		}
		*rest = append(*rest, unmodelled{"the endpoints of a Service without a selector may be outside of the cluster", n.Ref()})
		return match.Disj(named, leaving(n))
	}
	pods := match.And{match.Atom{Field: match.Namespace, Value: name.Namespace, Ref: new(n.Ref())}}
	for _, l := range known.Selector {
		pods = append(pods, match.Atom{Field: match.Label, Key: l.Key, Value: l.Value, Ref: new(n.Ref())})
	}
	return match.Simplify(pods)
}
