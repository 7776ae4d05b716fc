package consul

import (
	"strings"
	"testing"
)

// TestRejected writes what the server refuses, and what it takes although it is
// wrong: the reader has something against the former and, unless Envoy would refuse
// it, nothing against the latter. Entries stand on lines of their own.
func TestRejected(t *testing.T) {
	agent := start(t)["allow"]
	const http = `{"Kind":"proxy-defaults","Name":"global","Config":{"protocol":"http"}}` + "\n"
	for _, c := range []struct{ name, entries, why string }{
		{"splitter of tcp", `{"Kind":"service-defaults","Name":"a","Protocol":"tcp"}
{"Kind":"service-splitter","Name":"a","Splits":[{"Weight":100}]}`, "does not permit advanced routing"},
		{"legs of two protocols", `{"Kind":"service-defaults","Name":"a","Protocol":"http"}
{"Kind":"service-defaults","Name":"b","Protocol":"http2"}
{"Kind":"service-router","Name":"a","Routes":[{"Destination":{"Service":"b"}}]}`, "inconsistent protocols"},
		{"permissions of tcp", `{"Kind":"service-defaults","Name":"a","Protocol":"tcp"}
{"Kind":"service-intentions","Name":"a","Sources":[{"Name":"b","Permissions":[{"Action":"allow","HTTP":{"PathPrefix":"/"}}]}]}`, "incompatible with L7 intentions"},
		{"no such subset", http + `{"Kind":"service-resolver","Name":"a","Subsets":{"v1":{}}}
{"Kind":"service-router","Name":"a","Routes":[{"Destination":{"ServiceSubset":"v9"}}]}`, "does not have a subset"},
		{"redirects in a circle", `{"Kind":"service-resolver","Name":"a","Redirect":{"Service":"b"}}
{"Kind":"service-resolver","Name":"b","Redirect":{"Service":"a"}}`, "circular"},
		{"splits in a circle", http + `{"Kind":"service-splitter","Name":"a","Splits":[{"Weight":100,"Service":"b"}]}
{"Kind":"service-splitter","Name":"b","Splits":[{"Weight":100,"Service":"a"}]}`, "circular"},
		{"weights", http + `{"Kind":"service-splitter","Name":"a","Splits":[{"Weight":33.333},{"Weight":66.66,"Service":"b"}]}`, "must be 100"},
		{"a split twice", http + `{"Kind":"service-splitter","Name":"a","Splits":[{"Weight":50},{"Weight":50,"Service":"a"}]}`, "more than once"},
		{"redirect and failover", `{"Kind":"service-resolver","Name":"a","Redirect":{"Service":"b"},"Failover":{"*":{"Service":"c"}}}`, "Failover"},
		{"an empty redirect", `{"Kind":"service-resolver","Name":"a","Redirect":{}}`, "Redirect"},
		{"failover of no subset", `{"Kind":"service-resolver","Name":"a","Failover":{"v1":{"Service":"b"}}}`, "Failover"},
		{"default subset", `{"Kind":"service-resolver","Name":"a","DefaultSubset":"v1"}`, "DefaultSubset"},
		{"name of a subset", `{"Kind":"service-resolver","Name":"a","Subsets":{"V1":{}}}`, "Subset"},
		{"filter", `{"Kind":"service-resolver","Name":"a","Subsets":{"v1":{"Filter":"Service.Meta.version =="}}}`, "Filter"},
		{"a key with a dash in a filter", `{"Kind":"service-resolver","Name":"a","Subsets":{"v1":{"Filter":"Service.Meta.my-key == v1"}}}`, "Filter"},
		{"a value with a dash in a filter", `{"Kind":"service-resolver","Name":"a","Subsets":{"v1":{"Filter":"Service.Meta.version == v1-2"}}}`, "Filter"},
		{"a filter of space", `{"Kind":"service-resolver","Name":"a","Subsets":{"v1":{"Filter":" "}}}`, "Filter"},
		{"a filter in other words", `{"Kind":"service-resolver","Name":"a","Subsets":{"v1":{"Filter":"Service.Meta.version = v1 && v2 in Service.Tags"}}}`, "Filter"},
		{"an offer of what is sent to a peer", `{"Kind":"service-resolver","Name":"a","Redirect":{"Service":"z","Peer":"p"}}
{"Kind":"exported-services","Name":"default","Services":[{"Name":"a","Consumers":[{"Peer":"e"}]}]}`, "cross-peer"},
		{"order of failovers", `{"Kind":"proxy-defaults","Name":"global","FailoverPolicy":{"Mode":"random"}}`, "ailover-policy"},
		{"an offer to all peers", `{"Kind":"exported-services","Name":"default","Services":[{"Name":"a","Consumers":[{"Peer":"*"}]}]}`, "wildcard"},
		{"policy", `{"Kind":"service-resolver","Name":"a","LoadBalancer":{"Policy":"fastest"}}`, "Policy"},
		{"hash of round robin", `{"Kind":"service-resolver","Name":"a","LoadBalancer":{"Policy":"round_robin","HashPolicies":[{"SourceIP":true}]}}`, "HashPolicies"},
		{"negative timeout of a resolver", `{"Kind":"service-resolver","Name":"a","RequestTimeout":"-1s"}`, "RequestTimeout"},
		{"unknown extension", `{"Kind":"service-defaults","Name":"a","EnvoyExtensions":[{"Name":"builtin/nothing"}]}`, "not a built-in extension"},
		{"extension of later versions", `{"Kind":"service-defaults","Name":"a","EnvoyExtensions":[{"Name":"builtin/ext-proc"}]}`, "not a built-in extension"},
		{"protocol", `{"Kind":"service-defaults","Name":"a","Protocol":"thrift"}`, "protocol"},
		{"unknown key", `{"Kind":"service-defaults","Name":"a","Protocoll":"http"}`, "invalid config key"},
		{"namespace", `{"Kind":"service-defaults","Name":"a","Namespace":"b"}`, "nterprise"},
		{"rate limits", `{"Kind":"service-defaults","Name":"a","RateLimits":{"InstanceLevel":{"RequestsPerSecond":1}}}`, "nterprise"},
		{"destination beside upstreams", `{"Kind":"service-defaults","Name":"a","Destination":{"Addresses":["a.example"],"Port":80},"UpstreamConfig":{"Defaults":{"Protocol":"http"}}}`, "UpstreamConfig"},
		{"two paths", http + `{"Kind":"service-router","Name":"a","Routes":[{"Match":{"HTTP":{"PathExact":"/a","PathPrefix":"/b"}}}]}`, "PathExact"},
		{"a path without slash", http + `{"Kind":"service-router","Name":"a","Routes":[{"Match":{"HTTP":{"PathPrefix":"b"}}}]}`, "PathPrefix"},
		{"method", http + `{"Kind":"service-router","Name":"a","Routes":[{"Match":{"HTTP":{"Methods":["GIVE"]}}}]}`, "Methods"},
		{"a method twice", http + `{"Kind":"service-router","Name":"a","Routes":[{"Match":{"HTTP":{"Methods":["GET","get"]}}}]}`, "Methods"},
		{"a header without a test", http + `{"Kind":"service-router","Name":"a","Routes":[{"Match":{"HTTP":{"Header":[{"Name":"x"}]}}}]}`, "Header"},
		{"two tests of a header", http + `{"Kind":"service-router","Name":"a","Routes":[{"Match":{"HTTP":{"Header":[{"Name":"x","Exact":"1","Present":true}]}}}]}`, "Header"},
		{"rewrite of an expression", http + `{"Kind":"service-router","Name":"a","Routes":[{"Match":{"HTTP":{"PathRegex":"/a"}},"Destination":{"PrefixRewrite":"/b"}}]}`, "PrefixRewrite"},
		{"condition of retries", http + `{"Kind":"service-router","Name":"a","Routes":[{"Destination":{"RetryOn":["sometimes"]}}]}`, "RetryOn"},
		{"no sources", `{"Kind":"service-intentions","Name":"a"}`, "least one source"},
		{"a source twice", `{"Kind":"service-intentions","Name":"a","Sources":[{"Name":"b","Action":"allow"},{"Name":"b","Action":"deny"}]}`, "Sources"},
		{"no action", `{"Kind":"service-intentions","Name":"a","Sources":[{"Name":"b"}]}`, "Action"},
		{"action and permissions", http + `{"Kind":"service-intentions","Name":"a","Sources":[{"Name":"b","Action":"allow","Permissions":[{"Action":"allow","HTTP":{"PathPrefix":"/"}}]}]}`, "Action"},
		{"permissions of all", http + `{"Kind":"service-intentions","Name":"*","Sources":[{"Name":"b","Permissions":[{"Action":"allow","HTTP":{"PathPrefix":"/"}}]}]}`, "ermissions"},
		{"an empty permission", http + `{"Kind":"service-intentions","Name":"a","Sources":[{"Name":"b","Permissions":[{"Action":"allow","HTTP":{}}]}]}`, "HTTP"},
		{"part of a name", `{"Kind":"service-intentions","Name":"a","Sources":[{"Name":"b*","Action":"allow"}]}`, "wildcard"},
		{"no such provider", http + `{"Kind":"service-intentions","Name":"a","JWT":{"Providers":[{"Name":"nobody"}]},"Sources":[{"Name":"b","Action":"allow"}]}`, "nobody"},
		{"provider without keys", `{"Kind":"jwt-provider","Name":"p","Issuer":"x"}`, "JSONWebKeySet"},
		{"any host of a listener", `{"Kind":"api-gateway","Name":"a","Listeners":[{"Name":"plain","Port":80,"Protocol":"http","Hostname":"*"}]}`, "wildcard"},
		{"name of a mesh", `{"Kind":"mesh","Name":"mesh"}`, "invalid config key"},
		{"name of proxy-defaults", `{"Kind":"proxy-defaults","Name":"local"}`, "global"},
		{"name of exported-services", `{"Kind":"exported-services","Name":"own","Services":[{"Name":"a","Consumers":[{"Peer":"p"}]}]}`, "default"},
		{"exported to nobody", `{"Kind":"exported-services","Name":"default","Services":[{"Name":"a"}]}`, "at least one consumer"},
		{"exported without a name", `{"Kind":"exported-services","Name":"default","Services":[{"Consumers":[{"Peer":"p"}]}]}`, "name cannot be empty"},
		{"exported to two at once", `{"Kind":"exported-services","Name":"default","Services":[{"Name":"a","Consumers":[{"Peer":"p","Partition":"q"}]}]}`, "at most one"},
		{"exported to all peers", `{"Kind":"exported-services","Name":"default","Services":[{"Name":"a","Consumers":[{"Peer":"*"}]}]}`, "wildcard"},
		{"exported to a group", `{"Kind":"exported-services","Name":"default","Services":[{"Name":"a","Consumers":[{"SamenessGroup":"g"}]}]}`, "enterprise-only"},
		{"one service of all namespaces", `{"Kind":"exported-services","Name":"default","Services":[{"Name":"a","Namespace":"*","Consumers":[{"Peer":"p"}]}]}`, ""},
		{"version of TLS", `{"Kind":"mesh","TLS":{"Incoming":{"TLSMinVersion":"TLSv1_9"}}}`, "no matching TLS version"},
		{"newest TLS older than the oldest", `{"Kind":"mesh","TLS":{"Outgoing":{"TLSMinVersion":"TLSv1_3","TLSMaxVersion":"TLSv1_2"}}}`, "less than the configured min"},
		{"cipher suite", `{"Kind":"mesh","TLS":{"Incoming":{"CipherSuites":["A"]}}}`, "cipher suite"},
		{"cipher suites of TLS 1.3", `{"Kind":"mesh","TLS":{"Incoming":{"TLSMinVersion":"TLSv1_3","CipherSuites":["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]}}}`, "TLS 1.2 or earlier"},
		{"shared connections of a server", `{"Kind":"service-defaults","Name":"a","BalanceInboundConnections":"fast"}`, "balance_inbound_connections"},
		{"shared connections of a client", `{"Kind":"service-defaults","Name":"a","UpstreamConfig":{"Overrides":[{"Name":"b","BalanceOutboundConnections":"x"}]}}`, "upstream override"},
		{"a script without text", `{"Kind":"service-defaults","Name":"a","EnvoyExtensions":[{"Name":"builtin/lua","Arguments":{"ProxyType":"connect-proxy","Listener":"inbound"}}]}`, "missing Script"},
		{"nobody to ask", `{"Kind":"service-defaults","Name":"a","EnvoyExtensions":[{"Name":"builtin/ext-authz","Arguments":{"ProxyType":"connect-proxy"}}]}`, "ext-authz"},
		{"code without arguments", `{"Kind":"service-defaults","Name":"a","EnvoyExtensions":[{"Name":"builtin/wasm","Arguments":{}}]}`, "unsupported Protocol"},
		{"code at no listener", `{"Kind":"service-defaults","Name":"a","EnvoyExtensions":[{"Name":"builtin/wasm","Arguments":{"Protocol":"http","PluginConfig":{"VmConfig":{"Code":{"Local":{"Filename":"/x"}}}}}}]}`, "unsupported ListenerType"},
		{"code of an unknown runtime", `{"Kind":"service-defaults","Name":"a","EnvoyExtensions":[{"Name":"builtin/wasm","Arguments":{"Protocol":"http","ListenerType":"inbound","PluginConfig":{"VmConfig":{"Runtime":"x","Code":{"Local":{"Filename":"/x"}}}}}}]}`, "unsupported runtime"},
		{"no code", `{"Kind":"service-defaults","Name":"a","EnvoyExtensions":[{"Name":"builtin/wasm","Arguments":{"Protocol":"http","ListenerType":"inbound"}}]}`, "exactly one of Local or Remote"},
		{"code of nobody", `{"Kind":"service-defaults","Name":"a","EnvoyExtensions":[{"Name":"builtin/wasm","Arguments":{"Protocol":"http","ListenerType":"inbound","PluginConfig":{"VmConfig":{"Code":{"Remote":{"HttpURI":{"URI":"http://b/x"},"SHA256":"c"}}}}}}]}`, "both Service and URI"},
		{"code unchecked", `{"Kind":"service-defaults","Name":"a","EnvoyExtensions":[{"Name":"builtin/wasm","Arguments":{"Protocol":"http","ListenerType":"inbound","PluginConfig":{"VmConfig":{"Code":{"Remote":{"HttpURI":{"Service":{"Name":"b"},"URI":"http://b/x"}}}}}}}]}`, "SHA256 checksum"},
		{"no patches", `{"Kind":"service-defaults","Name":"a","EnvoyExtensions":[{"Name":"builtin/property-override","Arguments":{"Patches":[]}}]}`, "at least one patch"},
		{"type of access logs", `{"Kind":"proxy-defaults","Name":"global","AccessLogs":{"Type":"x"}}`, "access log type"},
		{"access logs in no file", `{"Kind":"proxy-defaults","Name":"global","AccessLogs":{"Enabled":true,"Type":"file"}}`, "path must be specified"},
		{"access logs in JSON that is none", `{"Kind":"proxy-defaults","Name":"global","AccessLogs":{"Enabled":true,"JSONFormat":"{"}}`, "JSON format"},
		{"access logs in two formats", `{"Kind":"proxy-defaults","Name":"global","AccessLogs":{"Enabled":true,"JSONFormat":"{}","TextFormat":"x"}}`, "both"},
		{"failover to no datacenter", `{"Kind":"service-resolver","Name":"a","Failover":{"*":{"Datacenters":[""]}}}`, "empty datacenter"},
		{"a long description", `{"Kind":"service-intentions","Name":"a","Sources":[{"Name":"b","Action":"allow","Description":"` + strings.Repeat("x", 513) + `"}]}`, "Description"},
		{"keys in two places", `{"Kind":"jwt-provider","Name":"j","Issuer":"x","JSONWebKeySet":{"Local":{"JWKS":"e30=","Filename":"/x"}}}`, "exactly one"},
		{"how keys are found", `{"Kind":"jwt-provider","Name":"j","Issuer":"x","JSONWebKeySet":{"Remote":{"URI":"https://x/k","JWKSCluster":{"DiscoveryType":"X"}}}}`, "discovery type"},
		{"a header without a name", `{"Kind":"jwt-provider","Name":"j","Issuer":"x","JSONWebKeySet":{"Local":{"JWKS":"e30="}},"Locations":[{"Header":{"Name":""}}]}`, "header name"},
		{"tokens forwarded in no header", `{"Kind":"jwt-provider","Name":"j","Issuer":"x","JSONWebKeySet":{"Local":{"JWKS":"e30="}},"Forwarding":{}}`, "forwarding"},

		{"a bad expression", http + `{"Kind":"service-intentions","Name":"a","Sources":[{"Name":"b","Permissions":[{"Action":"allow","HTTP":{"PathRegex":"/a("}}]}]}`, envoy},
		{"a negative weight", http + `{"Kind":"service-splitter","Name":"a","Splits":[{"Weight":-10},{"Weight":110,"Service":"b"}]}`, envoy},

		{"a redirect to where it stands", `{"Kind":"service-resolver","Name":"a","Redirect":{"Service":"a"}}`, ""},
		{"failover to itself", `{"Kind":"service-resolver","Name":"a","Failover":{"*":{"Service":"a"}}}`, ""},
		{"an unknown selector", `{"Kind":"service-resolver","Name":"a","Subsets":{"v1":{"Filter":"Bogus.Field == v1"}}}`, ""},
		{"limits of zero", `{"Kind":"service-defaults","Name":"a","UpstreamConfig":{"Defaults":{"Limits":{"MaxConnections":0}}}}`, ""},
		{"a token on tcp", `{"Kind":"jwt-provider","Name":"p","Issuer":"x","JSONWebKeySet":{"Local":{"JWKS":"e30="}}}
{"Kind":"service-defaults","Name":"a","Protocol":"tcp"}
{"Kind":"service-intentions","Name":"a","JWT":{"Providers":[{"Name":"p"}]},"Sources":[{"Name":"b","Action":"allow"}]}`, ""},
		{"exported to a partition", `{"Kind":"exported-services","Name":"default","Services":[{"Name":"a","Namespace":"b","Consumers":[{"Partition":"p"}]}]}`, ""},
		{"exported to peers", `{"Kind":"exported-services","Name":"default","Services":[{"Name":"a","Consumers":[{"Peer":"p"},{"Peer":"q"}]},{"Name":"*","Consumers":[{"Peer":"p"}]}]}`, ""},
		{"exported to where it is", `{"Kind":"exported-services","Name":"default","Services":[{"Name":"a","Consumers":[{}]}]}`, ""},
		{"opaque configuration", `{"Kind":"proxy-defaults","Name":"global","Config":{"bogus":{"x":1}}}`, ""},
		{"a peer that is not there", `{"Kind":"service-intentions","Name":"a","Sources":[{"Name":"b","Peer":"p","Action":"allow"}]}`, ""},
		{"numbers as text", `{"Kind":"service-defaults","Name":"a","MaxInboundConnections":"7"}`, ""},
		{"a description of 512", `{"Kind":"service-intentions","Name":"a","Sources":[{"Name":"b","Action":"allow","Description":"` + strings.Repeat("x", 512) + `"}]}`, ""},
		{"an old TLS", `{"Kind":"mesh","TLS":{"Incoming":{"TLSMinVersion":"TLSv1_0","CipherSuites":["TLS_RSA_WITH_AES_128_CBC_SHA"]}}}`, ""},
		{"code of a file", `{"Kind":"service-defaults","Name":"a","EnvoyExtensions":[{"Name":"builtin/wasm","Arguments":{"Protocol":"http","ListenerType":"inbound","PluginConfig":{"VmConfig":{"Code":{"Local":{"Filename":"/x"}}}}}}]}`, ""},
		{"keys of three spellings", `{"kind":"service-resolver","name":"a","connect_timeout":"3s","RequestTimeout":2000000000,"load_balancer":{"Policy":"random"}}`, ""},
		{"weights of hundredths", http + `{"Kind":"service-splitter","Name":"a","Splits":[{"Weight":33.33},{"Weight":33.33,"Service":"b"},{"Weight":33.34,"Service":"c"}]}`, ""},
		{"a split twice with headers", http + `{"Kind":"service-splitter","Name":"a","Splits":[{"Weight":50,"RequestHeaders":{"Set":{"x":"1"}}},{"Weight":50,"RequestHeaders":{"Set":{"x":"2"}}}]}`, ""},
		{"permissive with the mesh's leave", `{"Kind":"mesh","AllowEnablingPermissiveMutualTLS":true}
{"Kind":"service-defaults","Name":"a","MutualTLSMode":"permissive"}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer cleaned(t, agent)
			var entries [][]byte
			for line := range strings.SplitSeq(c.entries, "\n") {
				entries = append(entries, []byte(line))
			}
			got, against, noticed := refusedBy(agent, entries), complaints(entries, refusals), complaints(entries, notices)
			if takes := c.why == "" || c.why == envoy; takes != (got == "") || !takes && !strings.Contains(got, c.why) {
				t.Fatalf("the server says %q", got)
			}
			if c.why == "" && against != "" || c.why != "" && noticed == "" {
				t.Errorf("the server says %q, and the reader %q", got, against)
			}
		})
	}
}

// envoy marks what the server takes and its sidecars refuse, which then go on with
// what they had.
const envoy = "Envoy refuses it"
