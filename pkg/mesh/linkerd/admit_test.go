package linkerd

import (
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// probe is a request with what becomes of it: "shop/web GET /x at cart:8080:
// allow". The client is namespace/account, an address, or a SPIFFE name; the
// workload has the label app and is in namespace shop.
func probe(t *testing.T, m *intent.Model, text string) {
	t.Helper()
	request, want, _ := strings.Cut(text, ": ")
	from, at, _ := strings.Cut(request, " at ")
	words := strings.Fields(from)
	app, port, _ := strings.Cut(at, ":")
	var q match.Request
	q.Set(match.Namespace, "", "shop").Set(match.Label, "app", app).Set(match.Port, "", port)
	caller(&q, words[0])
	switch len(words) {
	case 1:
		q.Set(match.Protocol, "", "tcp")
	default:
		q.Set(match.Protocol, "", "http").Set(match.Method, "", words[1]).Set(match.Path, "", words[2]).Set(match.Host, "", app)
	}
	got := "deny"
	if decide.Admit(m, &q, decide.NoToken).Allowed {
		got = "allow"
	}
	if got != want {
		t.Errorf("%s: %s, want %s", request, got, want)
	}
}

func caller(q *match.Request, name string) {
	q.Set(match.ClientIP, "", "10.1.2.3")
	ns, account, ok := strings.Cut(name, "/")
	switch {
	case strings.HasPrefix(name, spiffe):
		q.Set(match.ClientIdentity, "", strings.TrimPrefix(name, spiffe))
	case ok:
		account, trust, foreign := strings.Cut(account, "@")
		if !foreign {
			trust = "cluster.local"
		}
		q.Set(match.ClientNamespace, "", ns).Set(match.ClientAccount, "", account).Set(match.ClientTrust, "", trust)
	default:
		q.Set(match.ClientIP, "", name)
	}
}

// shop shortens manifests of namespace shop: each begins with its kind, name and
// spec, separated by blanks.
func shop(docs ...string) string {
	groups := map[string]string{
		"Server": "policy.linkerd.io/v1beta3", "AuthorizationPolicy": "policy.linkerd.io/v1alpha1", "MeshTLSAuthentication": "policy.linkerd.io/v1alpha1",
		"NetworkAuthentication": "policy.linkerd.io/v1alpha1", "ServerAuthorization": "policy.linkerd.io/v1beta1", "HTTPRoute": "policy.linkerd.io/v1beta3",
		"GRPCRoute": "gateway.networking.k8s.io/v1", "Route": "gateway.networking.k8s.io/v1", "Service": "v1", "Deployment": "apps/v1", "Namespace": "v1",
		"HTTPLocalRateLimitPolicy": "policy.linkerd.io/v1alpha1", "ServiceProfile": "linkerd.io/v1alpha2", "TrafficSplit": "split.smi-spec.io/v1alpha2",
	}
	var out []string
	for _, d := range docs {
		words := strings.SplitN(d, " ", 3)
		kind := words[0]
		if kind == "Route" {
			kind = "HTTPRoute"
		}
		name, created, aged := strings.Cut(words[1], "@")
		meta := "name: " + name + ", namespace: shop"
		if aged {
			meta += ", creationTimestamp: \"" + created + "\""
		}
		out = append(out, "apiVersion: "+groups[words[0]]+"\nkind: "+kind+"\nmetadata: {"+meta+"}\nspec: "+words[2])
	}
	return strings.Join(out, "\n---\n")
}

const (
	cartServer  = "Server cart {podSelector: {matchLabels: {app: cart}}, port: 8080, proxyProtocol: HTTP/1}"
	cartAny     = "Server cart {podSelector: {matchLabels: {app: cart}}, port: 8080}"
	web         = "MeshTLSAuthentication web {identityRefs: [{kind: ServiceAccount, name: web}]}"
	job         = "MeshTLSAuthentication job {identityRefs: [{kind: ServiceAccount, name: job}]}"
	open        = "NetworkAuthentication open {networks: [{cidr: 0.0.0.0/0}, {cidr: '::/0'}]}"
	office      = "NetworkAuthentication office {networks: [{cidr: 10.0.0.0/8, except: [10.9.0.0/16]}]}"
	meshed      = "{group: policy.linkerd.io, kind: MeshTLSAuthentication, name: "
	networked   = "{group: policy.linkerd.io, kind: NetworkAuthentication, name: "
	onCart      = "targetRef: {group: policy.linkerd.io, kind: Server, name: cart}"
	webOnCart   = "AuthorizationPolicy web {" + onCart + ", requiredAuthenticationRefs: [" + meshed + "web}]}"
	toCart      = "parentRefs: [{group: policy.linkerd.io, kind: Server, name: cart}]"
	readRoute   = "HTTPRoute read {" + toCart + ", rules: [{matches: [{path: {value: /cart}, method: GET}]}]}"
	allRoute    = "HTTPRoute all {" + toCart + ", rules: [{matches: [{path: {value: /}}]}]}"
	webOnRead   = "AuthorizationPolicy web {targetRef: {group: policy.linkerd.io, kind: HTTPRoute, name: read}, requiredAuthenticationRefs: [" + meshed + "web}]}"
	jobOnAll    = "AuthorizationPolicy job {targetRef: {group: policy.linkerd.io, kind: HTTPRoute, name: all}, requiredAuthenticationRefs: [" + meshed + "job}]}"
	jobOnCart   = "AuthorizationPolicy jobs {" + onCart + ", requiredAuthenticationRefs: [" + meshed + "job}]}"
	onNamespace = "AuthorizationPolicy jobs {targetRef: {kind: Namespace, name: shop}, requiredAuthenticationRefs: [" + meshed + "job}]}"
)

// Whom Linkerd lets in, by hand: every probe was derived from the documentation
// and Linkerd's source, not from this program. It holds for what is read, and for
// what is written of that.
func TestAdmission(t *testing.T) {
	tests := []struct {
		name   string
		docs   []string
		probes []string
		codes  []diag.Code
	}{
		{"no Server is open", nil, []string{"203.0.113.9 at cart:8080: allow", "other/x GET / at cart:8080: allow"}, nil},
		// F2: a Server without grants denies, on its port only.
		{"a Server closes its port", []string{cartServer}, []string{
			"shop/web GET / at cart:8080: deny", "203.0.113.9 at cart:8080: deny", "shop/web GET / at cart:9090: allow", "shop/web GET / at web:8080: allow",
		}, nil},
		{"a policy of a Server", []string{cartServer, web, webOnCart}, []string{
			"shop/web GET / at cart:8080: allow", "shop/web at cart:8080: allow", "shop/job GET / at cart:8080: deny", "other/web GET / at cart:8080: deny",
			"shop/web@other.org GET / at cart:8080: deny", "10.0.0.1 GET / at cart:8080: deny",
		}, nil},
		// T7: an empty list of authentications is everyone.
		{"no authentication is everyone", []string{cartServer, "AuthorizationPolicy all {" + onCart + ", requiredAuthenticationRefs: []}"},
			[]string{"203.0.113.9 GET / at cart:8080: allow", "shop/web at cart:8080: allow"}, nil},
		// T8: a network alone admits clients without identity; beside an identity both must hold.
		{"a network alone", []string{cartServer, office, "AuthorizationPolicy n {" + onCart + ", requiredAuthenticationRefs: [" + networked + "office}]}"},
			[]string{"10.1.1.1 GET / at cart:8080: allow", "10.9.1.1 GET / at cart:8080: deny", "11.0.0.1 GET / at cart:8080: deny"}, nil},
		{"a network and an identity", []string{cartServer, office, web, "AuthorizationPolicy n {" + onCart + ", requiredAuthenticationRefs: [" + networked + "office}, " + meshed + "web}]}"},
			[]string{"10.1.1.1 GET / at cart:8080: deny", "shop/web GET / at cart:8080: allow", "shop/job GET / at cart:8080: deny"}, nil},
		{"a service account", []string{cartServer, "AuthorizationPolicy s {" + onCart + ", requiredAuthenticationRefs: [{kind: ServiceAccount, name: web}]}"},
			[]string{"shop/web GET / at cart:8080: allow", "shop/job GET / at cart:8080: deny"}, nil},
		// T11: "*" is every identity but SPIFFE names.
		{"any identity", []string{cartServer, "MeshTLSAuthentication any {identities: ['*']}", "AuthorizationPolicy a {" + onCart + ", requiredAuthenticationRefs: [" + meshed + "any}]}"},
			[]string{"other/x GET / at cart:8080: allow", "10.0.0.1 GET / at cart:8080: deny", "spiffe://root/vm GET / at cart:8080: deny"}, nil},
		{"a SPIFFE name", []string{cartServer, "MeshTLSAuthentication vm {identities: ['spiffe://root/vm']}", "AuthorizationPolicy a {" + onCart + ", requiredAuthenticationRefs: [" + meshed + "vm}]}"},
			[]string{"spiffe://root/vm GET / at cart:8080: allow", "spiffe://root/x GET / at cart:8080: deny", "shop/web GET / at cart:8080: deny"}, nil},
		{"a namespace's identities", []string{cartServer, "MeshTLSAuthentication ns {identities: ['*.depot.serviceaccount.identity.linkerd.cluster.local']}", "AuthorizationPolicy a {" + onCart + ", requiredAuthenticationRefs: [" + meshed + "ns}]}"},
			[]string{"depot/x GET / at cart:8080: allow", "depot/a.b GET / at cart:8080: allow", "shop/depot GET / at cart:8080: deny"}, nil},
		{"accessPolicy adds", []string{strings.Replace(cartServer, "port:", "accessPolicy: all-authenticated, port:", 1)},
			[]string{"other/x GET / at cart:8080: allow", "10.0.0.1 GET / at cart:8080: deny"}, nil},
		// T13: audit lets everyone in.
		{"audit", []string{strings.Replace(cartServer, "port:", "accessPolicy: audit, port:", 1)}, []string{"203.0.113.9 GET / at cart:8080: allow"}, []diag.Code{diag.NotTranslated}},
		{"accessPolicy for the cluster", []string{strings.Replace(cartServer, "port:", "accessPolicy: cluster-unauthenticated, port:", 1)},
			[]string{"10.1.1.1 GET / at cart:8080: allow", "203.0.113.9 GET / at cart:8080: deny"}, nil},
		{"a policy of the namespace", []string{cartServer, job, onNamespace},
			[]string{"shop/job GET / at cart:8080: allow", "shop/web GET / at cart:8080: deny", "10.0.0.1 GET / at web:8080: allow"}, nil},

		// F5: a request that no route matches is denied, whatever the Server grants.
		{"a route", []string{cartServer, web, readRoute, webOnRead}, []string{
			"shop/web GET /cart/1 at cart:8080: allow", "shop/web POST /cart/1 at cart:8080: deny", "shop/web GET /x at cart:8080: deny", "shop/web at cart:8080: deny",
			"shop/job GET /cart at cart:8080: deny", "shop/web GET /carts at cart:8080: deny",
		}, nil},
		// F3: grants of the Server count in every route.
		{"a route and the Server", []string{cartServer, web, job, readRoute, webOnRead, jobOnCart}, []string{
			"shop/web GET /cart at cart:8080: allow", "shop/job GET /cart at cart:8080: allow", "shop/job GET /x at cart:8080: deny", "shop/job at cart:8080: deny",
		}, nil},
		// T15: where the protocol is detected, connections that are not HTTP are judged by the Server's grants.
		{"a route and a Server that detects", []string{cartAny, web, job, readRoute, webOnRead, jobOnCart}, []string{
			"shop/job GET /x at cart:8080: deny", "shop/job at cart:8080: allow", "shop/web at cart:8080: deny",
		}, nil},
		// The best-ranked route decides alone: its longer path takes the request from the other.
		{"the longer path decides", []string{cartServer, web, job, readRoute, allRoute, webOnRead, jobOnAll}, []string{
			"shop/job GET /x at cart:8080: allow", "shop/job POST /cart at cart:8080: allow", "shop/job GET /cart at cart:8080: deny", "shop/web GET /cart at cart:8080: allow", "shop/web GET /x at cart:8080: deny",
		}, nil},
		// T6: a regular expression counts the whole path, and beats a prefix.
		{"a regular expression decides", []string{cartServer, web, job, readRoute, webOnRead,
			"HTTPRoute all {" + toCart + ", rules: [{matches: [{path: {type: RegularExpression, value: '/cart/.*'}}]}]}", jobOnAll}, []string{
			"shop/web GET /cart at cart:8080: allow", "shop/web GET /cart/1 at cart:8080: deny", "shop/job GET /cart/1 at cart:8080: allow",
		}, nil},
		// T16: a Server that declares gRPC heeds no HTTPRoutes.
		{"HTTPRoutes on gRPC", []string{strings.Replace(cartServer, "HTTP/1", "gRPC", 1), web, job, readRoute, webOnRead, jobOnCart}, []string{
			"shop/job GET /x at cart:8080: allow", "shop/web GET /cart at cart:8080: deny",
		}, []diag.Code{diag.Inert, diag.NotTranslated}},
		{"GRPCRoutes on gRPC", []string{strings.Replace(cartServer, "HTTP/1", "gRPC", 1), web,
			"GRPCRoute read {" + toCart + ", rules: [{matches: [{method: {service: a.B, method: C}}]}]}", strings.Replace(webOnRead, "group: policy.linkerd.io, kind: HTTPRoute", "group: gateway.networking.k8s.io, kind: GRPCRoute", 1)}, []string{
			"shop/web POST /a.B/C at cart:8080: allow", "shop/web POST /a.B/D at cart:8080: deny",
		}, nil},
		{"routes on opaque ports", []string{strings.Replace(cartServer, "HTTP/1", "opaque", 1), web, job, readRoute, webOnRead, jobOnCart}, []string{
			"shop/job at cart:8080: allow", "shop/web at cart:8080: deny",
		}, []diag.Code{diag.Inert, diag.NotTranslated}},
		// T17: a filter that Linkerd does not know puts the route out of force, so that a broader one takes its requests.
		{"an unknown filter", []string{cartServer, web, job, allRoute, jobOnAll, webOnRead,
			"HTTPRoute read {" + toCart + ", rules: [{matches: [{path: {value: /cart}}], filters: [{type: URLRewrite, urlRewrite: {hostname: x.org}}]}]}"}, []string{
			"shop/job GET /cart at cart:8080: allow", "shop/web GET /cart at cart:8080: deny",
		}, []diag.Code{diag.Inert, diag.NotTranslated}},
		// A filter that the model does not say: the route takes its requests, and nobody is let in.
		{"a known filter", []string{cartServer, web, job, allRoute, jobOnAll, webOnRead,
			"HTTPRoute read {" + toCart + ", rules: [{matches: [{path: {value: /cart}}], filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove: [x]}}]}]}"}, []string{
			"shop/job GET /cart at cart:8080: deny", "shop/web GET /cart at cart:8080: deny", "shop/job GET /x at cart:8080: allow",
		}, []diag.Code{diag.NotTranslated}},
		{"a Server in another namespace", []string{cartServer, web, webOnRead, "HTTPRoute read {parentRefs: [{group: policy.linkerd.io, kind: Server, name: cart, namespace: other}], rules: [{matches: [{path: {value: /}}]}]}"},
			[]string{"shop/web GET / at cart:8080: deny"}, []diag.Code{diag.Inert, diag.NotTranslated}},
		{"hostnames", []string{cartServer, web, webOnRead, "HTTPRoute read {" + toCart + ", hostnames: [cart], rules: [{matches: [{path: {value: /}}]}]}"},
			[]string{"shop/web GET / at cart:8080: allow"}, nil},
		{"other hostnames", []string{cartServer, web, webOnRead, "HTTPRoute read {" + toCart + ", hostnames: [other], rules: [{matches: [{path: {value: /}}]}]}"},
			[]string{"shop/web GET / at cart:8080: deny"}, nil},

		// Two routes that rank alike: the older decides; unknown, only what both let in is sure.
		{"a tie", []string{cartServer, web, job, readRoute, webOnRead, strings.Replace(jobOnAll, "all}", "all}", 1), strings.Replace(readRoute, "read", "all", 1)}, []string{
			"shop/web GET /cart at cart:8080: deny", "shop/job GET /cart at cart:8080: deny",
		}, []diag.Code{diag.OrderUnknown}},
		{"a tie by age", []string{cartServer, web, job, strings.Replace(readRoute, "read", "read@2026-01-02T00:00:00Z", 1), webOnRead, jobOnAll, strings.Replace(readRoute, "read", "all@2026-01-01T00:00:00Z", 1)}, []string{
			"shop/web GET /cart at cart:8080: deny", "shop/job GET /cart at cart:8080: allow",
		}, nil},

		// F7: what is out of force in Linkerd lets nobody in.
		{"a dangling authentication", []string{cartServer, webOnCart}, []string{"shop/web GET / at cart:8080: deny"}, []diag.Code{diag.UnknownReference}},
		{"another group's route", []string{cartServer, web, strings.Replace(readRoute, "HTTPRoute", "Route", 1), webOnRead}, []string{"shop/web GET /cart at cart:8080: deny"}, []diag.Code{diag.UnknownReference}},

		// T10: a ServerAuthorization without networks is for the cluster's.
		{"a ServerAuthorization", []string{cartServer, "ServerAuthorization s {server: {name: cart}, client: {unauthenticated: true}}"},
			[]string{"10.1.1.1 GET / at cart:8080: allow", "203.0.113.9 GET / at cart:8080: deny"}, nil},
		{"a ServerAuthorization for accounts", []string{cartServer, "ServerAuthorization s {server: {name: cart}, client: {networks: [{cidr: 0.0.0.0/0}, {cidr: '::/0'}], meshTLS: {serviceAccounts: [{name: web}]}}}"},
			[]string{"shop/web GET / at cart:8080: allow", "shop/job GET / at cart:8080: deny"}, nil},
		{"a ServerAuthorization that says nothing", []string{cartServer, "ServerAuthorization s {server: {name: cart}, client: {}}"},
			[]string{"shop/web GET / at cart:8080: deny"}, []diag.Code{diag.Inert}},

		// T19: a named port is what each workload calls so.
		{"a named port", []string{"Server cart {podSelector: {}, port: http}", pods("cart", "http", 8080, ""), pods("web", "http", 9090, "")},
			[]string{"shop/web GET / at cart:8080: deny", "shop/web GET / at cart:9090: allow", "shop/web GET / at web:9090: deny", "shop/web GET / at web:8080: allow"}, nil},
		{"the proxy's own port", []string{"Server admin {podSelector: {}, port: linkerd-admin}"}, []string{"shop/web GET / at cart:4191: deny"}, nil},

		// Two Servers for one port: the older decides; unknown, only what both let in is sure.
		{"rivals", []string{cartServer, web, webOnCart, job, "Server all {podSelector: {}, port: 8080}",
			"AuthorizationPolicy both {targetRef: {group: policy.linkerd.io, kind: Server, name: all}, requiredAuthenticationRefs: [" + meshed + "any}]}",
			"MeshTLSAuthentication any {identities: ['*']}"}, []string{
			"shop/web GET / at cart:8080: allow", "shop/job GET / at cart:8080: deny", "shop/job GET / at web:8080: allow",
		}, []diag.Code{diag.NotTranslated, diag.OrderUnknown}},
		{"rivals of known age", []string{strings.Replace(cartServer, "cart", "cart@2026-01-02T00:00:00Z", 1), web, webOnCart, "Server all@2026-01-01T00:00:00Z {podSelector: {}, port: 8080}"}, []string{
			"shop/web GET / at cart:8080: deny",
		}, []diag.Code{diag.Inert, diag.NotTranslated}},

		// T18: what lets in the kubelet's probes is not part of the model.
		{"a probe route", []string{cartServer, web, readRoute, webOnRead, open, pods("cart", "http", 8080, "/health"),
			"HTTPRoute probe {" + toCart + ", rules: [{matches: [{path: {type: Exact, value: /health}, method: GET}]}]}",
			"AuthorizationPolicy probe {targetRef: {group: policy.linkerd.io, kind: HTTPRoute, name: probe}, requiredAuthenticationRefs: [" + networked + "open}]}"}, []string{
			"10.0.0.1 GET /health at cart:8080: deny", "shop/web GET /cart at cart:8080: allow",
		}, nil},
		{"a route that only looks like one for probes", []string{cartServer, open,
			"HTTPRoute probe {" + toCart + ", rules: [{matches: [{path: {type: Exact, value: /health}, method: GET}]}]}",
			"AuthorizationPolicy probe {targetRef: {group: policy.linkerd.io, kind: HTTPRoute, name: probe}, requiredAuthenticationRefs: [" + networked + "open}]}"}, []string{
			"10.0.0.1 GET /health at cart:8080: allow", "10.0.0.1 GET / at cart:8080: deny",
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := input(t, shop(tt.docs...))
			m, diags := read(in)
			for _, p := range tt.probes {
				probe(t, m, p)
			}
			after := checkReadBack(t, m, Name, versionRoutes)
			for _, p := range tt.probes {
				if strings.HasSuffix(p, ": deny") || !after.narrower() {
					probe(t, after.back, p)
				}
			}
			if got := codes(diags); !slices.Equal(got, tt.codes) {
				t.Errorf("findings %v, want %v: %v", got, tt.codes, diags)
			}
			for _, o := range in.Objects {
				if p := o.Root.Problems(); len(p) > 0 {
					t.Errorf("problems %v", p)
				}
			}
			if t.Failed() {
				t.Log("\n" + intent.Print(m))
			}
		})
	}
}
