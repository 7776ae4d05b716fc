package consul

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// The law: what the model lets in is what the RBAC filter lets in that Consul
// generates. The filter is built here step by step as agent/xds/rbac.go does, with
// principals and permissions as functions of a request, and knows nothing of the
// model.

type call struct {
	source, path, method string
	token                bool // a valid one, of the provider
}

type generated struct {
	source      string // "*" is any
	notSources  []string
	action      string // allow, deny or layer7
	permissions []generatedPermission
	jwt         bool
	precedence  int
}

type generatedPermission struct {
	action, path, method string // path is a prefix
	jwt                  bool
}

func (p generatedPermission) matches(c call) bool {
	return strings.HasPrefix(c.path, p.path) && (p.method == "" || p.method == c.method)
}

type policy struct {
	destination string
	source      generated
}

// filter decides as the generated filter of a destination does.
func filter(all []policy, dest string, defaultAllow bool, c call) bool {
	list := intentionsFor(all, dest)
	defaultAction := map[bool]string{true: "allow", false: "deny"}[defaultAllow]
	for i := range list {
		for j := i + 1; j < len(list); j++ {
			if list[i].source != "*" && list[j].source == "*" {
				list[j].notSources = append(list[j].notSources, list[i].source)
			}
		}
	}
	hit := slices.ContainsFunc(list, func(g generated) bool { return g.action != defaultAction && g.matches(c, defaultAction) })
	return hit != defaultAllow // the action of the filter is the opposite of the default
}

func intentionsFor(all []policy, dest string) []generated {
	var list []generated
	for _, p := range all {
		if p.destination == dest || p.destination == "*" {
			g := p.source
			g.precedence = map[bool]int{true: 9, false: 6}[p.destination == dest]
			if g.source == "*" {
				g.precedence--
			}
			list = append(list, g)
		}
	}
	slices.SortStableFunc(list, func(a, b generated) int { return b.precedence - a.precedence })
	var out []generated
	for _, g := range list {
		if !slices.ContainsFunc(out, func(h generated) bool { return h.source == g.source }) {
			out = append(out, g)
		}
	}
	return out
}

// matches reports whether a request is among the policy's principals and
// permissions.
func (g generated) matches(c call, defaultAction string) bool {
	if g.source != "*" && g.source != c.source || slices.Contains(g.notSources, c.source) || g.jwt && !c.token {
		return false
	}
	if g.action != "layer7" {
		return true
	}
	for i, p := range g.permissions {
		earlier := func(q generatedPermission) bool { return q.matches(c) }
		if p.action != defaultAction && p.matches(c) && !slices.ContainsFunc(g.permissions[:i], earlier) && (!p.jwt || c.token) {
			return true
		}
	}
	return false
}

var lawServices = []string{"web", "api", "db"}

func randomPolicies(r *rand.Rand) []policy {
	var out []policy
	for _, dest := range []string{"api", "db", "*"} {
		if r.IntN(3) == 0 {
			continue
		}
		sources := append(slices.Clone(lawServices), "*")
		r.Shuffle(len(sources), func(i, j int) { sources[i], sources[j] = sources[j], sources[i] })
		jwt := dest != "*" && r.IntN(4) == 0
		for _, s := range sources[:1+r.IntN(3)] {
			out = append(out, policy{dest, randomSource(r, s, dest, jwt)})
		}
	}
	return out
}

func randomSource(r *rand.Rand, source, dest string, jwt bool) generated {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	g := generated{source: source, action: pick("allow", "deny", "layer7"), jwt: jwt}
	if dest == "*" && g.action == "layer7" {
		g.action = "allow"
	}
	if g.action == "layer7" {
		for range 1 + r.IntN(3) {
			g.permissions = append(g.permissions, generatedPermission{pick("allow", "deny"), pick("/", "/a", "/a/b"), pick("", "GET", "PUT"), r.IntN(4) == 0})
		}
	}
	return g
}

// manifests prints policies.
func manifests(all []policy) string {
	text := allHTTP + cr("JWTProvider", "login", "issuer: https://login\njsonWebKeySet: {remote: {uri: https://login/keys, jwksCluster: {discoveryType: STRICT_DNS}}}")
	for _, s := range lawServices {
		text += kubeService(s) + workload(s, "v1", s, "")
	}
	byDest := map[string]string{}
	jwt := map[string]string{}
	for _, p := range all {
		s := "- name: " + quoted(p.source.source) + "\n"
		if p.source.action != "layer7" {
			s += "  action: " + p.source.action + "\n"
		} else {
			s += "  permissions:\n"
		}
		for _, q := range p.source.permissions {
			s += "  - action: " + q.action + "\n    http: {pathPrefix: " + q.path
			if q.method != "" {
				s += ", methods: [" + q.method + "]"
			}
			s += "}\n"
			if q.jwt {
				s += "    jwt: {providers: [{name: login}]}\n"
			}
		}
		byDest[p.destination] += s
		if p.source.jwt {
			jwt[p.destination] = "jwt: {providers: [{name: login}]}\n"
		}
	}
	for _, dest := range sortedKeys(byDest) {
		text += cr("ServiceIntentions", "to-"+strings.ReplaceAll(dest, "*", "all"), "destination: {name: "+quoted(dest)+"}\n"+jwt[dest]+"sources:\n"+byDest[dest])
	}
	return text
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }

// request is a call as the model sees it, at a destination.
func (c call) request(dest string) *match.Request {
	q := new(match.Request)
	q.Set(match.Protocol, "", "http").Set(match.Path, "", c.path).Set(match.Method, "", c.method)
	q.Set(match.ClientNamespace, "", "shop").Set(match.ClientAccount, "", c.source).Set(match.ClientTrust, "", "cluster.local").Set(match.Port, "", "8080")
	q.Set(match.Namespace, "", "shop").Set(match.Label, "app", dest).Set(match.Service, "", "shop/"+dest)
	if c.token {
		q.Set(match.Token, "principal", "https://login/me")
	}
	return q
}

func TestIntentionsAsEnforced(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1500 {
		all := randomPolicies(r)
		for _, effect := range []string{"allow", "deny"} {
			text := manifests(all)
			a := readText(t, text, env(effect))
			if p := a.problems(); p != "" {
				t.Fatalf("%s\n%s", p, text)
			}
			for range 12 {
				pick := func(of ...string) string { return of[r.IntN(len(of))] }
				c := call{pick("web", "api", "db", "other"), pick("/", "/a", "/a/b", "/x"), pick("GET", "PUT"), r.IntN(2) == 0}
				dest := pick("api", "db", "web")
				state := decide.NoToken
				if c.token {
					state = decide.GoodToken
				}
				want := filter(all, dest, effect == "allow", c)
				if got := decide.Admit(a.model, c.request(dest), state).Allowed; got != want {
					t.Fatalf("default %s: %+v to %s: %v, want %v\n%s\n%s", effect, c, dest, got, want, text, intent.Print(a.model))
				}
			}
		}
	}
}
