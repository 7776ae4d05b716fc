package consul

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// leaving lifts what proxies do with connections to what is no service of the mesh:
// they pass, unless meshDestinationsOnly says otherwise, where traffic is redirected
// through the proxy.
// agent/xds/listeners.go listenersFromSnapshotConnectProxy, DefaultFilterChain
func (r *reader) leaving() {
	only := r.mesh.only
	if !only.boolean() {
		if !only.missing() {
			only.Node.Skip("says what holds anyway")
		}
		return
	}
	all := r.transparent(r.proxies.modes)
	for _, s := range r.servicesWith(func(d *serviceDefaults) bool { return r.transparent(d.modes) != all }) {
		mode := specOf(r.defaults[s].object).get("mode").Node.Ref()
		client, _ := r.names.client(s, mode)
		r.leaves(&intent.Egress{Scope: intent.Scope{Client: client}, From: intent.From(only.Node.Ref(), mode)}, !all)
	}
	switch {
	case all:
		r.leaves(&intent.Egress{From: intent.From(only.Node.Ref())}, true)
	case len(r.m.Egress) == 0:
		r.inert(only.Node, "meshDestinationsOnly has no effect where traffic is not redirected through the proxy")
	}
}

// leaving tells that Mesh, where it cannot be read, may hold back what leaves of all
// clients: where it may say meshDestinationsOnly.
func leaving(o *source.Object) (client match.Expr, ok bool) {
	if o.Kind != kindMesh && o.Kind != entryMesh {
		return nil, false
	}
	if o.Root == nil {
		return nil, true
	}
	only := specOf(o).get("transparentProxy").get("meshDestinationsOnly")
	return nil, !only.missing() && only.Node.Text() != "false"
}

// leaves adds what becomes of what some clients send outside.
func (r *reader) leaves(e *intent.Egress, held bool) {
	e.Home, e.Effect = r.home(r.mesh.object), intent.Allow
	if held {
		e.Effect = intent.Deny
	}
	r.m.Egress = append(r.m.Egress, e)
}

// destination is what a service of ServiceDefaults stands for outside of the mesh.
type destination struct {
	node      value
	addresses []address
	port      int
}

// address is one address or name of a destination.
type address struct {
	text string
	at   place.Ref
}

// isIP reports whether it is no name.
func (a address) isIP() bool { return isAddress(a.text) }

// readDestination reads one; nil is none.
func readDestination(v value) *destination {
	if v.missing() {
		return nil
	}
	d := &destination{node: v, port: v.get("port").count()}
	for _, n := range v.get("addresses").items() {
		text := n.text()
		switch {
		case strings.Contains(text, "*"), text == "":
			n.Node.Reject("is neither an address nor a name")
		case slices.ContainsFunc(d.addresses, func(a address) bool { return a.text == text }):
			n.Node.Reject("is there twice")
		}
		d.addresses = append(d.addresses, address{text, n.Node.Ref()})
	}
	switch {
	case len(d.addresses) == 0:
		v.Node.Reject("has no addresses")
	case d.port < 1 || d.port > 65535:
		v.Node.Reject("has no port between 1 and 65535")
	}
	return d
}

// destinations lifts what is made known outside of the mesh. all are the intentions
// that count: proxies are told of what their service may call at all, with
// permissions that the gateway asks for.
// agent/consul/state/intention.go intentionTopologyTxn
func (r *reader) destinations(all []*intention) {
	for _, s := range r.servicesWith(func(d *serviceDefaults) bool { return d.destination != nil }) {
		d := r.defaults[s]
		who, why := r.reaching(s, all)
		switch {
		case why != "":
		case r.http(s) && !r.heldIn():
			why = "all that is sent outside at its port comes to its routes, which answer 404 for other hosts"
		case r.http(s) && slices.ContainsFunc(d.destination.addresses, address.isIP):
			why = "requests are told apart by an address that they name as their host"
		}
		if why != "" {
			r.field(d.object, d.destination.node, "it makes what is outside known, and "+why).Purpose = intent.FarHosts
			continue
		}
		r.external(d, who)
	}
}

// heldIn reports whether nothing leaves but what is known.
func (r *reader) heldIn() bool {
	return len(r.m.Egress) == 1 && r.m.Egress[0].Effect == intent.Deny && match.IsTrue(r.m.Egress[0].Scope.Client)
}

// reaching is who may call a destination; why says why that is not a matter of clients
// alone.
func (r *reader) reaching(s service, all []*intention) (who match.Expr, why string) {
	e := r.enforce(s, all)
	var allowed, denied []match.Expr
	for _, f := range e.facts {
		other := false
		match.Atoms(f.when, func(a match.Atom, _ bool) { other = other || !a.Field.Client() })
		switch {
		case other:
			return nil, "permissions tell its requests apart at the gateway"
		case f.effect == intent.Deny:
			denied = append(denied, f.when)
		default:
			allowed = append(allowed, f.when)
		}
	}
	out := match.Negate(match.Disj(denied...))
	if len(denied) == 0 {
		out = match.True
	}
	if e.otherwise == intent.Deny {
		out = match.Conj(match.Disj(allowed...), out)
	}
	return scopeOf([]match.Expr{match.Weaken(out, notEveryone)}), ""
}

// notEveryone leaves out that a client has a proxy: those who have none are told
// nothing.
func notEveryone(l match.Literal) bool {
	return l.Not || l.Atom.Field != match.ClientAccount || l.Atom.Op != match.Present
}

// external adds what one destination makes known: names, which are told apart by what
// connections say, and addresses.
func (r *reader) external(d *serviceDefaults, who match.Expr) {
	port := intent.From(d.destination.node.get("port").Node.Ref())
	fact := func(protocol string, how intent.Resolution) *intent.External {
		return &intent.External{
			Home: r.home(d.object), Scope: intent.Scope{Client: who}, Resolve: how,
			Ports: []intent.ExternalPort{{Port: d.destination.port, Protocol: protocol, From: port}},
		}
	}
	names, addresses := fact(outsideProtocols[r.protocol(d.service)], intent.ResolveDNS), fact("TCP", intent.ResolveNone)
	for _, a := range d.destination.addresses {
		if a.isIP() {
			addresses.Addresses, addresses.From = append(addresses.Addresses, a.text), append(addresses.From, a.at)
		} else {
			names.Hosts, names.From = append(names.Hosts, intent.Host{DNS: strings.ToLower(a.text)}), append(names.From, a.at)
		}
	}
	if len(names.Hosts) > 0 {
		r.m.External = append(r.m.External, names)
	}
	if len(addresses.Addresses) > 0 {
		addresses.Hosts = []intent.Host{{DNS: d.service.name + addressed}}
		r.m.External = append(r.m.External, addresses)
	}
}

// addressed ends the name of what is known by its addresses alone.
const addressed = ".virtual.consul"

// outsideProtocols are what connections to names say of them, by what their service
// speaks: of tcp, those by TLS are told apart by the name of the server.
// agent/xds/listeners.go makeFilterChainMatchFromAddressWithPort
var outsideProtocols = map[string]string{"tcp": "TLS", "http": "HTTP", "http2": "HTTP2", "grpc": "GRPC"}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
