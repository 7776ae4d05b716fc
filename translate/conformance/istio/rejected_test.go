package conformance

import (
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/translate"
	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
)

// object writes a manifest of one of Istio's kinds in namespace shop.
func object(group, kind, spec string) string {
	return "apiVersion: " + group + ".istio.io/v1\nkind: " + kind + "\nmetadata: {name: x, namespace: shop}\nspec: " + spec + "\n"
}

// rejected are specifications that no cluster takes: what they say of Istio is
// nothing, so that a translation may not carry them.
var rejected = []struct{ group, kind, spec string }{
	{"security", "AuthorizationPolicy", `{action: DENY}`},
	{"security", "AuthorizationPolicy", `{action: CUSTOM, provider: {name: p}}`},
	{"security", "AuthorizationPolicy", `{action: CUSTOM, rules: [{}]}`},
	{"security", "AuthorizationPolicy", `{provider: {name: p}, rules: [{}]}`},
	{"security", "AuthorizationPolicy", `{action: REFUSE, rules: [{}]}`},
	{"security", "AuthorizationPolicy", `{action: CUSTOM, provider: {name: p}, rules: [{from: [{source: {namespaces: [web]}}]}]}`},
	{"security", "AuthorizationPolicy", `{action: CUSTOM, provider: {name: p}, rules: [{from: [{source: {notRequestPrincipals: ["*"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{action: CUSTOM, provider: {name: p}, rules: [{when: [{key: source.principal, values: ["*"]}]}]}`},
	{"security", "AuthorizationPolicy", `{action: CUSTOM, provider: {name: p}, rules: [{when: [{key: request.auth.audiences, values: ["*"]}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {namespaces: []}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{to: [{operation: {}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{to: [{operation: {paths: []}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{to: [{operation: {paths: [""]}}]}]}`},
	{"security", "AuthorizationPolicy", `{action: DENY, rules: [{to: [{operation: {notMethods: [""]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {namespaces: [""]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {principals: [""]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {ipBlocks: ["10.0.0.0/33"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {notRemoteIpBlocks: [x]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {serviceAccounts: ["*"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {serviceAccounts: ["a/b/c"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {serviceAccounts: ["/b"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {serviceAccounts: [a], namespaces: [b]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {serviceAccounts: [a], notPrincipals: [b]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {serviceAccounts: [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {trustDomains: ["a*b"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {trustDomains: ["*a*"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{from: [{source: {trustDomains: ["a/b"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{to: [{operation: {ports: ["http"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{to: [{operation: {ports: ["70000"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{to: [{operation: {ports: [80]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{to: [{operation: {paths: ["/{**}/x/{*}"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{to: [{operation: {paths: ["/a{*}"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{to: [{operation: {paths: ["/{id}"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{to: [{operation: {notPaths: ["/{*}/x*"]}}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{when: [{values: [a]}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{when: [{key: source.ip}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{when: [{key: source.ip, values: []}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{when: [{key: source.ip, values: [x]}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{when: [{key: source.ip, values: [""]}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{when: [{key: source.user, values: [x]}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{when: [{key: "request.headers", values: [x]}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{when: [{key: "request.headers[]", values: [x]}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{when: [{key: "request.auth.claims[]", values: [x]}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{when: [{key: destination.port, values: ["x"]}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{when: [{key: source.serviceAccount, values: ["*"]}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [{when: [{key: source.trustDomain, values: ["a*b"]}]}]}`},
	{"security", "AuthorizationPolicy", `{rules: [null]}`},
	{"security", "AuthorizationPolicy", `{rules: {}}`},
	{"security", "AuthorizationPolicy", `{selector: {matchLabels: {"": x}}, rules: [{}]}`},
	{"security", "AuthorizationPolicy", `{selector: {matchLabels: {app: "x*"}}, rules: [{}]}`},
	{"security", "AuthorizationPolicy", `{selector: {matchLabels: {"ap*p": "x"}}, rules: [{}]}`},
	{"security", "AuthorizationPolicy", `{selector: {matchLabels: {app: x}}, targetRef: {kind: Gateway, group: gateway.networking.k8s.io, name: x}, rules: [{}]}`},
	{"security", "PeerAuthentication", `{mtls: {mode: LAX}}`},
	{"security", "PeerAuthentication", `{portLevelMtls: {80: {mode: STRICT}}}`},
	{"security", "PeerAuthentication", `{selector: {matchLabels: {app: x}}, portLevelMtls: {0: {mode: STRICT}}}`},
	{"security", "PeerAuthentication", `{selector: {matchLabels: {app: x}}, portLevelMtls: {http: {mode: STRICT}}}`},
	{"security", "PeerAuthentication", `{selector: {matchLabels: {app: x}}, portLevelMtls: {}}`},
	{"security", "RequestAuthentication", `{jwtRules: [{}]}`},
	{"security", "RequestAuthentication", `{jwtRules: [{issuer: x, audiences: [""]}]}`},
	{"security", "RequestAuthentication", `{jwtRules: [{issuer: x, jwksUri: "ftp://x"}]}`},
	{"security", "RequestAuthentication", `{jwtRules: [{issuer: x, jwksUri: "https://x", jwks: "{}"}]}`},
	{"security", "RequestAuthentication", `{jwtRules: [{issuer: x, fromHeaders: [{prefix: a}]}]}`},
	{"security", "RequestAuthentication", `{jwtRules: [{issuer: x, fromParams: [""]}]}`},
	{"security", "RequestAuthentication", `{jwtRules: [{issuer: x, timeout: 0s}]}`},
	{"security", "RequestAuthentication", `{jwtRules: [{issuer: x, outputClaimToHeaders: [{header: a}]}]}`},
	{"networking", "Gateway", `{selector: {a: b}}`},
	{"networking", "Gateway", `{servers: [{port: {number: 80, name: a, protocol: HTTP}}]}`},
	{"networking", "Gateway", `{servers: [{hosts: ["*"]}]}`},
	{"networking", "Gateway", `{servers: [{port: {number: 80, protocol: HTTP}, hosts: ["*"]}]}`},
	{"networking", "Gateway", `{servers: [{port: {name: a, protocol: HTTP}, hosts: ["*"]}]}`},
	{"networking", "Gateway", `{servers: [{port: {number: 0, name: a, protocol: TCP}, hosts: ["*"]}]}`},
	{"networking", "Gateway", `{servers: [{port: {number: 80, name: a, protocol: SCTP}, hosts: ["*"]}]}`},
	{"networking", "Gateway", `{servers: [{port: {number: 80, name: a, protocol: HTTP, targetPort: 8080}, hosts: ["*"]}]}`},
	{"networking", "Gateway", `{servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: [short]}]}`},
	{"networking", "Gateway", `{servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ["*x.example.com"]}]}`},
	{"networking", "Gateway", `{servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ["a_b/*"]}]}`},
	{"networking", "Gateway", `{servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ["/a.example.com"]}]}`},
	{"networking", "Gateway", `{servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ["*"]}, {port: {number: 81, name: a, protocol: HTTP}, hosts: ["*"]}]}`},
	{"networking", "Gateway", `{servers: [{port: {number: 443, name: a, protocol: HTTPS}, hosts: ["*"]}]}`},
	{"networking", "Gateway", `{servers: [{port: {number: 443, name: a, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE}}]}`},
	{"networking", "Gateway", `{servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: a}}]}`},
	{"networking", "Gateway", `{servers: [{port: {number: 80, name: a, protocol: TCP}, hosts: ["*"], tls: {httpsRedirect: true}}]}`},
	{"networking", "VirtualService", `{hosts: [a]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: [{destination: {host: b}, weight: -1}]}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: [{destination: {host: b}, weight: 0}, {destination: {host: c}, weight: 0}]}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: [{destination: {host: b}}], redirect: {uri: /x}}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: [{destination: {host: b}}], timeout: 0s}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: [{destination: {host: b}}], timeout: 1.5ms}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: [{destination: {host: b}}], retries: {attempts: -1}}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: [{destination: {host: b}}], retries: {attempts: 1, retryOn: "509"}}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{match: [{uri: {regex: "("}}], route: [{destination: {host: b}}]}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{match: [{uri: {prefix: /a, exact: /b}}], route: [{destination: {host: b}}]}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{match: [{port: 70000}], route: [{destination: {host: b}}]}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: [{destination: {host: b}}], rewrite: {}}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{redirect: {redirectCode: 200, uri: /x}}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{directResponse: {status: 700}}]}`},
	{"networking", "DestinationRule", `{trafficPolicy: {}}`},
	{"networking", "DestinationRule", `{host: a, trafficPolicy: {loadBalancer: {simple: FASTEST}}}`},
	{"networking", "DestinationRule", `{host: a, trafficPolicy: {connectionPool: {tcp: {connectTimeout: 0s}}}}`},
	{"networking", "DestinationRule", `{host: a, trafficPolicy: {outlierDetection: {interval: 0s}}}`},
	{"networking", "VirtualService", `{http: [{route: [{destination: {host: a}}]}], gateways: [x]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: []}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: [{destination: {host: b}}], retries: {attempts: 0, perTryTimeout: 1s}}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{match: [{headers: {"": {exact: x}}}], route: [{destination: {host: b}}]}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: [{destination: {host: b}}], fault: {}}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: [{destination: {host: b}}], fault: {abort: {httpStatus: 9}}}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: [{destination: {host: b}}], fault: {abort: {httpStatus: 500, percentage: {value: 101}}}}]}`},
	{"networking", "VirtualService", `{hosts: [a], http: [{route: [{destination: {host: b}}], mirrorPercentage: {value: 101}, mirror: {host: c}}]}`},
	{"networking", "VirtualService", `{hosts: ["*"], http: [{route: [{destination: {host: b}}]}]}`},
	{"networking", "VirtualService", `{hosts: [a, a], http: [{route: [{destination: {host: b}}]}]}`},
	{"networking", "VirtualService", `{hosts: ["a b"], http: [{route: [{destination: {host: b}}]}]}`},
	{"networking", "VirtualService", `{hosts: [a], exportTo: ["*", "."], http: [{route: [{destination: {host: b}}]}]}`},
	{"networking", "VirtualService", `{hosts: [a], tcp: [{route: [{destination: {host: ""}}]}]}`},
	{"networking", "VirtualService", `{hosts: [a], tls: [{match: [{port: 443}], route: [{destination: {host: b}}]}]}`},
	{"networking", "DestinationRule", `{host: a, subsets: [{labels: {v: a}}]}`},
	{"networking", "DestinationRule", `{host: a, trafficPolicy: {loadBalancer: {simple: RANDOM, consistentHash: {useSourceIp: true}}}}`},
	{"networking", "DestinationRule", `{host: a, trafficPolicy: {connectionPool: {tcp: {maxConnections: -1}}}}`},
	{"networking", "DestinationRule", `{host: a, trafficPolicy: {outlierDetection: {maxEjectionPercent: 101}}}`},
	{"networking", "DestinationRule", `{host: a, trafficPolicy: {tls: {mode: MUTUAL}}}`},
	{"networking", "DestinationRule", `{host: a, trafficPolicy: {portLevelSettings: [{tls: {}}]}}`},
}

