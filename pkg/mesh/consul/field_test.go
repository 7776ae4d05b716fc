package consul

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

// One router, service and set of intentions in all spellings that Consul takes.
var spellings = map[string]string{
	"in.yaml": strings.ReplaceAll(cr("ProxyDefaults", "global", "config: {protocol: http}")+
		cr("ServiceResolver", "web", "connectTimeout: 2s\nsubsets: {v1: {filter: Service.Meta.version == v1}}\nloadBalancer: {policy: ring_hash, ringHashConfig: {minimumRingSize: 64}, hashPolicies: [{field: header, fieldValue: x-id}]}")+
		cr("ServiceRouter", "web", `
routes:
- match: {http: {pathPrefix: /a, header: [{name: x-b, exact: c}]}}
  destination: {serviceSubset: v1, prefixRewrite: /d, requestTimeout: 3s, numRetries: 2, retryOn: [5xx], requestHeaders: {set: {x-e: f}}}`)+
		cr("ServiceDefaults", "web", "upstreamConfig: {overrides: [{name: api, limits: {maxConnections: 7}, passiveHealthCheck: {interval: 4s, maxFailures: 3}}]}")+
		cr("ServiceIntentions", "web", `
destination: {name: web}
sources:
- name: api
  permissions:
  - {action: allow, http: {pathExact: /a, methods: [GET]}}
- {name: db, action: allow}`), "namespace: shop", "namespace: default"),
	"snake.hcl": `
config_entries {
  bootstrap {
    kind = "proxy-defaults"
    name = "global"
    config { protocol = "http" }
  }
  bootstrap {
    kind = "service-resolver"
    name = "web"
    connect_timeout = "2s"
    subsets "v1" {
      filter = "Service.Meta.version == v1"
    }
    load_balancer {
      policy = "ring_hash"
      ring_hash_config { minimum_ring_size = "64" }
      hash_policies { field = "header" field_value = "x-id" }
    }
  }
  bootstrap {
    kind = "service-router"
    name = "web"
    routes {
      match { http { path_prefix = "/a" header { name = "x-b" exact = "c" } } }
      destination {
        service_subset = "v1"
        prefix_rewrite = "/d"
        request_timeout = 3000000000
        num_retries = "2"
        retry_on = ["5xx"]
        request_headers { set { x-e = "f" } }
      }
    }
  }
  bootstrap {
    kind = "service-defaults"
    name = "web"
    upstream_config {
      overrides {
        name = "api"
        limits { max_connections = 7 }
        passive_health_check { interval = "4s" max_failures = 3 }
      }
    }
  }
  bootstrap {
    kind = "service-intentions"
    name = "web"
    sources {
      name = "api"
      permissions { action = "allow" http { path_exact = "/a" methods = ["GET"] } }
    }
    sources { name = "db" action = "allow" }
  }
}
`,
	"in.json": `{"config_entries": {"bootstrap": [
{"Kind": "proxy-defaults", "Name": "global", "Config": {"protocol": "http"}},
{"Kind": "service-resolver", "Name": "web", "ConnectTimeout": "2s", "Subsets": {"v1": {"Filter": "Service.Meta.version == v1"}},
 "LoadBalancer": {"Policy": "ring_hash", "RingHashConfig": {"MinimumRingSize": 64}, "HashPolicies": [{"Field": "header", "FieldValue": "x-id"}]}},
{"Kind": "service-router", "Name": "web", "Routes": [{"Match": {"HTTP": {"PathPrefix": "/a", "Header": [{"Name": "x-b", "Exact": "c"}]}},
 "Destination": {"ServiceSubset": "v1", "PrefixRewrite": "/d", "RequestTimeout": "3s", "NumRetries": 2, "RetryOn": ["5xx"], "RequestHeaders": {"Set": {"x-e": "f"}}}}]},
{"Kind": "service-defaults", "Name": "web", "UpstreamConfig": {"Overrides": [{"Name": "api", "Limits": {"MaxConnections": 7}, "PassiveHealthCheck": {"Interval": 4000000000, "MaxFailures": 3}}]}},
{"Kind": "service-intentions", "Name": "web", "Sources": [{"Name": "api", "Permissions": [{"Action": "allow", "HTTP": {"PathExact": "/a", "Methods": ["GET"]}}]}, {"Name": "db", "Action": "allow"}]}
]}}`,
}

// All spellings say the same, and nothing of them is left unread.
func TestSpellings(t *testing.T) {
	want := readFile(t, "in.yaml", spellings["in.yaml"], env("deny"), versionCommunity)
	for _, file := range []string{"snake.hcl", "in.json"} {
		a := readFile(t, file, spellings[file], env("deny"), versionCommunity)
		if got, want := intent.Print(a.model), intent.Print(want.model); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", file, got, want)
		}
		if a.unread() != "" || a.problems() != "" {
			t.Errorf("%s: unread %s, problems %s", file, a.unread(), a.problems())
		}
	}
	if text := intent.Print(want.model); !strings.Contains(text, "retry 2 on [5xx]") || !strings.Contains(text, "connections 7") {
		t.Errorf("nothing to compare:\n%s", text)
	}
}

// Keys that Consul does not have are left unread: those that its own client
// library drops without a word, and those of the other form.
func TestUnknownKeys(t *testing.T) {
	for file, c := range map[string]struct{ text, want string }{
		"typo.yaml":  {cr("ServiceRouter", "web", "routes: [{destination: {request_timeout: 3s, numRetrys: 2}}]"), "spec.routes[0].destination.request_timeout spec.routes[0].destination.numRetrys"},
		"typo.json":  {`{"kind": "service-router", "name": "web", "routes": [{"destination": {"request_timout": "3s", "RequestTimeOut": "2s"}}], "spec": 1}`, "routes[0].destination.request_timout spec"},
		"twice.json": {`{"kind": "mesh", "AllowEnablingPermissiveMutualTLS": true, "allow_enabling_permissive_mutual_tls": false}`, "allow_enabling_permissive_mutual_tls"},
		"case.yaml":  {cr("ServiceDefaults", "web", "Protocol: http"), "spec.Protocol"},
	} {
		if got := readFile(t, file, c.text, env("allow"), versionCommunity).unread(); got != c.want {
			t.Errorf("%s: unread %q, want %q", file, got, c.want)
		}
	}
}

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"requestTimeoutMs": "request_timeout_ms", "externalSNI": "external_sni", "mutualTLSMode": "mutual_tls_mode", "jsonWebKeySet": "json_web_key_set",
		"sanitizeXForwardedClientCert": "sanitize_x_forwarded_client_cert", "enforcingConsecutive5xx": "enforcing_consecutive_5xx", "sourceIP": "source_ip",
		"jwksCluster": "jwks_cluster", "tlsMinVersion": "tls_min_version", "allowEnablingPermissiveMutualTLS": "allow_enabling_permissive_mutual_tls",
		"envoyListenerJSON": "envoy_listener_json", "http": "http", "connectTimeoutMs": "connect_timeout_ms", "trustedCA": "trusted_ca", "legacyID": "legacy_id",
	} {
		if got := snake(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
