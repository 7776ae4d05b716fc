package cilium

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

const kindConfig = "CiliumEnvoyConfig"

// config is the CiliumEnvoyConfig of one Service: listeners that take its
// traffic, their routes, and the endpoints that these name.
type config struct {
	w       *writer
	service intent.Name
	home    *intent.Home
	tables  []*intent.Routing
	// plain are the ports whose connections are only passed on.
	plain []int

	fault, cors bool
	sets        []endpointSet
	from        intent.Origin
}

// envoyConfig prints the object.
func (c *config) envoyConfig() *manifest.Object {
	name := c.service.Name
	if c.home != nil {
		name = c.home.Name
	}
	o := manifest.New(group+"/v2", kindConfig, c.service.Namespace, c.w.name(kindConfig, c.service.Namespace, name))
	gatewayapi.WriteHome(o, c.w.once(c.home), nil)
	services, listeners, routes := manifest.List(), manifest.List(), manifest.List()
	for _, t := range c.tables {
		name := c.listenerName(t.Port)
		routes.Append(c.routes(name, t))
		listeners.Append(c.httpListener(name))
		services.Append(c.redirected(c.portsOf(t), name).Because(t.From...))
		c.from = append(c.from, t.From...)
	}
	for _, p := range c.plain {
		name := c.listenerName(p) + "-tcp"
		listeners.Append(c.plainListener(name, endpointSet{c.service, p}))
		services.Append(c.redirected([]int{p}[:min(p, 1)], name))
	}
	slices.SortFunc(c.sets, endpointSet.compare)
	clusters := manifest.List()
	for _, e := range c.sets {
		plain := e.service == c.service && slices.Contains(c.plain, e.port)
		clusters.Append(c.w.clusterNode(e, !plain))
	}
	o.From = append(o.From, c.from...)
	o.Root.Set("spec", manifest.Map().Set("services", services).Set("backendServices", c.backends()).
		Set("resources", listeners.Append(routes.Items()...).Append(clusters.Items()...)))
	return o
}

// listenerName is the name of the listener of a port.
func (c *config) listenerName(port int) string {
	if port == 0 {
		return "listener"
	}
	return "listener-" + strconv.Itoa(port)
}

// portsOf are the Service's ports that a table is for: its own, or those without
// a table, as far as the Service is known; none are all.
func (c *config) portsOf(t *intent.Routing) []int {
	if t.Port != 0 {
		return []int{t.Port}
	}
	s := c.w.m.Service(c.service)
	if s == nil || len(c.tables) == 1 && len(c.plain) == 0 && !slices.ContainsFunc(s.Ports, notHTTP) {
		return nil
	}
	var out []int
	for _, p := range s.Ports {
		own := slices.ContainsFunc(c.tables, func(o *intent.Routing) bool { return o.Port == p.Port })
		if !own && !notHTTP(p) && !slices.Contains(c.plain, p.Port) {
			out = append(out, p.Port)
		}
	}
	return out
}

// redirected prints that a Service's traffic goes to a listener. Without ports,
// that is all of it. The namespace is never left out: Cilium takes an empty one
// for what it is.
func (c *config) redirected(ports []int, listener string) *manifest.Node {
	n := manifest.Map().Set("name", manifest.Str(c.service.Name)).Set("namespace", manifest.Str(c.service.Namespace))
	if len(ports) > 0 {
		list := manifest.List()
		for _, p := range ports {
			list.Append(manifest.Int(p))
		}
		n.Set("ports", list)
	}
	return n.Set("listener", manifest.Str(listener))
}

// backends prints the Services whose endpoints Envoy is told of.
func (c *config) backends() *manifest.Node {
	out := manifest.List()
	var last intent.Name
	for _, e := range c.sets {
		if len(out.Kids) == 0 || e.service != last {
			last = e.service
			out.Append(manifest.Map().Set("name", manifest.Str(last.Name)).Set("namespace", manifest.Str(last.Namespace)))
		}
		if e.port == 0 {
			continue
		}
		n := out.Kids[len(out.Kids)-1]
		if n.Get("number") == nil {
			n.Set("number", manifest.List())
		}
		n.Get("number").Append(manifest.Str(e.portText()))
	}
	if len(out.Kids) == 0 {
		return nil
	}
	return out
}

// routes prints the rules of a table in their order, up to one that holds always; Envoy
// answers 404 where none holds.
func (c *config) routes(name string, t *intent.Routing) *manifest.Node {
	out := manifest.List()
	rest := true
	for _, r := range t.Rules {
		if out.Append(c.rule(t, r)...); match.IsTrue(r.When) {
			rest = false
			break
		}
	}
	if respond, is404 := t.Else.(intent.Respond); rest && t.Else != nil && (!is404 || respond.Status != 404 || respond.Body != "") {
		out.Append(c.rule(t, intent.Rule{Then: t.Else})...)
	}
	host := manifest.Map().Set("name", manifest.Str(name)).Set("domains", manifest.Strs("*")).Set("routes", out)
	return typed(typeRoutes).Set("name", manifest.Str(name)).Set("virtualHosts", manifest.List(host))
}

// httpListener prints a listener that looks into requests. It normalises paths as
// Cilium's policies do, so that both see the same.
func (c *config) httpListener(name string) *manifest.Node {
	manager := typed(typeManager).Set("statPrefix", manifest.Str(name))
	manager.Set("rds", manifest.Map().Set("routeConfigName", manifest.Str(name)))
	manager.Set("httpFilters", c.filters())
	if n := c.w.m.Env.Cilium.NormalizePaths; n == nil || *n {
		manager.Set("normalizePath", manifest.Bool(true)).Set("mergeSlashes", manifest.Bool(true))
		manager.Set("pathWithEscapedSlashesAction", manifest.Str("UNESCAPE_AND_REDIRECT"))
	}
	upgrade := manifest.Map().Set("upgradeType", manifest.Str("websocket"))
	manager.Set("upgradeConfigs", manifest.List(upgrade)).Set("useRemoteAddress", manifest.Bool(true))
	return listenerNode(name, extension(nameManager, manager))
}

// plainListener prints a listener that passes connections on.
func (c *config) plainListener(name string, e endpointSet) *manifest.Node {
	if !slices.Contains(c.sets, e) {
		c.sets = append(c.sets, e)
	}
	proxy := typed(typeProxy).Set("statPrefix", manifest.Str(name)).Set("cluster", manifest.Str(e.cluster()))
	return listenerNode(name, extension(nameProxy, proxy))
}

func listenerNode(name string, filter *manifest.Node) *manifest.Node {
	chain := manifest.Map().Set("filters", manifest.List(filter))
	return typed(typeListener).Set("name", manifest.Str(name)).Set("filterChains", manifest.List(chain))
}

// notHTTP reports whether a port is declared to speak something else than HTTP,
// by its application protocol or the first part of its name.
func notHTTP(p intent.ServicePort) bool {
	said, _, _ := strings.Cut(cmp.Or(strings.TrimPrefix(p.AppProtocol, "kubernetes.io/"), p.Name), "-")
	switch strings.ToLower(said) {
	case "tcp", "tls", "https", "mongo", "mysql", "redis", "postgres", "postgresql", "udp", "mqtt", "amqp", "kafka":
		return true
	}
	return datagrams(p)
}

// datagrams reports whether a port is none of TCP.
func datagrams(p intent.ServicePort) bool { return p.Transport == "UDP" || p.Transport == "SCTP" }
