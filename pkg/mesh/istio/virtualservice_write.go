package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// hostRoutes is all that is said of a host at one entry by some clients: what
// one VirtualService must hold, since the host has only one in the mesh.
type hostRoutes struct {
	home   *intent.Home
	host   intent.Host
	entry  intent.Name
	client match.Expr
	tables []*intent.Routing
}

// virtualServices prints routing. Hosts and gateways that are treated alike by
// one object of the source share one.
func (w *writer) virtualServices() {
	var objs []*virtualServiceObject
	for _, r := range w.hostRoutes() {
		objs = w.join(objs, w.virtualService(r))
	}
	for _, o := range objs {
		w.add(o.print(w))
	}
}

// hostRoutes groups tables by whom they are for, ports first.
func (w *writer) hostRoutes() []*hostRoutes {
	var out []*hostRoutes
	byKey := map[string]*hostRoutes{}
	tables, parted := w.eachHome()
	for _, t := range tables {
		if w.isVerbatim("VirtualService", t.Home) || saidByServer(t) && !w.withRoutes(t) {
			continue
		}
		client := t.Scope.Client
		if _, ok := callerNamespaces(client); !ok {
			client = nil // the matches tell
		}
		h := w.routesHome(t)
		key := t.Entry.String() + " " + t.Host.String() + " " + match.Key(client)
		switch {
		case byName(t):
			key = t.Entry.String() + " tls " + h.Namespace + "/" + h.Name + " " + match.Key(client)
		case !t.Entry.IsZero():
			key += " " + h.Namespace // gateways take some namespaces, and join objects of one host
		case parted[t.Host]:
			key += " " + h.Namespace + "/" + h.Name // proxies join objects of one host
		}
		r := byKey[key]
		if r == nil {
			r = &hostRoutes{home: h, host: w.called(t), entry: t.Entry, client: client}
			byKey[key] = r
			out = append(out, r)
		}
		r.tables = append(r.tables, t)
	}
	for _, r := range out {
		slices.SortStableFunc(r.tables, func(a, b *intent.Routing) int { return portRank(a) - portRank(b) })
		r.tables = w.besideRedirects(r.tables)
	}
	return out
}

// called is the host that a table is for: the Service that a gateway knows by its DNS name,
// so that one object says what is said of it there and in the mesh.
func (w *writer) called(t *intent.Routing) intent.Host {
	if t.Entry.IsZero() || byName(t) {
		return t.Host
	}
	return w.m.Env.Host(w.m.Env.DNS(t.Host))
}

// eachHome are the tables to be written, in parts where several objects of the source say
// them; parted are the hosts of these.
func (w *writer) eachHome() (out []*intent.Routing, parted map[intent.Host]bool) {
	parted = map[intent.Host]bool{}
	for _, t := range w.m.Routing {
		parts := byHome(t)
		parted[t.Host] = parted[t.Host] || len(parts) > 1
		out = append(out, parts...)
	}
	return out, parted
}

// portRank puts tables for some callers before those for all, and those for one
// port before those for all ports.
func portRank(t *intent.Routing) int {
	rank := t.Port
	if rank == 0 {
		rank = 1 << 16
	}
	if match.IsTrue(t.Scope.Client) {
		rank += 1 << 17
	}
	return rank
}

// routesHome is the object that a table is written into.
func (w *writer) routesHome(t *intent.Routing) *intent.Home {
	if t.Home != nil {
		return t.Home
	}
	h := &intent.Home{Namespace: t.Host.Service.Namespace, Name: t.Host.Service.Name}
	if h.Namespace == "" {
		h.Namespace = t.Entry.Namespace
	}
	if h.Name == "" {
		h.Name = hostName(t.Host)
	}
	return h
}

// acrossPorts makes tables that say the same for each port that the host is
// known to have one table for all.
func (w *writer) acrossPorts(ts []*intent.Routing) []*intent.Routing {
	known := w.knownPorts(ts[0])
	if len(ts) != len(known) {
		return ts
	}
	for i, t := range ts {
		if t.Port == 0 || t.Host != ts[0].Host || !slices.Contains(known, t.Port) || !w.sameRules(ts[0], ts[i]) {
			return ts
		}
	}
	one := *ts[0]
	one.Port = 0
	return []*intent.Routing{&one}
}

