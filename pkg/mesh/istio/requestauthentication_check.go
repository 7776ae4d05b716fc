package istio

import (
	"net/url"
	"regexp"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// claimHeader is how headers for claims may be called.
var claimHeader = regexp.MustCompile(`^[-_A-Za-z0-9]+$`)

// checkTokenRule rejects what Istio's webhook and its custom resource definition
// reject of a rule: pkg/config/validation validateJwtRule.
func checkTokenRule(n *source.Node, r intent.TokenRule) {
	u, err := url.Parse(r.JWKSURI)
	switch {
	case r.Issuer == "" && r.JWKSURI == "":
		n.Reject("needs issuer or jwksUri")
	case r.JWKS != "" && r.JWKSURI != "":
		n.Get("jwks").Reject("stands beside jwksUri")
	case r.JWKSURI != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https"):
		n.Get("jwksUri").Reject("is no URL of http or https")
	}
	for _, key := range []string{"issuer", "jwksUri"} {
		if v := n.Get(key); v != nil && v.Str() == "" {
			v.Reject("is empty")
		}
	}
	for _, key := range []string{"audiences", "fromParams", "fromCookies", "spaceDelimitedClaims"} {
		for _, v := range n.Get(key).Items() {
			if v.Str() == "" {
				v.Reject("is empty")
			}
		}
	}
	for _, h := range n.Get("fromHeaders").Items() {
		if h.Get("name").Str() == "" {
			h.Reject("has no name")
		}
	}
	for _, c := range n.Get("outputClaimToHeaders").Items() {
		if c.Get("header").Str() == "" || c.Get("claim").Str() == "" {
			c.Reject("needs a header and a claim")
		}
		if h := c.Get("header"); !claimHeader.MatchString(h.Str()) {
			h.Reject("is no name of a header")
		}
	}
	optionalDuration(n.Get("timeout"))
}
