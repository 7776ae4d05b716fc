package consul

import (
	"strings"
	"testing"
)

// Values that Consul's servers refuse are refused, as TestRejected of
// translate/conformance/consul asks a server; those beside them are taken.
func TestRefusedValues(t *testing.T) {
	ok := "issuer: x\njsonWebKeySet: {local: {jwks: e30=}}\n"
	for _, c := range []struct{ kind, name, spec, want string }{
		{"Mesh", "mesh", "tls: {incoming: {tlsMinVersion: TLSv1_0, tlsMaxVersion: TLSv1_2, cipherSuites: [TLS_RSA_WITH_AES_128_CBC_SHA]}, outgoing: {tlsMinVersion: TLS_AUTO}}", ""},
		{"Mesh", "mesh", "tls: {incoming: {tlsMinVersion: TLSv1_9}}", "no version of TLS"},
		{"Mesh", "mesh", "tls: {outgoing: {tlsMinVersion: TLSv1_3, tlsMaxVersion: TLSv1_2}}", "older than tlsMinVersion"},
		{"Mesh", "mesh", "tls: {incoming: {cipherSuites: [A]}}", "no cipher suite"},
		{"Mesh", "mesh", "tls: {incoming: {tlsMinVersion: TLSv1_3, cipherSuites: [TLS_RSA_WITH_AES_128_CBC_SHA]}}", "TLS 1.2 and older"},
		{"ServiceDefaults", "a", "balanceInboundConnections: exact_balance", ""},
		{"ServiceDefaults", "a", "balanceInboundConnections: fast", "not exact_balance"},
		{"ServiceDefaults", "a", "envoyExtensions: [{name: builtin/lua, arguments: {listener: inbound, script: x}}]", ""},
		{"ServiceDefaults", "a", "envoyExtensions: [{name: builtin/lua, arguments: {listener: inbound}}]", "needs a script"},
		{"ServiceDefaults", "a", "envoyExtensions: [{name: builtin/lua, arguments: {script: x}}]", "inbound or outbound"},
		{"ServiceDefaults", "a", "envoyExtensions: [{name: builtin/ext-authz, arguments: {}}]", "exactly one of config.grpcService"},
		{"ServiceDefaults", "a", "envoyExtensions: [{name: builtin/wasm}]", "needs a protocol"},
		{"ServiceDefaults", "a", wasm("protocol: http, listenerType: inbound, pluginConfig: {vmConfig: {code: {local: {filename: /x}}}}"), ""},
		{"ServiceDefaults", "a", wasm("protocol: tcp, listenerType: outbound, pluginConfig: {vmConfig: {code: {remote: {httpURI: {service: {name: b}, uri: 'http://b/x'}, sha256: c}}}}"), ""},
		{"ServiceDefaults", "a", wasm("protocol: http, pluginConfig: {vmConfig: {code: {local: {filename: /x}}}}"), "needs a listenerType"},
		{"ServiceDefaults", "a", wasm("protocol: http, listenerType: inbound, pluginConfig: {vmConfig: {runtime: x, code: {local: {filename: /x}}}}"), "none of v8"},
		{"ServiceDefaults", "a", wasm("protocol: http, listenerType: inbound"), "needs code"},
		{"ServiceDefaults", "a", wasm("protocol: http, listenerType: inbound, pluginConfig: {vmConfig: {code: {local: {filename: /x}, remote: {httpURI: {uri: 'http://b/x'}}}}}"), "needs code"},
		{"ServiceDefaults", "a", wasm("protocol: http, listenerType: inbound, pluginConfig: {vmConfig: {code: {remote: {httpURI: {uri: 'http://b/x'}, sha256: c}}}}"), "needs the service"},
		{"ServiceDefaults", "a", wasm("protocol: http, listenerType: inbound, pluginConfig: {vmConfig: {code: {remote: {httpURI: {service: {name: b}, uri: 'http://b/x'}}}}}"), "needs the checksum"},
		{"ServiceDefaults", "a", "envoyExtensions: [{name: builtin/property-override, arguments: {patches: []}}]", "needs a patch"},
		{"ProxyDefaults", "global", "accessLogs: {enabled: true, type: file, path: /x, jsonFormat: '{}'}", ""},
		{"ProxyDefaults", "global", "accessLogs: {type: x}", "none of stdout"},
		{"ProxyDefaults", "global", "accessLogs: {type: file}", "needs a path"},
		{"ProxyDefaults", "global", "accessLogs: {path: /x}", "files only"},
		{"ProxyDefaults", "global", "accessLogs: {jsonFormat: '{'}", "is not JSON"},
		{"ProxyDefaults", "global", "accessLogs: {jsonFormat: '{}', textFormat: x}", "beside textFormat"},
		{"ServiceResolver", "a", "failover: {'*': {datacenters: ['']}}", "names no datacenter"},
		{"ServiceIntentions", "a", "destination: {name: a}\nsources: [{name: b, action: allow, description: " + strings.Repeat("x", 513) + "}]", "512 characters"},
		{"JWTProvider", "j", "issuer: x\njsonWebKeySet: {local: {jwks: e30=, filename: /x}}", "exactly one of jwks"},
		{"JWTProvider", "j", "issuer: x\njsonWebKeySet: {remote: {uri: 'http://x/k', jwksCluster: {discoveryType: X}}}", "no way to find a server"},
		{"JWTProvider", "j", ok + "locations: [{header: {name: ''}}]", "has no name"},
		{"JWTProvider", "j", ok + "forwarding: {}", "names no header"},
	} {
		a := readText(t, cr(c.kind, c.name, c.spec), env("deny"))
		if got := a.problems(); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %q, not %q", c.spec, got, c.want)
		}
	}
}

// wasm is a service with an extension of these arguments.
func wasm(arguments string) string {
	return "envoyExtensions: [{name: builtin/wasm, arguments: {" + arguments + "}}]"
}
