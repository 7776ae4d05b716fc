package cilium

import (
	"maps"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// table reads what a listener does with connections without TLS, which is what
// workloads send: the routes of one that speaks HTTP, or where it passes
// connections on. nil is a listener that is not understood.
func (c *configReader) table(n *source.Node) *intent.Routing {
	skipAll(n, "statPrefix", "socketOptions", "enableReusePort")
	for _, f := range msg(n, "listenerFilters").Items() {
		if isHarmless(filterName(f)) {
			f.Skip("it only looks into connections")
		}
	}
	var plain []*source.Node
	for _, chain := range msg(n, "filterChains").Items() {
		if withoutTLS(chain) {
			plain = append(plain, chain)
		}
	}
	if len(plain) != 1 {
		c.fail("a listener with several chains of filters, or none, is not translated")
		return nil
	}
	return c.chain(plain[0])
}

// withoutTLS reports whether a chain is for all connections, or for those without
// TLS. Chains for others are left unread.
func withoutTLS(n *source.Node) bool {
	if msg(n, "transportSocket") != nil {
		return false
	}
	m := msg(n, "filterChainMatch")
	all := m.Entries()
	if len(all) == 0 {
		return true
	}
	transport := msg(m, "transportProtocol")
	return len(all) == 1 && transport != nil && transport.Str() == "raw_buffer"
}

// chain reads the filters of a chain, of which one takes what comes.
func (c *configReader) chain(n *source.Node) *intent.Routing {
	skipAll(n, "name")
	var t *intent.Routing
	for _, f := range msg(n, "filters").Items() {
		config := msg(f, "typedConfig")
		switch url := typeOf(config); {
		case url == typeManager && t == nil:
			skipAll(f, "name")
			if t = c.manager(config); t == nil {
				return nil
			}
		case url == typeProxy && t == nil:
			skipAll(f, "name")
			skipAll(config, "statPrefix")
			t = &intent.Routing{Protocol: intent.TCP, Else: intent.Forward{To: c.backends(config)}}
		case url == typeURL+"cilium.NetworkFilter":
			f.MarkRead()
		default:
			c.keep(f, "the filter "+filterName(f)+" is not translated", isGuard(f))
		}
	}
	if t == nil {
		c.fail("a listener that does not take requests or connections is not translated")
	}
	return t
}

// manager reads how requests are taken: by the routes that are named or held.
func (c *configReader) manager(n *source.Node) *intent.Routing {
	skipAll(n, "statPrefix", "upgradeConfigs", "useRemoteAddress", "skipXffAppend", "codecType", "internalAddressConfig", "generateRequestId", "serverName")
	c.pathForm(n)
	base := c.filters(msg(n, "httpFilters").Items())
	routes := msg(n, "routeConfig")
	if name := msg(msg(n, "rds"), "routeConfigName"); name != nil {
		routes = c.routes[name.Str()]
		skipAll(msg(n, "rds"), "configSource")
	}
	if routes == nil {
		c.fail("the routes of a listener are not in the configuration")
		return nil
	}
	return c.routeTable(routes, base)
}

// normalized are the values with which a listener treats paths as Cilium does for
// its policies.
var normalized = map[string]string{"normalizePath": "true", "mergeSlashes": "true", "pathWithEscapedSlashesAction": "UNESCAPE_AND_REDIRECT"}

// pathForm reads how a listener treats paths before it matches them. Where it says
// nothing, it counts as the mesh's own way.
func (c *configReader) pathForm(n *source.Node) {
	for _, name := range slices.Sorted(maps.Keys(normalized)) {
		v := msg(n, name)
		if v == nil {
			continue
		}
		v.Leaves(func(l source.Leaf) {
			if l.Value == normalized[name] {
				v.Skip("paths are treated so by default")
			} else {
				c.keep(v, "paths are matched in another form than by default", false)
			}
		})
	}
}

// filters reads the filters of a listener, and what they do for all routes.
func (c *configReader) filters(list []*source.Node) []intent.Step {
	var base []intent.Step
	for _, f := range list {
		config := msg(f, "typedConfig")
		switch typeOf(config) {
		case typeRouter, typeCORS:
			skipAll(f, "name")
		case typeFault:
			skipAll(f, "name")
			base = append(base, faultSteps(config)...)
		case typeURL + "envoy.extensions.filters.http.grpc_web.v3.GrpcWeb", typeURL + "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig", typeURL + "cilium.L7Policy":
			f.Skip("it changes nothing of what becomes of requests")
		default:
			c.keep(f, "the filter "+filterName(f)+" is not translated", isGuard(f))
		}
	}
	return base
}
