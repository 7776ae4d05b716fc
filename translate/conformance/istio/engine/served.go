package engine

import (
	"encoding/json"
	"slices"

	"google.golang.org/protobuf/encoding/protojson"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/test"
)

// Routes are the resources with which an Envoy does what the proxy of a client of a
// namespace does with requests that it sends to ports: a listener for each, the routes
// that pilot generates, and the clusters that they name, in JSON form.
func Routes(t test.Failer, objects []Object, namespace string, ports ...string) []any {
	var configs []config.Config
	for _, o := range objects {
		configs = append(configs, o.Config)
	}
	gen := core.NewConfigGenTest(t, core.TestOptions{Configs: configs})
	proxy := gen.SetupProxy(&model.Proxy{
		Type: model.SidecarProxy, ConfigNamespace: namespace, IPAddresses: []string{"10.0.0.7"}, Metadata: &model.NodeMetadata{Namespace: namespace},
	})
	var out []any
	known := map[string]bool{}
	for _, table := range gen.Routes(proxy) {
		if !slices.Contains(ports, table.Name) {
			continue
		}
		text, err := protojson.Marshal(table)
		if err != nil {
			t.Fatal(err)
		}
		routes := map[string]any{}
		if err := json.Unmarshal(text, &routes); err != nil {
			t.Fatal(err)
		}
		out = append(out, clusters(routes, known)...)
		out = append(out, listening(table.Name), typed("envoy.config.route.v3.RouteConfiguration", routes))
	}
	return out
}

// listening is a listener that asks the routes of a name.
func listening(name string) any {
	filter := func(name, kind string) any {
		return map[string]any{"name": name, "typedConfig": typed("envoy.extensions.filters.http."+kind, map[string]any{})}
	}
	manager := typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", map[string]any{
		"statPrefix": name, "rds": map[string]any{"routeConfigName": name},
		"httpFilters": []any{filter("envoy.filters.http.fault", "fault.v3.HTTPFault"), filter("envoy.filters.http.cors", "cors.v3.Cors"), filter("envoy.filters.http.router", "router.v3.Router")},
	})
	chain := map[string]any{"filters": []any{map[string]any{"name": "envoy.filters.network.http_connection_manager", "typedConfig": manager}}}
	return typed("envoy.config.listener.v3.Listener", map[string]any{"name": name, "filterChains": []any{chain}})
}

// clusters are those that anything in the routes names, each once.
func clusters(v any, known map[string]bool) []any {
	var out []any
	add := func(name any) {
		if s, is := name.(string); is && !known[s] {
			known[s] = true
			out = append(out, typed("envoy.config.cluster.v3.Cluster", map[string]any{"name": s}))
		}
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			out = append(out, clusters(x, known)...)
		}
	case map[string]any:
		add(v["cluster"])
		if shares, is := v["weightedClusters"].(map[string]any); is {
			list, _ := shares["clusters"].([]any)
			for _, x := range list {
				add(x.(map[string]any)["name"])
			}
		}
		for _, x := range v {
			out = append(out, clusters(x, known)...)
		}
	}
	return out
}

func typed(kind string, m map[string]any) map[string]any {
	m["@type"] = "type.googleapis.com/" + kind
	return m
}
