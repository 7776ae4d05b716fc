package linkerd

import (
	"maps"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// egressNetwork is one that is for all that leaves, the only one of its namespace.
type egressNetwork struct {
	name   intent.Name
	effect intent.Effect
	// unseen says that some ports are not looked into: which routes count there is not
	// known, and none is lifted.
	unseen bool
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
// EgressNetwork look at no other, whatever it is for; those of a part of the addresses,
// and several of one namespace, are kept as they are, and so is how one treats what
// leaves.
// linkerd2 policy-controller/k8s/index/src/outbound/index/egress_network.rs
func (r *reader) egress() {
	r.networksOut, r.egressRead = map[intent.Name]*egressNetwork{}, map[*source.Object]bool{}
	own := map[string][]*source.Object{}
	for _, o := range r.of(groupPolicy, "EgressNetwork") {
		own[o.Namespace] = append(own[o.Namespace], o)
	}
	for _, ns := range slices.Sorted(maps.Keys(own)) {
		slices.SortStableFunc(own[ns], func(a, b *source.Object) int { return strings.Compare(a.Name, b.Name) })
		if ns != globalEgress {
			r.egressOf(own[ns], len(own[globalEgress]) > 0)
		}
	}
	r.egressOf(own[globalEgress], false)
	for _, o := range r.in.Objects {
		r.routeOut(o)
	}
}

// egressOf lifts the EgressNetworks of a namespace; shadow is that they stand before
// those for all.
func (r *reader) egressOf(own []*source.Object, shadow bool) {
	switch {
	case len(own) == 1 && own[0].Root.Get("spec").GetNull("networks") == nil:
		r.m.Egress = append(r.m.Egress, r.egressNetwork(own[0]))
		r.egressRead[own[0]] = !treats(own[0])
	case len(own) > 0 && !slices.ContainsFunc(own, func(o *source.Object) bool { return !r.lets(o) }):
		r.letsAllOut(own)
	case len(own) > 0 && own[0].Namespace != globalEgress:
		client, _ := leaving(own[0])
		r.m.Egress = append(r.m.Egress, &intent.Egress{Home: r.networkHome(own[0]), Scope: intent.Scope{Client: client}, Effect: intent.Allow, From: intent.From(own[0].Ref())})
	}
}

// leaving tells the clients of whom an object may hold back what leaves: of the
// namespace of an EgressNetwork, or for the one for all everyone.
func leaving(o *source.Object) (client match.Expr, ok bool) {
	if o.Group() != groupPolicy || o.Kind != "EgressNetwork" {
		return nil, false
	}
	return (&egressNetwork{name: intent.Name{Namespace: o.Namespace, Name: o.Name}}).clients(), true
}

// undecided are those of some clients of whose namespaces no facts say what leaves: where
// they do, clients look at no other EgressNetwork.
func (r *reader) undecided(client match.Expr) match.Expr {
	unsaid := map[string]bool{}
	for _, o := range r.of(groupPolicy, "EgressNetwork") {
		_, read := r.networksOut[intent.Name{Namespace: o.Namespace, Name: o.Name}]
		unsaid[o.Namespace] = unsaid[o.Namespace] || !read || o.Namespace == globalEgress
	}
	and := []match.Expr{client}
	for _, ns := range slices.Sorted(maps.Keys(unsaid)) {
		if own := (match.Atom{Field: match.ClientNamespace, Value: ns}); !unsaid[ns] && !match.Apart(own, client) {
			and = append(and, match.Negate(own))
		}
	}
	return match.Conj(and...)
}

// holdsBack reports whether an EgressNetwork that no fact stands for may hold back
// something.
func (r *reader) holdsBack(o *source.Object) bool {
	_, read := r.networksOut[intent.Name{Namespace: o.Namespace, Name: o.Name}]
	return !read && !allows(o)
}

func allows(o *source.Object) bool { return o.Root.Get("spec").Get("trafficPolicy").Text() == "Allow" }

// treats reports whether an EgressNetwork says how what leaves is treated: retries,
// timeouts, circuit breaking or ports that are not looked into.
func treats(o *source.Object) bool { return len(treatments(o)) > 0 }

// treatments are the annotations of an EgressNetwork that say so.
func treatments(o *source.Object) []source.Entry {
	return slices.DeleteFunc(slices.Clone(o.Root.Get("metadata").Get("annotations").Entries()), func(e source.Entry) bool { return !treatment(e.Key) })
}

func treatment(annotation string) bool {
	return annotation == annotationOpaque || slices.Contains(serviceKeys, annotation)
}

// networkHome reads metadata of an EgressNetwork; how it treats what leaves is kept
// beside it.
func (r *reader) networkHome(o *source.Object) *intent.Home {
	return gatewayapi.ReadHome(o, func(annotation string) bool { return treatment(annotation) || r.passesBy(o, annotation) })
}

func (r *reader) egressNetwork(o *source.Object) *intent.Egress {
	policy := o.Need("spec").Get("trafficPolicy")
	n := &egressNetwork{name: intent.Name{Namespace: o.Namespace, Name: o.Name}, unseen: o.Root.Get("metadata").Get("annotations").Get(annotationOpaque) != nil}
	switch policy.Str() {
	case "Allow":
	case "Deny":
		n.effect = intent.Deny
	default:
		o.Root.Get("spec").Reject("has a trafficPolicy that is not Allow or Deny")
		n.effect = intent.Deny
	}
	r.networksOut[n.name] = n
	return &intent.Egress{Home: r.networkHome(o), Scope: intent.Scope{Client: n.clients()}, Effect: n.effect, From: intent.From(o.Ref())}
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
	for _, o := range r.of(groupPolicy, "EgressNetwork") {
		if other, _ := leaving(o); n.name.Namespace == globalEgress && o.Namespace != globalEgress && !allows(o) {
			clients = append(clients, match.Negate(other))
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
	if n == nil || n.unseen || n.name.Namespace != o.Namespace && (n.name.Namespace != globalEgress || r.hasNetwork(o.Namespace)) {
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
