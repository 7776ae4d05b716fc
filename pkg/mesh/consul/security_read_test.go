package consul

import (
	"regexp"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

// web, api and db are services with workloads of accounts of their own.
var shopServices = kubeService("web") + workload("web", "v1", "web", "") + kubeService("api") + workload("api", "v1", "api", "") + kubeService("db") + workload("db", "v1", "db", "")

// withheldWhy is why something is withheld, which findings are held to.
var withheldWhy = regexp.MustCompile("withheld: .*")

func intentions(dest, sources string) string {
	name := strings.ReplaceAll(dest, "*", "all")
	return cr("ServiceIntentions", "to-"+name, "destination: {name: '"+dest+"'}\nsources:\n"+sources)
}

const login = "issuer: https://login\njsonWebKeySet: {remote: {uri: https://login/keys, jwksCluster: {}}}"

// Intentions are lifted as proxies enforce them. The names of traps are those of
// the reference of Consul.
func TestIntentions(t *testing.T) {
	const apiAt, dbAt, webFrom = "namespace shop and label app api", "namespace shop and label app db", "client namespace shop and client account web"
	noDB := "not (namespace shop and label app db)"
	for name, c := range map[string]struct{ policy, text, want, found string }{
		"closed: an allow":       {"deny", intentions("api", "- {name: web, action: allow}"), "allow at " + apiAt + " when " + webFrom + "\ndefault deny", ""},
		"closed: a deny":         {"deny", intentions("api", "- {name: web, action: deny}"), "default deny", "inert"},
		"closed: all but one":    {"deny", intentions("api", "- {name: web, action: deny}\n- {name: '*', action: allow}"), "deny at " + apiAt + " when " + webFrom + "\nallow at " + apiAt + " when with identity\ndefault deny", ""},
		"closed: deny all, said": {"deny", intentions("*", "- {name: '*', action: deny}"), "default deny\ndefault deny", ""},
		"open: an allow":         {"allow", intentions("api", "- {name: web, action: allow}"), "default allow", "inert"},
		"open: a deny":           {"allow", intentions("api", "- {name: web, action: deny}"), "deny at " + apiAt + " when " + webFrom + "\ndefault allow", ""},
		"open: all denied but one": {"allow", intentions("*", "- {name: '*', action: deny}") + intentions("api", "- {name: web, action: allow}"),
			"allow at " + apiAt + " when " + webFrom + "\ndefault deny\ndefault allow", ""},
		"T1: permissions in default allow let the rest in": {"allow", intentions("api", "- {name: web, permissions: [{action: allow, http: {pathExact: /a}}]}"), "default allow", "inert"},
		"T1: with an explicit deny": {"allow", intentions("api", "- {name: web, permissions: [{action: allow, http: {pathExact: /a}}, {action: deny, http: {pathPrefix: /}}]}"),
			"deny at " + apiAt + " when (" + webFrom + " and protocol http and path /* and not path /a) or (" + webFrom + " and protocol tcp)\ndefault allow", ""},
		"T1: with everyone else denied": {"allow", intentions("api", "- {name: web, permissions: [{action: allow, http: {pathExact: /a}}, {action: deny, http: {pathPrefix: /}}]}\n- {name: '*', action: deny}"),
			"allow at " + apiAt + " when " + webFrom + " and protocol http and path /a\ndefault deny at " + apiAt + "\ndefault allow", ""},
		"T2: a wide deny does not stop an exact source": {"deny", intentions("*", "- {name: web, action: allow}") + intentions("db", "- {name: '*', action: deny}"),
			"allow when " + webFrom + "\ndefault deny at " + dbAt + "\ndefault deny", ""},
		"T2: mirrored": {"allow", intentions("*", "- {name: web, action: deny}") + intentions("db", "- {name: '*', action: allow}"),
			"deny when " + webFrom + "\ndefault allow at " + dbAt + "\ndefault allow", ""},
		"T2: unless the source is exact": {"deny", intentions("*", "- {name: web, action: allow}") + intentions("db", "- {name: web, action: deny}"),
			"allow at " + noDB + " when " + webFrom + "\ndefault deny", ""},
		"T3: tokens in default allow": {"allow", cr("JWTProvider", "login", login) + cr("ServiceIntentions", "api", "destination: {name: api}\njwt: {providers: [{name: login}]}\nsources: [{name: web, action: allow}]"),
			"default allow", "tokens are not asked for here"},
		"T3: tokens on tcp": {"deny", cr("ServiceDefaults", "api", "protocol: tcp") + cr("JWTProvider", "login", login) + cr("ServiceIntentions", "api", "destination: {name: api}\njwt: {providers: [{name: login}]}\nsources: [{name: web, action: allow}]"),
			"allow at " + apiAt + " when " + webFrom + "\ndefault deny", "tokens are not asked for here"},
		"T3: a deny with a token": {"deny", cr("JWTProvider", "login", login) + intentions("api", "- {name: web, permissions: [{action: deny, http: {pathPrefix: /a}, jwt: {providers: [{name: login}]}}, {action: allow, http: {pathPrefix: /}}]}"),
			"allow at " + apiAt + " when " + webFrom + " and protocol http and path /* and not path /a*\ndefault deny", "tokens are not asked for here"},
		"tokens": {"deny", cr("JWTProvider", "login", login) + cr("ServiceIntentions", "api", "destination: {name: api}\njwt: {providers: [{name: login, verifyClaims: [{path: [perms, a.b], value: x}]}]}\nsources: [{name: web, action: allow}]"),
			"allow at " + apiAt + " when " + webFrom + ` and token principal https://login/* and token claim:perms.a\.b only x` + "\ndefault deny", ""},
		"T4: permissions shadow a wide allow": {"deny", intentions("api", "- {name: web, permissions: [{action: deny, http: {pathPrefix: /a}}]}\n- {name: '*', action: allow}"),
			"allow at " + apiAt + " when with identity and not (" + webFrom + ")\ndefault deny", ""},
		"T10: a peer is not among all sources": {"deny", intentions("api", "- {name: web, peer: other, action: allow}\n- {name: '*', action: deny}"),
			"default deny at " + apiAt + "\ndefault deny", "its clients are in another cluster"},
		"T11: intentions of a name that stands for another": {"deny", cr("ServiceResolver", "virt", "redirect: {service: api}") + intentions("virt", "- {name: web, action: allow}"),
			"default deny", "its destination is redirected to api"},
		"T7: paths": {"deny", intentions("api", "- {name: web, permissions: [{action: allow, http: {pathPrefix: /admin, header: [{name: X-A, contains: 'b.', ignoreCase: true, invert: true}], methods: [get]}}]}"),
			"allow at " + apiAt + " when " + webFrom + ` and protocol http and path /admin* and header x-a present and not header x-a ~~ b\. ignoring case and method GET` + "\ndefault deny", ""},
		"refused on tcp": {"deny", cr("ServiceDefaults", "api", "protocol: tcp") + intentions("api", "- {name: web, permissions: [{action: allow, http: {pathPrefix: /}}]}"),
			"default deny at " + apiAt + " withheld\ndefault deny", "invalid-object"},
		"refused without the provider": {"deny", intentions("api", "- {name: web, permissions: [{action: allow, http: {pathPrefix: /}, jwt: {providers: [{name: nobody}]}}]}"),
			"default deny at " + apiAt + " withheld\ndefault deny", "there is no valid JWTProvider nobody"},
		"refused the second time": {"deny", intentions("api", "- {name: web, action: allow}") + strings.Replace(intentions("api", "- {name: db, action: allow}"), "to-api", "again", 1),
			"allow at " + apiAt + " when client namespace shop and client account db\ndefault deny at " + apiAt + " withheld\ndefault deny", "there are intentions for the destination already"},
	} {
		t.Run(name, func(t *testing.T) {
			a := readText(t, allHTTP+shopServices+c.text, env(c.policy))
			if a.problems() != "" || a.unread() != "" {
				t.Errorf("problems %s, unread %s", a.problems(), a.unread())
			}
			if got := withheldWhy.ReplaceAllString(lines(intent.Print(a.model), "allow", "deny", "ask", "default"), "withheld"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if !strings.Contains(a.found(), c.found) || c.found == "" && a.found() != "" {
				t.Errorf("found %s", a.found())
			}
		})
	}
}

// How connections are secured, and what asks for permission.
func TestTransport(t *testing.T) {
	lambda := "envoyExtensions: [{name: builtin/ext-authz, required: %s, arguments: {Config: {GrpcService: {Target: {Service: {Name: judge}}}}}}]"
	ask := func(required string) string { return strings.Replace(lambda, "%s", required, 1) }
	for name, c := range map[string]struct{ policy, text, want, found string }{
		"strict by default": {"allow", "", "served strict for service accounts\ndialled auto to *\ndefault allow", ""},
		"T5: permissive asks no intention": {"deny", cr("Mesh", "mesh", "allowEnablingPermissiveMutualTLS: true") + cr("ServiceDefaults", "api", "mutualTLSMode: permissive"),
			"served permissive at namespace shop and label app api\nserved strict for service accounts\ndialled auto to *\nallow at namespace shop and label app api when not with any identity\ndefault deny", ""},
		"T5: what is let in by default is let in": {"allow", cr("Mesh", "mesh", "allowEnablingPermissiveMutualTLS: true") + cr("ServiceDefaults", "api", "mutualTLSMode: permissive"),
			"served permissive at namespace shop and label app api\nserved strict for service accounts\ndialled auto to *\ndefault allow", ""},
		"T5: in direct mode it is nothing": {"allow", `{kind: service-defaults, name: api, mutual_tls_mode: permissive, mode: direct}` + "\n---\n",
			"served strict for service accounts\ndialled auto to *\ndefault allow", "inert"},
		"T16: the switch does not turn it off": {"deny", cr("Mesh", "mesh", "allowEnablingPermissiveMutualTLS: false") + cr("ServiceDefaults", "api", "mutualTLSMode: permissive"),
			"served permissive at namespace shop and label app api\nserved strict for service accounts\ndialled auto to *\nallow at namespace shop and label app api when not with any identity\ndefault deny", "which no Mesh in the input allows"},
		"all permissive but one": {"deny", cr("Mesh", "mesh", "allowEnablingPermissiveMutualTLS: true") + cr("ServiceDefaults", "api", "mutualTLSMode: strict") + strings.Replace(allHTTP, "config:", "mutualTLSMode: permissive\n  config:", 1),
			"served strict for service accounts at namespace shop and label app api\nserved permissive\nserved strict for service accounts\ndialled auto to *\nallow when not with any identity\ndefault deny", ""},
		"T8: ext-authz":             {"allow", cr("ServiceDefaults", "api", ask("true")), "served strict for service accounts\ndialled auto to *\nask judge at namespace shop and label app api\ndefault allow", "not-translated"},
		"T8: fails open":            {"allow", cr("ServiceDefaults", "api", ask("false")), "served strict for service accounts\ndialled auto to *\nask judge if it answers at namespace shop and label app api\ndefault allow", "with which headers"},
		"T6: paths beside the mesh": {"allow", cr("ServiceDefaults", "api", "expose: {checks: true, paths: [{path: /h, localPathPort: 80, listenerPort: 81}]}"), "served strict for service accounts\ndialled auto to *\ndefault allow", "paths that are served beside the mesh"},
	} {
		t.Run(name, func(t *testing.T) {
			a := readText(t, shopServices+c.text, env(c.policy))
			if a.problems() != "" || a.unread() != "" {
				t.Errorf("problems %s, unread %s", a.problems(), a.unread())
			}
			if got := lines(intent.Print(a.model), "served", "dialled", "allow", "deny", "ask", "default"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if !strings.Contains(a.found(), c.found) {
				t.Errorf("found %s", a.found())
			}
		})
	}
}

// Settings of the whole mesh.
func TestMeshSettings(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		paths intent.PathForm
		found string
	}{
		"none":                 {"", intent.PathDots, ""},
		"T7: merged":           {cr("Mesh", "mesh", "http: {incoming: {requestNormalization: {mergeSlashes: true}}}"), intent.PathMerged, "not-translated"},
		"T7: unescaped":        {cr("Mesh", "mesh", "http: {incoming: {requestNormalization: {mergeSlashes: true, pathWithEscapedSlashesAction: UNESCAPE_AND_FORWARD}}}"), intent.PathFull, "not-translated"},
		"T7: off":              {cr("Mesh", "mesh", "http: {incoming: {requestNormalization: {insecureDisablePathNormalization: true}}}"), intent.PathRaw, "not-translated"},
		"T14: versions of TLS": {cr("Mesh", "mesh", "tls: {incoming: {tlsMinVersion: TLSv1_0}}"), intent.PathDots, "which versions and ciphers"},
	} {
		t.Run(name, func(t *testing.T) {
			a := readText(t, c.text, env("allow"))
			if a.model.Baseline.Paths != c.paths || !strings.Contains(a.found(), c.found) || a.unread() != "" || a.problems() != "" {
				t.Errorf("paths %d, found %s, unread %s, problems %s", a.model.Baseline.Paths, a.found(), a.unread(), a.problems())
			}
		})
	}
}
