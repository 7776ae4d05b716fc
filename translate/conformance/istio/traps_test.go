package conformance

import (
	"strconv"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
)

// trap is a policy that is easily misread, with requests and what must become of
// them.
type trap struct {
	name string
	// policies are documents without their head: "name: ..." begins one of
	// AuthorizationPolicy in namespace shop.
	policies []string
	asks     []string // "GET /a as web/front -> allow"
	env      func(*intent.Environment)
}

// tokens are accepted everywhere from one issuer.
const tokens = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens, namespace: istio-system}
spec: {jwtRules: [{issuer: "https://id.example.com", jwks: '{"keys":[]}'}, {issuer: other, jwks: '{"keys":[]}'}]}
`

// policy writes an AuthorizationPolicy: "[namespace/]name [annotation]: spec".
func policy(s string) string {
	head, spec, _ := strings.Cut(s, ": ")
	name, annotation, _ := strings.Cut(head, " ")
	namespace, own, found := strings.Cut(name, "/")
	if !found {
		namespace, own = "shop", name
	}
	meta := "name: " + own + ", namespace: " + namespace
	if annotation != "" {
		meta += ", annotations: {istio.io/dry-run: " + strconv.Quote(annotation) + "}"
	}
	return "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {" + meta + "}\nspec: " + spec + "\n"
}

// TestTraps asks a person, Istio's engine, the model, and Istio's engine about
// what transmesh writes; all must agree.
func TestTraps(t *testing.T) {
	for _, c := range traps {
		t.Run(c.name, func(t *testing.T) { spring(t, c) })
	}
}

func spring(t *testing.T, c trap) {
	manifests := tokens
	for _, p := range c.policies {
		manifests += policy(p)
	}
	env := intent.Defaults()
	if c.env != nil {
		c.env(&env)
	}
	r := rewritten([]byte(manifests), &env)
	if r.Source == nil || r.Unreadable {
		t.Fatal("unreadable", r.Findings.Sort())
	}
	before, after := enforce(t, []byte(manifests), &env), enforce(t, printed(t, r), &env)
	for _, line := range c.asks {
		request, want, _ := strings.Cut(line, " -> ")
		q := ask(t, base(), request)
		if got := before.judge(q.request); spoken(got.Allowed, got.Asked) != want {
			t.Errorf("%s: the engine says %+v", line, got)
		}
		a := decide.Admit(r.Source, q.request, q.token)
		if got := spoken(a.Allowed, len(a.Asks) > 0); got != want {
			t.Errorf("%s: the model says %s", line, got)
		}
		if got := after.judge(q.request); !fits(spoken(got.Allowed, got.Asked), want, r.Verdict) {
			t.Errorf("%s: what was written says %+v, but the verdict is %s\n%s", line, got, r.Verdict, printed(t, r))
		}
	}
}

// fits reports whether an answer of what was written is right: it is the same,
// or denies where the translation said that it would let in less.
func fits(got, want string, verdict decide.Verdict) bool {
	return got == want || got == "deny" && verdict == decide.Narrower
}

func spoken(allowed, asked bool) string {
	switch {
	case !allowed:
		return "deny"
	case asked:
		return "ask"
	}
	return "allow"
}
