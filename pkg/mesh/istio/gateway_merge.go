package istio

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// The servers of all Gateways that select a proxy are merged there, the older Gateways first.
// Which of them then listen at a port depends on what stands there already: a host of TLS
// counts once, and so does a plain protocol that is not HTTP.
// pilot/pkg/model/gateway.go mergeGateways

// gatewayServer is a server on its way to the proxies of its Gateway.
type gatewayServer struct {
	entry  *intent.Entry
	object *source.Object
	node   *source.Node
	// port and protocol are as written, the protocol in upper case.
	port     int
	protocol string
	// hosts are as proxies compare them: behind the namespace that they are for, if any.
	hosts []string
	// secured says that the server says tls, if it only redirects.
	secured, redirects bool
	mode               serverMode
}

// serverOf is what matters of a server beside others.
func serverOf(e *intent.Entry, o *source.Object, n *source.Node) *gatewayServer {
	tls := n.Get("tls")
	s := &gatewayServer{
		entry: e, object: o, node: n, port: n.Get("port").Get("number").Int(), protocol: strings.ToUpper(n.Get("port").Get("protocol").Str()),
		secured: tls != nil, redirects: tls.Get("httpsRedirect").Bool(),
	}
	if tls != nil {
		s.mode = serverModeOf(tls)
	}
	for _, h := range n.Get("hosts").Items() {
		ns, name, behind := strings.Cut(h.Str(), "/")
		switch {
		case !behind:
			name = ns
		case ns == ".":
			name = o.Namespace + "/" + name
		case ns != "*":
			name = ns + "/" + name
		}
		s.hosts = append(s.hosts, name)
	}
	return s
}

// plain reports whether connections come in without TLS.
func (s *gatewayServer) plain() bool { return !s.secured || s.http() }

// http reports whether requests of HTTP come in without TLS.
func (s *gatewayServer) http() bool {
	p, _ := meaning(gatewayProtocols, s.protocol)
	return p == "HTTP"
}

// passes reports whether TLS goes on as it is.
func (s *gatewayServer) passes() bool {
	return s.secured && (s.mode.end == intent.TLSPasses || s.mode.end == intent.TLSOnward)
}

// merge takes from Gateways the servers that do not listen beside others.
func (r *reader) merge(all []*gatewayServer) {
	place := map[*source.Object]int{}
	for i, o := range byAge(objectsOf(all)) {
		place[o] = i
	}
	slices.SortStableFunc(all, func(a, b *gatewayServer) int { return cmp.Compare(place[a.object], place[b.object]) })
	byPort := map[int]*portServers{}
	for _, s := range all {
		if byPort[s.port] == nil {
			byPort[s.port] = &portServers{}
		}
		r.mergeInto(byPort[s.port], s)
	}
	r.servers = all
	for _, s := range all {
		if slices.Contains(byPort[s.port].listening, s) {
			r.listening = append(r.listening, s)
		}
	}
}

// portServers are the servers that listen at a port, and those that claim their hosts for TLS
// there, be it that they do not listen.
type portServers struct{ listening, claiming []*gatewayServer }

func objectsOf(all []*gatewayServer) []*source.Object {
	var out []*source.Object
	for _, s := range all {
		if !slices.Contains(out, s.object) {
			out = append(out, s.object)
		}
	}
	return out
}

// mergeInto adds a server to those of its port, or tells why it does not listen.
func (r *reader) mergeInto(at *portServers, s *gatewayServer) {
	for _, first := range at.claiming {
		if why := s.claimed(first); why != "" && r.loses(at, first, s, why) {
			return
		}
	}
	if s.secured {
		at.claiming = append(at.claiming, s)
	}
	for _, first := range at.listening {
		if first.plain() && !(first.http() && s.http()) && r.loses(at, first, s, "another server of the port takes plain connections") {
			return
		}
	}
	at.listening = append(at.listening, s)
}

// loses reports whether a server does not listen for a reason that another one is, and tells so.
func (r *reader) loses(at *portServers, first, s *gatewayServer, why string) bool {
	switch {
	case !first.besides(s):
		return false
	case !first.alwaysBesides(s):
		r.maybeTogether(first, s, why)
		return false
	case first.object != s.object && ageUnknown(first.object, s.object):
		r.serverOrder(first, s, why)
		at.listening = slices.DeleteFunc(at.listening, func(x *gatewayServer) bool { return x == first })
	default:
		r.yielded(first, s, why)
	}
	return true
}

// claimed says that another server has a host of TLS already; "" is none, or that both redirect
// the same hosts, which is as if both did.
func (s *gatewayServer) claimed(first *gatewayServer) string {
	other := func(h string) bool { return !slices.Contains(first.hosts, h) }
	if s.redirects && s.http() && first.redirects && first.http() && !slices.ContainsFunc(s.hosts, other) {
		return ""
	}
	if i := slices.IndexFunc(s.hosts, func(h string) bool { return !other(h) }); s.secured && i >= 0 {
		return "another server of the port has the host " + s.hosts[i]
	}
	return ""
}

// besides reports whether some proxy may be of both Gateways.
func (s *gatewayServer) besides(other *gatewayServer) bool {
	return !slices.ContainsFunc(s.entry.Selector, func(x intent.Pair) bool {
		return slices.ContainsFunc(other.entry.Selector, func(y intent.Pair) bool { return x.Key == y.Key && x.Value != y.Value })
	})
}

// alwaysBesides reports whether each proxy of another Gateway is of this one's.
func (s *gatewayServer) alwaysBesides(other *gatewayServer) bool {
	return alwaysTogether(s.entry, other.entry)
}

