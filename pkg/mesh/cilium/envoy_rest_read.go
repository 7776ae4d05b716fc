package cilium

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// harmless are the filters that keep nobody out, by the last part of their name.
// Of others it is not known.
var harmless = []string{
	"adaptive_concurrency", "admission_control", "bandwidth_limit", "buffer", "cache", "compressor", "cors", "decompressor", "fault",
	"grpc_field_extraction", "grpc_http1_bridge", "grpc_http1_reverse_bridge", "grpc_json_transcoder", "grpc_stats", "grpc_web",
	"header_to_metadata", "health_check", "http_inspector", "local_ratelimit", "on_demand", "original_dst", "proxy_protocol",
	"rate_limit_quota", "ratelimit", "router", "stateful_session", "tap", "tls_inspector",
}

// isGuard reports whether a part may keep requests out: a filter, or what it is
// told for a route, that is not known to be harmless.
func isGuard(n *source.Node) bool {
	at := n.Ref().Path
	filter := false
	for _, list := range []string{"ilters[", "ilter_config.", "ilterConfig.", "ilter_config[", "ilterConfig["} {
		filter = filter || strings.Contains(at, list)
	}
	return filter && !isHarmless(n)
}

// isHarmless judges a filter by the type of its configuration, as Envoy chooses one: its
// name tells nothing.
func isHarmless(n *source.Node) bool {
	name := typeName(n)
	return slices.ContainsFunc(harmless, func(h string) bool { return name == h || strings.HasSuffix(name, "."+h) })
}

// typeName is the type that a filter, or what it is told for a route, says of itself,
// without its version and message; "" is none.
func typeName(n *source.Node) string {
	url := ""
	n.Leaves(func(l source.Leaf) {
		for _, own := range []string{".@type", ".typedConfig.@type", ".typed_config.@type"} {
			if l.Ref().Path == n.Ref().Path+own {
				url = l.Value()
			}
		}
	})
	parts := strings.Split(url, ".")
	if len(parts) > 2 && strings.HasPrefix(parts[len(parts)-2], "v") {
		return strings.Join(parts[:len(parts)-2], ".")
	}
	return ""
}

// filterName is the name of a filter, or of what it is told for a route, without
// marking it as read.
func filterName(n *source.Node) string {
	name := ""
	n.Leaves(func(l source.Leaf) {
		if l.Ref().Path == n.Ref().Path+".name" {
			name = l.Value()
		}
	})
	return cmp.Or(name, typeName(n), n.Ref().Path)
}

// unreadOf lists the largest subtrees of which nothing was read.
func unreadOf(n *source.Node) []*source.Node {
	all, unread := 0, 0
	n.Leaves(func(l source.Leaf) {
		all++
		if !l.Read && l.Skipped == "" && l.Inert == "" {
			unread++
		}
	})
	switch {
	case unread == 0:
		return nil
	case unread == all:
		return []*source.Node{n}
	}
	var kids []*source.Node
	if n.Kind() == source.List {
		kids = n.Items()
	} else {
		for _, e := range n.Entries() {
			kids = append(kids, e.Value)
		}
	}
	var out []*source.Node
	for _, k := range kids {
		out = append(out, unreadOf(k)...)
	}
	return out
}

// lastName is the last field of a path.
func lastName(at place.Ref) string {
	path := at.Path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		path = path[i+1:]
	}
	name, _, _ := strings.Cut(path, "[")
	return name
}
