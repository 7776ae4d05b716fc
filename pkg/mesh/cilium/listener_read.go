package cilium

import (
	"maps"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// table reads what a listener does with connections without TLS, which is what
// workloads send: the routes of one that speaks HTTP, or where it passes
// connections on. nil is a listener that is not understood.
func (c *configReader) table(n *source.Node) *intent.Routing {
	skipAll(n, "statPrefix", "socketOptions", "enableReusePort")
	c.bends(n, "filterChainMatcher", "useOriginalDst", "internalListener", "apiListener")
	for _, f := range msg(n, "listenerFilters").Items() {
		if isHarmless(f) {
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
		case t != nil:
			f.Reject("stands behind the filter that takes what comes, which Envoy refuses")
		case url == typeManager:
			skipAll(f, "name")
			if t = c.manager(config); t == nil {
				return nil
			}
		case url == typeProxy:
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
	skipAll(n, "statPrefix")
	c.usual(n)
	c.pathForm(n)
	c.bends(n, "stripMatchingHostPort", "stripAnyHostPort", "stripTrailingHostDot", "earlyHeaderMutationExtensions")
	base := c.filters(msg(n, "httpFilters"))
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
// nothing, Envoy leaves them as they are sent: that counts as the mesh's own way, and the
// object stays as it is where it is Cilium's.
// source/extensions/filters/network/http_connection_manager/config.cc
func (c *configReader) pathForm(n *source.Node) {
	own := c.in.Env.Cilium.NormalizePaths
	for _, name := range slices.Sorted(maps.Keys(normalized)) {
		v := msg(n, name)
		if v == nil {
			if own == nil || *own {
				c.held = "paths are matched as they are sent"
			}
			continue
		}
		v.Leaves(func(l source.Leaf) {
			if l.Value() == normalized[name] {
				v.Skip("paths are treated so by default")
			} else {
				c.keep(v, "paths are matched in another form than by default", false)
			}
		})
	}
}

// usual skips settings of a listener that are as those of the listeners that are
// written: callers count by the connection that they come on, and connections become
// WebSockets. Others are kept; they keep nobody out.
func (c *configReader) usual(n *source.Node) {
	const why = "listeners that are written do so too"
	if remote := msg(n, "useRemoteAddress"); remote != nil && flagSet(remote) {
		remote.Skip(why)
	}
	if codec := msg(n, "codecType"); codec != nil && word(codec, typeManager[len(typeURL):]+".CodecType") == "AUTO" {
		codec.Skip(why)
	}
	for _, u := range msg(n, "upgradeConfigs").Items() {
		if kind := msg(u, "upgradeType"); len(u.Entries()) == 1 && kind != nil && strings.EqualFold(kind.Written(), "websocket") {
			u.Skip(why)
		}
	}
	for _, name := range []string{"useRemoteAddress", "codecType", "upgradeConfigs", "skipXffAppend", "internalAddressConfig", "generateRequestId", "serverName"} {
		for _, rest := range unreadOf(msg(n, name)) {
			c.keep(rest, name+" of a listener is not translated", false)
		}
	}
}

// bends gives up where a setting that changes what routes match is set.
func (c *configReader) bends(n *source.Node, names ...string) {
	for _, name := range names {
		if v := msg(n, name); v != nil && (!v.Is(source.Scalar) || flagSet(v)) {
			v.MarkRead()
			c.fail(name + " changes what routes match, which is not translated")
		}
	}
}

// flagSet reports whether a value is true or another one that says something, without
// marking it.
func flagSet(n *source.Node) bool { return n.Written() != "false" && n.Written() != "" }

// filters reads the filters of a listener, with what they do for all that is asked. The router
// is the last of them, as Envoy demands, and Cilium puts the filter for its policies in
// front of the one that has the router's name.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter
func (c *configReader) filters(list *source.Node) []filter {
	var out []filter
	all := list.Items()
	for i, f := range all {
		config := msg(f, "typedConfig")
		url := typeOf(config)
		one := filter{name: msg(f, "name").Written(), url: url}
		if last := i == len(all)-1; last != (url == typeRouter) {
			f.Reject("is not a router in the last place, where Envoy takes one and nowhere else")
			continue
		}
		switch {
		case url == typeRouter:
			c.routerName(msg(f, "name"))
		case flagged(f, "disabled"):
			c.keep(f, "a filter that is for some routes only is not translated", isGuard(f))
		case url == typeCORS:
			skipAll(f, "name")
		case url == typeFault:
			skipAll(f, "name")
			one.steps = c.faultSteps(config)
		case url == typeURL+"envoy.extensions.filters.http.grpc_web.v3.GrpcWeb", url == typeURL+"envoy.extensions.filters.http.grpc_stats.v3.FilterConfig", url == typeURL+"cilium.L7Policy":
			f.Skip("it changes nothing of what becomes of requests")
		default:
			c.keep(f, "the filter "+filterName(f)+" is not translated", isGuard(f))
		}
		out = append(out, one)
	}
	if len(all) == 0 {
		c.fail("a listener without filters for requests, of which Envoy needs a router, is not translated")
	}
	return out
}

// routerName reads the name of the router. Under another than its usual one Cilium puts
// no filter for the policies of callers in front of it, so that what these keep out of
// requests is let in: the model takes them to be in force, and is narrower.
// cilium pkg/ciliumenvoyconfig/cec_resource_parser.go injectCiliumL7Filter
func (c *configReader) routerName(n *source.Node) {
	if n.Written() != nameRouter {
		c.note(diag.NotTranslated, "policies of callers for requests are not enforced in "+c.object.Ref().Object+", and are taken to be",
			"name the router "+nameRouter+", in front of which Cilium enforces them", n.Ref())
	}
	n.Skip("it changes nothing of where requests go")
}

// flagged reports whether a boolean is set, without marking it.
func flagged(n *source.Node, name string) bool {
	v := msg(n, name)
	return v != nil && flagSet(v)
}
