package consul

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
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
