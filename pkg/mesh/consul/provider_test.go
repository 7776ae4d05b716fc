package consul

import (
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
)

// What no provider says is refused: proxies are told whole seconds, and which issuer,
// and look at no certificate of who has the keys.
func TestProvidersSayWhatTheyCan(t *testing.T) {
	yes := true
	said := intent.TokenRule{Issuer: "https://login", JWKS: "{}"}
	with := func(change func(*intent.TokenRule)) intent.TokenRule {
		r := said
		change(&r)
		return r
	}
	for name, c := range map[string]struct {
		rule intent.TokenRule
		want bool
	}{
		"keys":               {said, true},
		"plain keys":         {with(func(r *intent.TokenRule) { r.JWKS, r.JWKSURI = "", "http://login/keys" }), true},
		"checked keys":       {with(func(r *intent.TokenRule) { r.JWKS, r.JWKSURI = "", "https://login/keys" }), false},
		"unchecked keys":     {with(func(r *intent.TokenRule) { r.JWKS, r.JWKSURI, r.Unchecked = "", "https://login/keys", true }), true},
		"keys of nobody":     {with(func(r *intent.TokenRule) { r.JWKS, r.JWKSURI = "", "/keys" }), false},
		"no URI":             {with(func(r *intent.TokenRule) { r.JWKS, r.JWKSURI = "", "login keys" }), false},
		"no keys":            {with(func(r *intent.TokenRule) { r.JWKS = "" }), false},
		"no issuer":          {with(func(r *intent.TokenRule) { r.Issuer = "" }), false},
		"two seconds":        {with(func(r *intent.TokenRule) { r.TimeoutText = "2s" }), true},
		"half a second":      {with(func(r *intent.TokenRule) { r.TimeoutText = "500ms" }), false},
		"stays":              {with(func(r *intent.TokenRule) { r.Forward = &yes }), true},
		"stays in a cookie":  {with(func(r *intent.TokenRule) { r.Forward, r.Cookies = &yes, []string{"x"} }), false},
		"claims in headers":  {with(func(r *intent.TokenRule) { r.ClaimHeaders = []intent.Pair{{Key: "x", Value: "y"}} }), false},
		"claims with spaces": {with(func(r *intent.TokenRule) { r.SpaceClaims = []string{"x"} }), false},
	} {
		if why := noProvider(c.rule); (why == "") != c.want {
			t.Errorf("%s: %q", name, why)
		}
	}
}

// A URI that Consul's servers refuse, and one that names no server, are refused.
func TestURIsOfKeys(t *testing.T) {
	for uri, want := range map[string]string{
		"http://login/keys": "",
		"/keys":             "spec.jsonWebKeySet.remote.uri names no server",
		"login keys":        "spec.jsonWebKeySet.remote.uri is no URI",
		"":                  "spec.jsonWebKeySet.remote.uri is no URI",
	} {
		a := readText(t, cr("JWTProvider", "login", "issuer: https://login\njsonWebKeySet: {remote: {uri: '"+uri+"', jwksCluster: {}}}"), env("deny"))
		if got := a.problems(); got != want {
			t.Errorf("%s: %s", uri, got)
		}
	}
}

// Keys that proxies would take from anyone are taken so only where that is accepted,
// and not by who accepted that no token is looked at.
func TestKeysOfAnyoneAreAccepted(t *testing.T) {
	to, _ := target("")
	m := &intent.Model{Env: intent.Defaults(), Default: []*intent.Default{{Effect: intent.Deny}}}
	m.Env.Consul.DefaultIntention = "deny"
	m.Inventory.Services = []*intent.Service{{Name: intent.Name{Namespace: "shop", Name: "api"}, Selector: []intent.Pair{{Key: "app", Value: "api"}}}}
	at := intent.Scope{Subject: match.Conj(match.Atom{Field: match.Namespace, Value: "shop"}, match.Atom{Field: match.Label, Key: "app", Value: "api"})}
	m.Tokens = []*intent.Tokens{{Scope: at, Rules: []intent.TokenRule{{Issuer: "https://login", JWKSURI: "https://login/keys"}}}}
	m.Access = []*intent.Access{{Scope: at, When: match.Atom{Field: match.Token, Key: "principal", Op: match.Prefix, Value: "https://login/"}}}
	var asked []string
	fit := func(accepted ...string) *intent.Model {
		asked = nil
		out, _ := legal.Legalize(m.Clone(), to, legal.Options{From: "istio", Accept: func(c legal.Change) bool {
			asked = append(asked, c.Hash())
			return c.Code == diag.Widened && slices.Contains(accepted, c.Hash())
		}})
		return out
	}
	if out := fit(); len(out.Tokens) != 0 || len(asked) != 2 || asked[0] == asked[1] {
		t.Fatalf("not accepted: %d sets, asked %v", len(out.Tokens), asked)
	}
	both := asked
	if out := fit(both[0]); len(out.Tokens) != 1 || !out.Tokens[0].Rules[0].Unchecked || len(out.Access) == 0 {
		t.Errorf("accepted:\n%s", intent.Print(out))
	}
	if out := fit(both[1]); len(out.Tokens) != 0 {
		t.Errorf("another thing is accepted:\n%s", intent.Print(out))
	}
}
