package cilium

import (
	"strings"
	"testing"
)

// What a configuration says beside its routes is not taken for granted: it is refused,
// kept as a whole, or kept by itself.
func TestTrust(t *testing.T) {
	const filter = "          - name: envoy.filters.http.router\n            typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http."
	const manager = "          stat_prefix: l\n"
	to := func(cluster string) [2]string { return [2]string{`cluster: shop/v1:80`, cluster} }
	with := func(line string) [2]string { return [2]string{manager, manager + "          " + line + "\n"} }
	for name, c := range map[string]struct {
		edit     [2]string
		refused  bool
		tables   int // that are lifted
		opaque   int // parts or objects that are kept, one of which is the chain for TLS
		security bool
	}{
		"nothing":                           {with(""), false, 1, 1, false},
		"a guard by the router's name":      {[2]string{"          http_filters:\n", "          http_filters:\n" + filter + "rbac.v3.RBAC}\n"}, false, 1, 2, true},
		"a router in another place":         {[2]string{"          http_filters:\n", "          http_filters:\n" + filter + "router.v3.Router}\n"}, true, 0, 0, false},
		"no router":                         {[2]string{"http.router.v3.Router}", "http.rbac.v3.RBAC}"}, true, 0, 0, false},
		"a router of another name":          {[2]string{"- name: envoy.filters.http.router", "- name: router"}, false, 1, 1, false},
		"callers by what they say":          {with("use_remote_address: false"), false, 1, 2, false},
		"callers by their connection":       {with("use_remote_address: true"), false, 1, 1, false},
		"WebSockets":                        {with("upgrade_configs: [{upgrade_type: websocket}]"), false, 1, 1, false},
		"tunnels":                           {with("upgrade_configs: [{upgrade_type: CONNECT}]"), false, 1, 2, false},
		"another server":                    {with("server_name: x"), false, 1, 2, false},
		"hosts without ports":               {with("strip_any_host_port: true"), false, 0, 1, false},
		"https only":                        {[2]string{"{name: all, ", "{name: all, require_tls: ALL, "}, false, 0, 1, false},
		"a cluster that nobody has":         {to("cluster: none"), false, 0, 1, false},
		"another's cluster that nobody has": {to(`cluster: "depot/web:80"`), false, 0, 1, false},
		"endpoints that nobody asks for":    {[2]string{`name: v1, namespace: shop, number: ["80"]`, `name: v1, namespace: shop, number: ["81"]`}, false, 0, 1, false},
		"weights of nothing":                {to(`weighted_clusters: {clusters: [{name: "shop/v1:80", weight: 0}]}`), true, 1, 0, false},
		"a filter for some routes": {[2]string{"          http_filters:\n", "          http_filters:\n          - name: fault\n            disabled: true\n" +
			"            typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault, abort: {http_status: 503, percentage: {numerator: 100}}}\n"}, false, 1, 2, false},
		"faults for some requests": {[2]string{"          http_filters:\n", "          http_filters:\n          - name: fault\n" +
			"            typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault, headers: [{name: x, present_match: true}], abort: {http_status: 503, percentage: {numerator: 100}}}\n"}, false, 1, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			before := cec("", v1, "")
			text := strings.Replace(before, c.edit[0], c.edit[1], 1)
			if text == before && name != "nothing" {
				t.Fatal("changes nothing")
			}
			in := input(t, text)
			m, _ := read(in)
			problems := in.Objects[0].Root.Problems()
			if refused := len(problems) > 0; refused != c.refused {
				t.Errorf("refused %v: %v", refused, problems)
			}
			security := false
			for _, o := range m.Opaque {
				security = security || o.Security
			}
			if !c.refused && (len(m.Routing) != c.tables || len(m.Opaque) != c.opaque) || security != c.security {
				t.Errorf("%d tables, %d kept, keeps out %v", len(m.Routing), len(m.Opaque), security)
			}
		})
	}
}