// knownPorts are those of a table's entry or Service.
func (w *writer) knownPorts(t *intent.Routing) []int {
	var out []int
	if !t.Entry.IsZero() {
		for _, e := range w.m.Entries {
			if e.Name == t.Entry {
				for _, l := range e.Listeners {
					if l.Serves(t.Protocol) && w.redirectsHTTPS(e, &l) == nil {
						out = append(out, l.Port)
					}
				}
			}
		}
	} else if s := w.m.Inventory.Service(t.Host.Service); s != nil {
		for _, p := range s.Ports {
			if protocolKeys[t.Protocol] == "http" || gatewayapi.CountsInIstio(t.Protocol, gatewayapi.DeclaredToIstio(p)) {
				out = append(out, p.Port)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sameRules reports whether two tables print alike, apart from their ports. A
// destination without a port is that which the client addressed.
func (w *writer) sameRules(a, b *intent.Routing) bool {
	x, y := *a, *b
	x.Port, y.Port = 0, 0
	if x.Protocol != y.Protocol {
		return false
	}
	home := w.routesHome(a)
	return manifest.Equal(w.rules(&x, home, true), w.rules(&y, home, true))
}

// virtualServiceObject is an object to be written.
type virtualServiceObject struct {
	home            *intent.Home
	hosts, gateways []string
	exportTo        []string
	body            *manifest.Node // http, tls and tcp
	from            intent.Origin
	name            string
}

// virtualService makes the object for one host.
func (w *writer) virtualService(r *hostRoutes) *virtualServiceObject {
	o := &virtualServiceObject{home: r.home, hosts: w.hostsOf(r), exportTo: exportTo(r.client, r.home.Namespace), body: manifest.Map(), name: r.home.Name}
	if !r.entry.IsZero() {
		o.gateways = []string{gatewayText(r.entry, r.home.Namespace)}
	}
	byKind := map[string]*manifest.Node{}
	for i, t := range r.tables {
		t = answering(t, len(r.tables))
		kind := protocolKeys[t.Protocol]
		if byKind[kind] == nil {
			byKind[kind] = manifest.List()
		}
		byKind[kind].Append(w.rules(t, r.home, lastOf(r.tables[i:])).Items()...)
		o.from = append(o.from, t.From...)
	}
	for _, kind := range []string{"http", "tls", "tcp"} {
		if byKind[kind] != nil {
			o.body.Set(kind, byKind[kind])
		}
	}
	return o
}

// answering says as a rule what a table without rules answers, if it is all that an object
// holds: Istio takes none that is empty.
// istio pkg/config/validation/validation.go validateVirtualService
func answering(t *intent.Routing, of int) *intent.Routing {
	if _, responds := t.Else.(intent.Respond); !responds || of > 1 || len(t.Rules) > 0 || protocolKeys[t.Protocol] != "http" {
		return t
	}
	one := *t
	one.Rules = []intent.Rule{{When: match.True, Then: t.Else, From: t.From}}
	return &one
}

// protocolKeys are the keys of a VirtualService's lists.
var protocolKeys = [...]string{intent.HTTP: "http", intent.GRPC: "http", intent.TLS: "tls", intent.TCP: "tcp"}

// lastOf reports whether no table of the same list follows the first.
func lastOf(ts []*intent.Routing) bool {
	return !slices.ContainsFunc(ts[1:], func(t *intent.Routing) bool { return protocolKeys[t.Protocol] == protocolKeys[ts[0].Protocol] })
}

// join adds an object to one of the same home that says the same for other hosts
// at the same gateways, or for the same hosts at other gateways.
func (w *writer) join(objs []*virtualServiceObject, o *virtualServiceObject) []*virtualServiceObject {
	for _, other := range objs {
		if other.home.Namespace != o.home.Namespace || other.home.Name != o.home.Name || !slices.Equal(other.exportTo, o.exportTo) || !manifest.Equal(other.body, o.body) && !other.beside(o) {
			continue
		}
		switch {
		case !manifest.Equal(other.body, o.body):
			other.addLists(o.body)
		case slices.Equal(other.hosts, o.hosts) && len(other.gateways) > 0 && len(o.gateways) > 0:
			other.gateways = append(other.gateways, o.gateways...)
		case slices.Equal(other.hosts, o.hosts):
			other.gateways = append(orMesh(other.gateways), orMesh(o.gateways)...)
		case slices.Equal(other.gateways, o.gateways):
			other.hosts = append(other.hosts, o.hosts...)
		default:
			continue
		}
		other.from = append(other.from, o.from...)
		return objs
	}
	return append(objs, o)
}

func orMesh(gateways []string) []string {
	if len(gateways) == 0 {
		return []string{"mesh"}
	}
	return gateways
}

func (o *virtualServiceObject) print(w *writer) *manifest.Object {
	m := w.object(groupNetworking, "VirtualService", o.home, o.hosts[0])
	m.From = append(m.From, o.from...)
	spec := manifest.Map().Set("hosts", manifest.Strs(o.hosts...)).Set("gateways", manifest.Strs(o.gateways...)).Set("exportTo", manifest.Strs(o.exportTo...))
	for _, kid := range o.body.Kids {
		spec.Set(kid.Key, kid.Node)
	}
	m.Root.Set("spec", spec)
	return m
}

// object begins an object for a home; distinguish is added to a name that is
// taken.
func (w *writer) object(group, kind string, home *intent.Home, distinguish string) *manifest.Object {
	m := manifest.New(group+"/v1", kind, home.Namespace, w.name(kind, home.Namespace, home.Name, distinguish))
	gatewayapi.WriteHome(m, home, nil)
	return m
}