// alwaysTogether reports whether each proxy of the second gateway is of the first.
func alwaysTogether(first, second *intent.Entry) bool {
	return !slices.ContainsFunc(first.Selector, func(x intent.Pair) bool {
		return !slices.ContainsFunc(second.Selector, func(y intent.Pair) bool { return x.Key == y.Key && x.Value == y.Value })
	})
}

// leave takes the listeners of a server from its Gateway.
func (s *gatewayServer) leave() {
	s.entry.Listeners = slices.DeleteFunc(s.entry.Listeners, func(l intent.Listener) bool { return l.From[0] == s.node.Ref() })
}

func (r *reader) yielded(first, s *gatewayServer, why string) {
	s.leave()
	s.node.Inert(why + ", which is older or stands before it")
	r.add(diag.Inert, "a server of "+s.object.Ref().Object+" has no effect: "+why+", of "+first.object.Ref().Object, "give it other hosts, or another port", s.node.Ref(), first.node.Ref())
}

// serverOrder withholds two servers of which only the older listens.
func (r *reader) serverOrder(first, s *gatewayServer, why string) {
	for _, x := range []*gatewayServer{first, s} {
		x.leave()
		x.node.Withhold("of two servers of a port only that of the older Gateway listens, and which one is older is not known")
	}
	r.diags.Tell(diag.OrderUnknown, "which of two servers listens at a port depends on the age of their Gateways", why+", and neither is translated",
		"keep one of them, or export both Gateways with metadata.creationTimestamp", s.node.Ref(), first.node.Ref())
}

// maybeTogether tells of servers of which one may not listen at some proxies.
func (r *reader) maybeTogether(first, s *gatewayServer, why string) {
	r.diags.Tell(diag.HostClaimedTwice, "two servers of a port may be of the same proxies", "where the selectors of both Gateways choose a proxy, the younger does not listen there: "+why,
		"give the Gateways selectors that tell their proxies apart, or their servers other hosts", s.node.Ref(), first.node.Ref())
}

// clashes closes the ports at which the chains of two servers are for the same connections:
// proxies reject all that listens there. Of TLS that passes the names are those of routes, and
// without routes there is no chain of what is not HTTP.
// envoy source/common/listener_manager/filter_chain_manager_impl.cc addFilterChains
func (r *reader) clashes(c *claims) {
	chains := map[int][]chain{}
	for _, s := range r.listening {
		if s.passes() && !s.plain() || !s.asHTTP() && !c.servers[s.node.Ref()] {
			continue
		}
		for _, name := range s.names() {
			chains[s.port] = append(chains[s.port], chain{name, s.entry, s.node, s.http()})
		}
	}
	for _, n := range c.named {
		name := n.name
		if n.all {
			name = ""
		}
		chains[n.port] = append(chains[n.port], chain{name, n.entry, n.match, false})
	}
	for _, s := range r.listening {
		if a, b := clash(chains[s.port], s.entry); a != nil {
			r.closePort(s, a, b)
		}
	}
}

// chain is for what comes in at a port of a gateway by TLS for a name, "" for all that comes in.
type chain struct {
	name  string
	entry *intent.Entry
	node  *source.Node
	// http says that it is one with all others of the port that are for plain HTTP.
	http bool
}

// clash is a pair of chains of which each proxy of a gateway has both; nil is none.
func clash(all []chain, e *intent.Entry) (a, b *chain) {
	seen := map[string]*chain{}
	for i := range all {
		x := &all[i]
		if !alwaysTogether(x.entry, e) {
			continue
		}
		if y := seen[x.name]; y != nil && !(x.http && y.http) && x.node != y.node {
			return y, x
		}
		seen[x.name] = x
	}
	return nil, nil
}

// asHTTP reports whether requests of HTTP are looked at.
func (s *gatewayServer) asHTTP() bool { return s.http() || s.protocol == "HTTPS" && !s.passes() }

// names are those by which a proxy tells connections for a server from others; "" is all.
func (s *gatewayServer) names() []string {
	var out []string
	for _, h := range s.hosts {
		if _, name, behind := strings.Cut(h, "/"); behind {
			h = name
		}
		if s.plain() || h == "*" {
			return []string{""}
		}
		out = append(out, h)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// closePort takes a server away with all that is routed at its port.
func (r *reader) closePort(s *gatewayServer, a, b *chain) {
	s.leave()
	r.m.Routing = slices.DeleteFunc(r.m.Routing, func(t *intent.Routing) bool { return t.Entry == s.entry.Name && t.Port == s.port })
	s.node.Inert("proxies reject what listens at its port")
	r.diags.Tell(diag.Inert, "nothing listens at port "+strconv.Itoa(s.port)+" of "+s.entry.Name.String(), "the proxies reject all that is for the port, since two parts of it are for the same connections",
		"give them different hosts, whatever namespaces these are for", s.node.Ref(), a.node.Ref(), b.node.Ref())
}

// withoutListeners drops the gateways of which no server listens, once all that routes through
// them is read.
func (r *reader) withoutListeners() {
	for _, o := range objectsOf(r.servers) {
		if e := entryNamed(r.m, intent.Name{Namespace: o.Namespace, Name: o.Name}); e != nil && len(e.Listeners) == 0 {
			o.Root.Get("spec").Get("selector").Inert("none of its servers listens")
			o.Root.Get("metadata").Get("creationTimestamp").Skip("tells which object is older")
		}
	}
	r.m.Entries = slices.DeleteFunc(r.m.Entries, func(e *intent.Entry) bool { return len(e.Listeners) == 0 })
}
