package linkerd

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// egressNetwork is one that is for all that leaves, the only one of its namespace.
type egressNetwork struct {
	name   intent.Name
	effect intent.Effect
}

// clients are those that the network is for: of its namespace, or for the global
// one all, also of namespaces that have their own.
func (n *egressNetwork) clients() match.Expr {
	if n.name.Namespace == globalEgress {
		return match.True
	}
	return match.Atom{Field: match.ClientNamespace, Value: n.name.Namespace}
}

// egress lifts what may leave the cluster. Clients of a namespace with an
// EgressNetwork look at no other; those of a part of the addresses, and several of
// one namespace, are kept as they are.
// linkerd2 policy-controller/k8s/index/src/outbound/index/egress_network.rs
func (r *reader) egress() {
	count := map[string]int{}
	for _, o := range r.of(groupPolicy, "EgressNetwork") {
		count[o.Namespace]++
	}
	r.networksOut, r.egressRead = map[intent.Name]*egressNetwork{}, map[*source.Object]bool{}
	var global []*intent.Egress
	for _, o := range r.of(groupPolicy, "EgressNetwork") {
		if count[o.Namespace] > 1 || o.Root.Get("spec").GetNull("networks") != nil || treats(o) {
			continue
		}
		r.egressRead[o] = true
		e := r.egressNetwork(o)
		if match.IsTrue(e.Scope.Client) {
			global = append(global, e)
		} else {
			r.m.Egress = append(r.m.Egress, e)
		}
	}
	r.m.Egress = append(r.m.Egress, global...)
	for _, o := range r.in.Objects {
		r.routeOut(o)
	}
}

// treats reports whether an EgressNetwork says how what leaves is treated: retries,
// timeouts, circuit breaking or ports that are not looked into.
func treats(o *source.Object) bool {
	return slices.ContainsFunc(o.Root.Get("metadata").Get("annotations").Entries(), func(e source.Entry) bool {
		return e.Key == annotationOpaque || slices.Contains(serviceKeys, e.Key)
	})
}

func (r *reader) egressNetwork(o *source.Object) *intent.Egress {
	policy := o.Need("spec").Get("trafficPolicy")
	n := &egressNetwork{name: intent.Name{Namespace: o.Namespace, Name: o.Name}}
	switch policy.Str() {
	case "Allow":
	case "Deny":
		n.effect = intent.Deny
	default:
		o.Root.Get("spec").Reject("has a trafficPolicy that is not Allow or Deny")
		n.effect = intent.Deny
	}
	r.networksOut[n.name] = n
	return &intent.Egress{Home: r.home(o), Scope: intent.Scope{Client: n.clients()}, Effect: n.effect, From: intent.From(o.Ref())}
}

// routeOut lifts a route that lets hosts out at ports of EgressNetworks, and does
// nothing else. Others stay with the reader of routes.
func (r *reader) routeOut(o *source.Object) {
	i := slices.IndexFunc(egressRoutes, func(x egressRoute) bool { return x.kind == o.Kind })
	if i <= 0 || !r.onlyLetsOut(o) {
		return
	}
	r.egressRead[o] = true
	spec := o.Root.Get("spec")
	spec.MarkRead()
	e := &intent.External{Home: r.home(o), From: intent.From(o.Ref())}
	for _, h := range spec.Get("hostnames").Items() {
		e.Hosts = append(e.Hosts, intent.Host{DNS: strings.ToLower(h.Str())})
	}
	if len(e.Hosts) == 0 || egressRoutes[i].family == intent.TCP {
		e.Hosts = []intent.Host{everyHost}
	}
	for _, p := range spec.Get("parentRefs").Items() {
		if by := r.kindAt(r.networkOf(o, p), p.Get("port").Int()); by < i {
			r.inert(p, "routes of kind "+egressRoutes[by].kind+" count on the port")
			continue
		}
		e.Ports = append(e.Ports, intent.ExternalPort{
			Port: p.Get("port").Int(), Protocol: strings.ToUpper(egressRoutes[i].family.String()), From: intent.From(p.Ref()),
		})
	}
	e.Scope.Client = r.outClients(r.networksOut[r.networkOf(o, spec.Get("parentRefs").Items()[0])], o.Namespace)
	if len(e.Ports) > 0 {
		r.m.External = append(r.m.External, e)
	}
}

