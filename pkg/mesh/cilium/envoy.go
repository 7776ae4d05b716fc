package cilium

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// The types of what a CiliumEnvoyConfig holds, and the names under which filters
// and options stand. Cilium puts its own policy filter before the one that has
// the router's name.
// cilium pkg/ciliumenvoyconfig/cec_resource_parser.go
const (
	typeURL = "type.googleapis.com/"

	typeListener = typeURL + "envoy.config.listener.v3.Listener"
	typeRoutes   = typeURL + "envoy.config.route.v3.RouteConfiguration"
	typeCluster  = typeURL + "envoy.config.cluster.v3.Cluster"
	typeManager  = typeURL + "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
	typeProxy    = typeURL + "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"
	typeRouter   = typeURL + "envoy.extensions.filters.http.router.v3.Router"
	typeFault    = typeURL + "envoy.extensions.filters.http.fault.v3.HTTPFault"
	typeCORS     = typeURL + "envoy.extensions.filters.http.cors.v3.Cors"
	typeOrigins  = typeURL + "envoy.extensions.filters.http.cors.v3.CorsPolicy"
	typePrevious = typeURL + "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"
	typeHTTP     = typeURL + "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
	typeTCP      = typeURL + "envoy.extensions.upstreams.tcp.v3.TcpProtocolOptions"

	nameManager  = "envoy.filters.network.http_connection_manager"
	nameProxy    = "envoy.filters.network.tcp_proxy"
	nameRouter   = "envoy.filters.http.router"
	nameFault    = "envoy.filters.http.fault"
	nameCORS     = "envoy.filters.http.cors"
	namePrevious = "envoy.retry_host_predicates.previous_hosts"
	nameHTTP     = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
	nameTCP      = "envoy.extensions.upstreams.tcp.v3.TcpProtocolOptions"
)

// typed begins a message that says its type.
func typed(url string) *manifest.Node { return manifest.Map().Set("@type", manifest.Str(url)) }

// extension is a message with the name that it is known by.
func extension(name string, config *manifest.Node) *manifest.Node {
	return manifest.Map().Set("name", manifest.Str(name)).Set("typedConfig", config)
}

// durationNode prints a duration as protobuf's JSON form has it: in seconds.
func durationNode(d time.Duration) *manifest.Node {
	return manifest.Str(strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s")
}

// share prints a percentage in the coarsest grain that says it.
func share(percent float64) *manifest.Node {
	n := manifest.Map()
	for _, grain := range []struct {
		factor float64
		name   string
	}{{1, ""}, {100, "TEN_THOUSAND"}, {10000, "MILLION"}} {
		parts := percent * grain.factor
		if parts != math.Trunc(parts) && grain.factor < 10000 {
			continue
		}
		n.Set("numerator", manifest.Int(int(math.Round(parts))))
		if grain.name != "" {
			n.Set("denominator", manifest.Str(grain.name))
		}
		break
	}
	return n
}

// stringMatch prints how a value is compared.
func stringMatch(a match.Atom) *manifest.Node {
	n := manifest.Map().Because(intent.From(a.Place())...)
	switch a.Op {
	case match.Exact:
		n.Set("exact", manifest.Str(a.Value))
	case match.Prefix:
		n.Set("prefix", manifest.Str(a.Value))
	case match.Suffix:
		n.Set("suffix", manifest.Str(a.Value))
	case match.Regex:
		return n.Set("safeRegex", regexNode(a.Value))
	case match.Present:
		return n.Set("safeRegex", regexNode(".*"))
	default:
		panic("cilium: a value that Envoy does not compare so: " + a.String())
	}
	if a.Fold {
		n.Set("ignoreCase", manifest.Bool(true))
	}
	return n
}

func regexNode(s string) *manifest.Node { return manifest.Map().Set("regex", manifest.Str(s)) }

// rewriteRegex prints a path that is replaced by an expression.
func rewriteRegex(pattern, substitution string) *manifest.Node {
	return manifest.Map().Set("pattern", regexNode(pattern)).Set("substitution", manifest.Str(substitution))
}

// literalReplacement writes text as the replacement of an expression, where a
// backslash begins a group.
func literalReplacement(s string) string { return strings.ReplaceAll(s, `\`, `\\`) }
