package engine

import (
	"fmt"
	"slices"
	"strings"
)

// Hosted are the resources of one CiliumEnvoyConfig as an Envoy can serve them that
// no agent of Cilium's looks after: names made unique, routes put into the
// listeners that name them, endpoints replaced by servers of ours, and Cilium's own
// filters left out.
type Hosted struct {
	// Listeners are the names under which the object's listeners are served, in
	// their order; First is the name of the first in the object.
	Listeners map[string]string
	First     string

	prefix, shared string
	routes         map[string]map[string]any
	behind         *Upstream
	gone           func(endpoints string) bool
}

// Host adds the resources to a configuration. prefix is the object's own; shared is
// that of its set, for clusters that are known to all objects: those with a slash in
// their names. gone tells which endpoints there are none of.
// cilium pkg/ciliumenvoyconfig/cec_resource_parser.go
func (c *Config) Host(resources []any, prefix, shared string, behind *Upstream, gone func(endpoints string) bool) *Hosted {
	h := &Hosted{map[string]string{}, "", prefix, shared, map[string]map[string]any{}, behind, gone}
	for _, r := range kids(resources) {
		if typeOf(r) == "RouteConfiguration" {
			h.routes[text(r, "name")] = r
		}
	}
	for _, r := range kids(resources) {
		switch typeOf(r) {
		case "Listener":
			name := text(r, "name")
			if h.First == "" {
				h.First = name
			}
			h.Listeners[name] = prefix + name
			c.Listeners = append(c.Listeners, h.listener(r))
		case "Cluster":
			c.Clusters = append(c.Clusters, h.cluster(r))
		}
	}
	return h
}

// typeOf is the last word of a message's type.
func typeOf(m map[string]any) string {
	url, _ := m["@type"].(string)
	return url[strings.LastIndexByte(url, '.')+1:]
}

// kids are the messages of a list.
func kids(list any) []map[string]any {
	var out []map[string]any
	all, _ := list.([]any)
	for _, v := range all {
		if m, is := v.(map[string]any); is {
			out = append(out, m)
		}
	}
	return out
}

// key is the spelling in which a message has a field: that of JSON or of protobuf.
func key(m map[string]any, name string) string {
	if _, there := m[name]; there {
		return name
	}
	var b strings.Builder
	for _, r := range name {
		if 'A' <= r && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	if _, there := m[b.String()]; there {
		return b.String()
	}
	return name
}

func field(m map[string]any, name string) any { return m[key(m, name)] }

func message(m map[string]any, name string) map[string]any {
	out, _ := field(m, name).(map[string]any)
	return out
}

func text(m map[string]any, name string) string {
	s, _ := field(m, name).(string)
	return s
}

// listener is one at a port of its own, with all that it needs inside.
func (h *Hosted) listener(l map[string]any) map[string]any {
	l["name"] = h.prefix + text(l, "name")
	delete(l, key(l, "enableReusePort"))
	withoutCilium(l, "listenerFilters")
	for _, chain := range kids(field(l, "filterChains")) {
		withoutCilium(chain, "filters")
		for _, f := range kids(field(chain, "filters")) {
			config := message(f, "typedConfig")
			if typeOf(config) == "HttpConnectionManager" {
				withoutCilium(config, "httpFilters")
				h.inline(config)
			}
		}
	}
	h.rename(l)
	return l
}

// inline puts the routes that a listener names into it.
func (h *Hosted) inline(manager map[string]any) {
	rds := message(manager, "rds")
	routes := message(manager, "routeConfig")
	if rds != nil {
		delete(manager, "rds")
		routes = copied(h.routes[text(rds, "routeConfigName")]).(map[string]any)
		delete(routes, "@type")
		manager["routeConfig"] = routes
	}
	if routes != nil {
		routes[key(routes, "validateClusters")] = false
	}
}

func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = copied(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = copied(x)
		}
		return out
	}
	return v
}

// withoutCilium leaves out filters that only Cilium's own Envoy has.
func withoutCilium(m map[string]any, list string) {
	all, _ := field(m, list).([]any)
	m[key(m, list)] = slices.DeleteFunc(all, func(f any) bool {
		filter, _ := f.(map[string]any)
		url, _ := message(filter, "typedConfig")["@type"].(string)
		return strings.HasPrefix(url, typeURL+"cilium.")
	})
}

// clusterName is the name under which a cluster is served.
func (h *Hosted) clusterName(name string) string {
	if strings.Contains(name, "/") {
		return h.shared + name
	}
	return h.prefix + name
}

// rename gives the clusters that anything mentions their names here.
func (h *Hosted) rename(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			h.rename(x)
		}
	case map[string]any:
		if name, is := v["cluster"].(string); is {
			v["cluster"] = h.clusterName(name)
		}
		for _, w := range kids(field(message(v, "weightedClusters"), "clusters")) {
			w["name"] = h.clusterName(text(w, "name"))
		}
		for _, x := range v {
			h.rename(x)
		}
	}
}

// cluster is one whose endpoints are a server of ours, known by the name of the
// endpoints that it stands for.
func (h *Hosted) cluster(c map[string]any) map[string]any {
	name := text(c, "name")
	endpoints := text(message(c, "edsClusterConfig"), "serviceName")
	if endpoints == "" {
		endpoints = name
	}
	c["name"] = h.clusterName(name)
	delete(c, key(c, "edsClusterConfig"))
	c["type"] = "STATIC"
	var servers []any
	if !h.gone(endpoints) {
		at := local(h.behind.Port(endpoints))
		servers = append(servers, map[string]any{"endpoint": map[string]any{"address": at}})
	}
	c["loadAssignment"] = map[string]any{"clusterName": c["name"], "endpoints": []any{map[string]any{"lbEndpoints": servers}}}
	return c
}

// String names what is hosted.
func (h *Hosted) String() string {
	return fmt.Sprintf("%s with %d listeners", h.prefix, len(h.Listeners))
}
