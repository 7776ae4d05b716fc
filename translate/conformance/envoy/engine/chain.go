package engine

// Chain adds a listener whose requests pass filters, in their order, before they go to
// a server of ours.
func (c *Config) Chain(name string, filters []map[string]any, behind *Upstream) {
	const cluster = "server"
	if len(c.Clusters) == 0 || c.Clusters[0]["name"] != cluster {
		endpoint := map[string]any{"endpoint": map[string]any{"address": local(behind.Port(cluster))}}
		assignment := map[string]any{"clusterName": cluster, "endpoints": []any{map[string]any{"lbEndpoints": []any{endpoint}}}}
		c.Clusters = append([]map[string]any{{"name": cluster, "type": "STATIC", "loadAssignment": assignment}}, c.Clusters...)
	}
	router := map[string]any{"name": "envoy.filters.http.router", "typedConfig": map[string]any{"@type": typeURL + "envoy.extensions.filters.http.router.v3.Router"}}
	route := map[string]any{"match": map[string]any{"prefix": "/"}, "route": map[string]any{"cluster": cluster}}
	host := map[string]any{"name": name, "domains": []any{"*"}, "routes": []any{route}}
	manager := map[string]any{
		"@type":       typeURL + "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
		"statPrefix":  name,
		"routeConfig": map[string]any{"name": name, "virtualHosts": []any{host}},
		"httpFilters": append(append([]map[string]any{}, filters...), router),
	}
	filter := map[string]any{"name": "envoy.filters.network.http_connection_manager", "typedConfig": manager}
	c.Listeners = append(c.Listeners, map[string]any{"name": name, "filterChains": []any{map[string]any{"filters": []any{filter}}}})
}
