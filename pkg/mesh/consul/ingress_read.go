package consul

import (
	"cmp"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// ingress lifts an ingress-gateway: on each port, the chains of its services, by their
// hosts. What the model does not hold is kept with the object.
// agent/xds/routes.go routesForIngressGateway
func (r *reader) ingress(o *source.Object) {
	spec := specOf(o)
	g := &ingressGateway{reader: r, object: o, entry: r.entry(o), treated: map[intent.Host]string{}}
	g.tls, g.all = g.readGatewayTLS(spec.get("tls")), g.bounds(spec.get("defaults"))
	said := len(r.m.Upstream)
	for _, n := range spec.get("listeners").items() {
		g.listener(n)
	}
	if !slices.ContainsFunc(g.entry.Listeners, func(l intent.Listener) bool { return l.TLS != nil }) {
		g.unsecured(g.tls)
	}
	if g.wrong != "" || g.broken {
		r.m.Upstream = r.m.Upstream[:said]
	}
	if g.wrong != "" {
		r.wrong(o, g.wrong)
		return
	}
	if len(g.entry.Listeners) > 0 && !g.broken {
		r.m.Entries, r.m.Routing = append(r.m.Entries, g.entry), append(r.m.Routing, g.tables...)
	}
	switch {
	case g.beyond != "":
		r.opaque(o, "it lets requests into the mesh, and "+g.beyond, false)
	case len(g.entry.Listeners) == 0:
		spec.get("tls").Node.MarkRead()
		spec.get("defaults").Node.MarkRead()
		r.inert(o.Root, "it has no listeners, and lets nothing in")
	default:
		r.hold(o, "it lets requests into the mesh")
	}
}

// ingressGateway is an ingress-gateway as it is read.
type ingressGateway struct {
	*reader
	object *source.Object
	entry  *intent.Entry
	tables []*intent.Routing
	// tls and all are what it says of all of its listeners and services, and treated how
	// it treats what it sends to, in words.
	tls     gatewayTLS
	all     gatewayBounds
	treated map[intent.Host]string
	// broken says that Consul's server tells its proxies nothing.
	broken bool
	// beyond says what of it the model does not hold, and wrong why Consul's servers
	// refuse it; "" is nothing.
	beyond, wrong string
}

// listener reads one port.
func (g *ingressGateway) listener(n value) {
	l := intent.Listener{Port: n.get("port").count(), Protocol: "TCP", Routes: "Same", From: intent.From(n.Node.Ref())}
	protocol := strings.ToLower(cmp.Or(n.get("protocol").text(), protocolTCP))
	if !slices.Contains(protocols, protocol) {
		n.get("protocol").Node.Reject("is none of tcp, http, http2 and grpc")
	}
	services := n.get("services").items()
	http := protocol != protocolTCP
	switch {
	case slices.ContainsFunc(g.entry.Listeners, func(x intent.Listener) bool { return x.Port == l.Port }):
		n.Node.Reject("has the port of another listener")
	case len(services) == 0:
		n.Node.Reject("has no services")
	case slices.ContainsFunc(services, func(s value) bool { return s.get("name").text() == "" }):
		// agent/structs/config_entry_gateways.go IngressGatewayConfigEntry.Validate
		g.wrong = "a listener has a service without a name"
	case twice(services):
		g.wrong = "a listener has a service or a host twice"
	case !http && (len(services) > 1 || len(services[0].get("hosts").items()) > 0):
		n.Node.Reject("is for tcp, and has hosts or more than one service")
	}
	tls := g.readGatewayTLS(n.get("tls"))
	g.checkServer(tls)
	whole := tls.over(g.tls)
	if l.TLS = whole.ends(g.tls); l.TLS == nil {
		g.unsecured(tls)
	} else if whole.contradicts() {
		g.broken, g.beyond = true, "a listener takes no TLS but 1.3, and has ciphers, which are for older versions: Consul's server breaks off before it tells the gateway anything"
	}
	if http {
		l.Protocol = "HTTP"
	}
	g.open(l, services, protocol, tls)
}

// open opens a port for its services: those with certificates of their own for their
// hosts, and the others together.
func (g *ingressGateway) open(l intent.Listener, services []value, protocol string, tls gatewayTLS) {
	var own []intent.Listener
	var hosts []string
	for _, s := range services {
		names := g.hostNames(s, l.Port)
		if secured := g.ownTLS(s, tls); secured != nil {
			own = append(own, bySpeech(intent.Listener{Port: l.Port, Protocol: l.Protocol, Hosts: names, Routes: l.Routes, TLS: secured, From: intent.From(s.Node.Ref())}))
		} else {
			hosts = append(hosts, names...)
		}
		g.service(&l, s, protocol)
	}
	if len(own) > 0 && !slices.Contains(hosts, anyHost) {
		l.Hosts = hosts
	}
	if len(own) < len(services) {
		g.entry.Listeners = append(g.entry.Listeners, bySpeech(l))
	}
	for i := range own {
		own[i].Name += "-" + strings.Join(own[i].Hosts, "-")
	}
	g.entry.Listeners = append(g.entry.Listeners, own...)
}

// twice reports whether two services of a listener have one name, or hosts in common.
func twice(services []value) bool {
	seen := map[string]bool{}
	for _, s := range services {
		for _, name := range append(s.get("hosts").texts(), "service "+s.get("name").text()) {
			if seen[name] {
				return true
			}
			seen[name] = true
		}
	}
	return false
}

// hostNames are the hosts of a service at a port, each once.
func (g *ingressGateway) hostNames(n value, port int) (out []string) {
	for _, h := range n.get("hosts").items() {
		if name, ok := g.hostName(h, port); ok && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// hostName is a host without the port of its listener, which clients send along where it
// is none of the known ones. With another port, by which a balancer before the gateway
// may be called, it is another host, which ok is false for.
// agent/xds/routes.go generateUpstreamIngressDomains
func (g *ingressGateway) hostName(h value, port int) (name string, ok bool) {
	name = strings.ToLower(h.text())
	host, said, err := net.SplitHostPort(name)
	if err != nil {
		return name, true
	}
	if said != strconv.Itoa(port) {
		g.beyond = "it has the host " + name + ", whose port is not that of its listener"
		return "", false
	}
	return host, true
}

// bySpeech says what a listener speaks where it is secured, and names it after that.
func bySpeech(l intent.Listener) intent.Listener {
	switch {
	case l.TLS != nil && l.Protocol == "HTTP":
		l.Protocol = "HTTPS"
	case l.TLS != nil:
		l.Protocol = "TLS"
	}
	l.Name = strings.ToLower(l.Protocol) + "-" + portText(l.Port)
	return l
}

// service adds the tables of one service at a port.
func (g *ingressGateway) service(l *intent.Listener, n value, protocol string) {
	s := service{g.consulNamespace(g.object), n.get("name").text()}
	for _, v := range g.onlyEnterprise(n, "namespace", "partition") {
		g.beyond = "it leads to another namespace or partition at " + v.Node.Ref().Path
		return
	}
	hosts, bounds := n.get("hosts").items(), g.bounds(n).over(g.all)
	switch {
	case s.name == anyName:
		g.beyond = "it leads to all services by their names"
		return
	case protocol != protocolTCP && len(hosts) == 0:
		g.beyond = "what it serves for " + s.name + " has hosts that end in a wildcard, " + s.name + ".ingress.*"
		return
	}
	if said, known := g.protocolSaid(s); known && said != protocol {
		g.wrong = "its listener is for " + protocol + ", and " + s.String() + " speaks " + said
		return
	}
	steps := slices.Concat(g.headerSteps(n.get("requestHeaders"), intent.OnRequest), g.headerSteps(n.get("responseHeaders"), intent.OnResponse))
	g.treat(s, bounds, g.chainRules(s, n, nil))
	if protocol == protocolTCP {
		g.table(l, "", n, g.chainRules(s, n, nil))
		return
	}
	met := map[string]bool{}
	for _, h := range hosts {
		host, ok := g.hostName(h, l.Port)
		if !ok || met[host] {
			continue
		}
		met[host] = true
		if host == anyHost && g.tls.enabled {
			g.wrong = "it shows certificates of the mesh, and has the host *, for which there is none"
		}
		g.table(l, host, h, g.chainRules(s, n, steps))
	}
}

// table adds one; at is where it is said.
func (g *ingressGateway) table(l *intent.Listener, host string, at value, rules []intent.Rule) {
	t := &intent.Routing{Home: g.entry.Home, Entry: g.entry.Name, Port: l.Port, Protocol: intent.TCP, Else: intent.Forward{}, Rules: rules, From: intent.From(g.object.Ref(), at.Node.Ref())}
	if l.Protocol == "HTTP" {
		t.Protocol, t.Else = intent.HTTP, intent.Respond{Status: 404}
	}
	if host != "" && host != anyHost {
		t.Host = intent.Host{DNS: host}
	}
	g.tables = append(g.tables, t)
}

// chainRules are the rules of a service's chain, as those who do not address the
// service by its name follow them. The gateway changes headers after its routes.
func (g *ingressGateway) chainRules(s service, n value, steps []intent.Step) []intent.Rule {
	c := &chain{reader: g.reader, service: s}
	var out []intent.Rule
	all := false
	if t := c.table(); t != nil {
		out = slices.Clone(t.Rules)
	}
	for i := range out {
		all = all || match.IsTrue(out[i].When)
	}
	if !all {
		rest := intent.Rule{Then: intent.Passthrough{}, From: intent.From(n.Node.Ref())}
		c.limit(&rest)
		out = append(out, rest)
	}
	for i := range out {
		rule := &out[i]
		f, ok := rule.Then.(intent.Forward)
		if !ok {
			f.To = []intent.Backend{{Host: g.names.host(s), Weight: 1, Missing: g.in.Env.Complete.Services && len(g.names.find(s)) == 0, From: intent.From(n.Node.Ref())}}
		}
		f.To = slices.Clone(f.To)
		rule.Home, rule.Steps = nil, afterShares(slices.Concat(rule.Steps, steps), f.To)
		rule.Then = f
	}
	return out
}