// outClients are those for whom a route of a namespace lets hosts out at a network.
// Where the network is for all, namespaces of their own that deny are left out.
func (r *reader) outClients(n *egressNetwork, namespace string) match.Expr {
	if n.name.Namespace != namespace {
		return match.Atom{Field: match.ClientNamespace, Value: namespace}
	}
	clients := []match.Expr{n.clients()}
	for _, other := range r.networksOut {
		if n.name.Namespace == globalEgress && other != n && other.effect == intent.Deny {
			clients = append(clients, match.Negate(other.clients()))
		}
	}
	slices.SortFunc(clients, func(a, b match.Expr) int { return strings.Compare(match.Key(a), match.Key(b)) })
	return match.Conj(clients...)
}

// networkOf is the EgressNetwork that a parent or backend of a route names.
func (r *reader) networkOf(o *source.Object, ref *source.Node) intent.Name {
	ns := o.Namespace
	if n := ref.Get("namespace"); n != nil {
		ns = n.Text()
	}
	return intent.Name{Namespace: ns, Name: ref.Get("name").Text()}
}

// kindAt is the first kind of routes at a port of a network.
func (r *reader) kindAt(n intent.Name, port int) int {
	at := len(egressRoutes)
	for _, o := range r.in.Objects {
		for i, x := range egressRoutes {
			if x.kind == o.Kind && i < at && slices.ContainsFunc(o.Root.Get("spec").Get("parentRefs").Items(), func(p *source.Node) bool {
				return isNetwork(o, p) && r.networkOf(o, p) == n && p.Get("port").Int() == port
			}) {
				at = i
			}
		}
	}
	return at
}

// isNetwork reports whether a parent or backend is an EgressNetwork.
func isNetwork(o *source.Object, ref *source.Node) bool {
	group := o.Group()
	if g := ref.Get("group"); g != nil {
		group = g.Text()
	}
	return group == groupPolicy && ref.Get("kind").Text() == "EgressNetwork"
}

// onlyLetsOut reports whether a route sends all of some hosts to the network that
// it is on, whatever they are asked, and changes nothing.
func (r *reader) onlyLetsOut(o *source.Object) bool {
	spec := o.Root.Get("spec")
	parents, rules := spec.Get("parentRefs").Items(), spec.Get("rules").Items()
	if len(parents) == 0 || len(rules) != 1 || len(annotationsOf(o)) > 0 || hasOther(spec, "parentRefs", "rules", "hostnames") || hasOther(rules[0], "backendRefs") {
		return false
	}
	network := r.networkOf(o, parents[0])
	n := r.networksOut[network]
	if n == nil || n.name.Namespace != o.Namespace && (n.name.Namespace != globalEgress || r.hasNetwork(o.Namespace)) {
		return false
	}
	for _, p := range parents {
		if !isNetwork(o, p) || r.networkOf(o, p) != network || p.Get("port") == nil || hasOther(p, "group", "kind", "name", "namespace", "port") {
			return false
		}
	}
	backends := rules[0].Get("backendRefs").Items()
	return len(backends) == 0 || len(backends) == 1 && isNetwork(o, backends[0]) && r.networkOf(o, backends[0]) == network &&
		!hasOther(backends[0], "group", "kind", "name", "namespace", "port")
}

// hasNetwork reports whether clients of a namespace look at EgressNetworks of it.
func (r *reader) hasNetwork(namespace string) bool {
	return slices.ContainsFunc(r.of(groupPolicy, "EgressNetwork"), func(o *source.Object) bool { return o.Namespace == namespace })
}

// hasOther reports whether a value has fields beside these.
func hasOther(n *source.Node, keys ...string) bool {
	return slices.ContainsFunc(n.Entries(), func(e source.Entry) bool { return !slices.Contains(keys, e.Key) })
}