// TestRejected holds what no cluster takes to findings that say so.
func TestRejected(t *testing.T) {
	schemas := engine.NewSchemas(t)
	for _, c := range rejected {
		manifest := []byte(object(c.group, c.kind, c.spec))
		if len(faults(schemas, manifest)) == 0 {
			t.Errorf("Istio takes %s %s", c.kind, c.spec)
			continue
		}
		r := rewritten(manifest, nil)
		if !slices.ContainsFunc(r.Findings, func(d diag.Diagnostic) bool {
			return wrong[d.Code] && d.Severity == diag.Error && d.At[0].Path != "" && d.Fix != ""
		}) {
			t.Errorf("no finding of an error with its place: %s %s: %v", c.kind, c.spec, faults(schemas, manifest))
		}
		holdsNothing(t, r, c.group == "security", c.kind+" "+c.spec)
	}
}

// wrong are the codes of values that Istio or the API server rejects.
var wrong = map[diag.Code]bool{diag.InvalidValue: true, diag.WrongType: true, diag.InvalidRegex: true, diag.InvalidObject: true}

// holdsNothing checks that nothing of the only object was lifted, and that a
// policy keeps everybody out of its namespace.
func holdsNothing(t *testing.T, r *translate.Result, policy bool, what string) {
	t.Helper()
	m := r.Source
	for _, ups := range m.Upstream {
		if !ups.From.Defaulted() {
			t.Errorf("%s: Upstream was lifted: %v", what, ups.From)
		}
	}
	for _, x := range m.Transport {
		if !x.From.Defaulted() {
			t.Errorf("%s: Transport was lifted: %v", what, x.From)
		}
	}
	if len(m.Routing)+len(m.Tokens)+len(m.Opaque) > 0 {
		t.Errorf("%s: it was lifted", what)
	}
	if answer := decide.Admit(m, base(), decide.GoodToken); policy && answer.Allowed {
		t.Errorf("%s: its namespace is not withheld", what)
	}
}
