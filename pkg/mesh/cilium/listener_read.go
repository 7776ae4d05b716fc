package cilium

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// guarding are the parts of names of filters that may keep requests out.
var guarding = []string{"authz", "rbac", "jwt", "wasm", "lua", "ext_proc", "oauth", "basic_auth", "csrf", "ratelimit"}

// passesOn reads a listener that only passes connections on to the Service that
// they are for.
func (c *configReader) passesOn(n *source.Node, service intent.Name) bool {
	chains := msg(n, "filterChains").Items()
	if len(chains) != 1 {
		return false
	}
	filters := msg(chains[0], "filters").Items()
	if len(filters) != 1 || typeOf(msg(filters[0], "typedConfig")) != typeProxy {
		return false
	}
	proxy := msg(filters[0], "typedConfig")
	skipAll(n, "statPrefix", "socketOptions", "enableReusePort", "listenerFilters")
	skipAll(filters[0], "name")
	skipAll(proxy, "statPrefix")
	to := c.backend(msg(proxy, "cluster"), 1)
	if to.Host.Service != service {
		c.fail("connections that are passed on to another Service are not translated")
	}
	return true
}

// table reads the routes of a listener: one chain of filters, which speaks HTTP.
func (c *configReader) table(n *source.Node) *intent.Routing {
	chains := msg(n, "filterChains").Items()
	if len(chains) != 1 {
		c.fail("a listener with several chains of filters is not translated")
		return nil
	}
	skipAll(n, "statPrefix", "socketOptions", "enableReusePort", "listenerFilters")
	filters := msg(chains[0], "filters").Items()
	if len(filters) == 1 && typeOf(msg(filters[0], "typedConfig")) == typeProxy {
		skipAll(filters[0], "name")
		c.passed(msg(filters[0], "typedConfig"))
		return nil
	}
	if len(filters) != 1 || typeOf(msg(filters[0], "typedConfig")) != typeManager {
		c.fail("a listener that does not speak HTTP is not translated")
		return nil
	}
	skipAll(filters[0], "name")
	manager := msg(filters[0], "typedConfig")
	skipAll(manager, "statPrefix", "normalizePath", "mergeSlashes", "pathWithEscapedSlashesAction", "upgradeConfigs", "useRemoteAddress",
		"skipXffAppend", "codecType", "internalAddressConfig", "streamIdleTimeout", "accessLog", "generateRequestId", "serverName")
	base := c.filters(msg(manager, "httpFilters").Items())
	routes := msg(manager, "routeConfig")
	if name := msg(msg(manager, "rds"), "routeConfigName"); name != nil {
		routes = c.routes[name.Str()]
		skipAll(msg(manager, "rds"), "configSource")
	}
	if routes == nil {
		c.fail("the routes of a listener are not in the configuration")
		return nil
	}
	return c.routeTable(routes, base)
}

// passed reads a listener that passes connections on to the Service that they
// are for, which is what becomes of them anyway.
func (c *configReader) passed(proxy *source.Node) {
	skipAll(proxy, "statPrefix")
	name := msg(proxy, "cluster").Str()
	e, ok := endpointsOf(msg(msg(c.clusters[name], "edsClusterConfig"), "serviceName").Str())
	own := slices.ContainsFunc(c.object.Root.Get("spec").Get("services").Items(), func(s *source.Node) bool { return serviceName(s) == e.service })
	if !ok || !own {
		c.fail("a listener that does not speak HTTP is not translated")
	}
}

// filters reads the filters of a listener, and what they do for all routes.
func (c *configReader) filters(list []*source.Node) []intent.Step {
	var base []intent.Step
	for _, f := range list {
		config := msg(f, "typedConfig")
		name := msg(f, "name").Str()
		switch typeOf(config) {
		case typeRouter, typeCORS:
		case typeFault:
			base = append(base, faultSteps(config)...)
		case typeURL + "envoy.extensions.filters.http.grpc_web.v3.GrpcWeb", typeURL + "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig":
			markRead(config)
		default:
			c.fail("the filter " + name + " is not translated")
			c.security = c.security || slices.ContainsFunc(guarding, func(s string) bool { return contains(name+typeOf(config), s) })
		}
	}
	return base
}

// routeTable reads a table of routes for all hosts.
func (c *configReader) routeTable(n *source.Node, base []intent.Step) *intent.Routing {
	hosts := msg(n, "virtualHosts").Items()
	if len(hosts) != 1 {
		c.fail("routes for several hosts are not translated")
		return nil
	}
	skipAll(hosts[0], "name")
	domains := msg(hosts[0], "domains").Items()
	if len(domains) != 1 || domains[0].Str() != "*" {
		c.fail("routes for some hosts only are not translated")
		return nil
	}
	t := &intent.Routing{Else: intent.Respond{Status: 404}}
	for _, r := range msg(hosts[0], "routes").Items() {
		if rule, ok := c.rule(r, base); ok {
			t.Rules = append(t.Rules, rule)
		}
	}
	return t
}
