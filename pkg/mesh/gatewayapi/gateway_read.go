package gatewayapi

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// gateway is a Gateway as read, or a ListenerSet.
type gateway struct {
	object *source.Object
	entry  *intent.Entry
	// sets are the ListenerSets that add their listeners.
	sets []*gateway
	// demands are what is demanded of clients.
	demands   []demand
	listeners []listener
	opaque    []*intent.Opaque
	diags     diag.List
}

// listener is what routes need to know of a listener.
type listener struct {
	intent.Listener
	hostname string // anyHostname where none is said
	// kinds are the kinds of routes that may attach.
	kinds []string
}

// waypoint is Istio's class of proxies inside the mesh (ambient mode).
const waypoint = "istio-waypoint"

// readGateway reads a Gateway; its entry is nil for one that has no effect, or
// is not an ingress.
func readGateway(o *source.Object, d Dialect) *gateway {
	g := &gateway{object: o}
	home := ReadHome(o, nil)
	spec := o.Need("spec")
	e := &intent.Entry{
		Home: home, Name: intent.Name{Namespace: o.Namespace, Name: o.Name},
		Class: formName.need(spec, "gatewayClassName"), From: intent.From(o.Ref()),
	}
	g.readPlace(spec, home, d)
	g.readListeners(spec.Get("listeners"), d)
	g.readFrontend(spec.Get("tls").Get("frontend"), d)
	e.Offers, e.OffersTo = readOffers(spec.Get("allowedListeners"))
	if len(g.listeners) == 0 {
		spec.Reject("has no listeners")
	}
	switch {
	case len(o.Root.Problems()) > 0:
		why := "the API server rejects the object"
		o.Root.Inert(why)
		g.diags.Add(diag.InvalidObject, "Gateway "+e.Name.String()+" is rejected by the API server and has no effect", "correct the values reported", o.Ref())
		g.opaque, g.listeners = nil, nil
		return g
	case e.Class == waypoint:
		g.opaque = nil
		g.keepWhole(o.Root, home, d.Mesh, "a waypoint of Istio's ambient mode is not translated", true)
		g.listeners = nil
		return g
	}
	g.entry = e
	return g
}

func (g *gateway) keepWhole(n *source.Node, home *intent.Home, mesh, why string, security bool) {
	if n == nil {
		return
	}
	n.MarkRead()
	g.diags.Add(diag.NotTranslated, why, "configure it in the target by hand", n.Ref())
	g.opaque = append(g.opaque, &intent.Opaque{
		Home: home, Mesh: mesh, Kind: g.object.Kind, At: n.Ref(), Whole: g.object, Security: security,
		Entries: []intent.Name{{Namespace: g.object.Namespace, Name: g.object.Name}}, Why: why, From: intent.From(n.Ref()),
	})
}

func (g *gateway) readListeners(n *source.Node, d Dialect) {
	items := atMost(n, 64)
	for _, item := range items {
		l := readListener(item)
		if tls := item.Get("tls"); tls != nil {
			l.TLS = readListenerTLS(tls, l.Protocol, g.object.Namespace)
			if options := tls.Get("options"); d.ListenerOptions == nil || !d.ListenerOptions(options, l.TLS) {
				l.TLS.Options = readPairs(options, nil)
			}
		} else if l.Protocol == "TLS" {
			item.Reject("has protocol TLS and no tls")
		}
		for _, other := range g.listeners {
			if other.Name == l.Name {
				item.Reject("has the name of another listener")
			}
			if other.Port == l.Port && other.Protocol == l.Protocol && other.hostname == l.hostname {
				item.Reject("has port, protocol and hostname of another listener")
			}
		}
		g.listeners = append(g.listeners, l)
	}
}

func readListener(n *source.Node) listener {
	l := listener{hostname: anyHostname, Listener: intent.Listener{
		Name: formSection.need(n, "name"), Port: port(n.Get("port")), Protocol: formProtocol.need(n, "protocol"), From: intent.From(n.Ref()),
	}}
	if l.Port == 0 && n.Get("port") == nil {
		n.Reject("has no port")
	}
	if h := n.Get("hostname"); h != nil {
		l.hostname = formHost.read(h)
		l.Hosts = []string{l.hostname}
		if l.Protocol == "TCP" || l.Protocol == "UDP" {
			h.Reject("stands on a listener of protocol " + l.Protocol)
		}
	}
	allowed := n.Get("allowedRoutes")
	l.Routes, l.RoutesFrom = readFrom(allowed.Get("namespaces"))
	for _, k := range atMost(allowed.Get("kinds"), 8) {
		kind := formName.need(k, "kind")
		if g := k.Get("group"); g == nil || g.Str() == group {
			l.kinds = append(l.kinds, kind)
		}
	}
	allowed.Kind()
	return l
}

// readOffers reads which namespaces may add listeners: none where nothing is said.
func readOffers(n *source.Node) (string, match.Expr) {
	namespaces := n.Get("namespaces")
	switch from := enum(namespaces.Get("from"), "All", "Selector", "Same", "None"); from {
	case "", "None":
		if s := namespaces.Get("selector"); s != nil {
			s.MarkRead()
			s.Inert("from is not Selector")
		}
		return "", nil
	}
	return readFrom(namespaces)
}

// readFrom reads which namespaces may attach routes: the Gateway's own where
// nothing is said.
func readFrom(n *source.Node) (string, match.Expr) {
	from := cmp.Or(enum(n.Get("from"), "All", "Selector", "Same"), "Same")
	n.Kind()
	if from != "Selector" {
		if s := n.Get("selector"); s != nil {
			s.MarkRead()
			s.Inert("from is not Selector")
		}
		return from, nil
	}
	return from, ReadSelector(n.Get("selector"))
}
