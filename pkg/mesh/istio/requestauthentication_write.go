package istio

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// requestAuthentications prints which tokens are accepted.
func (w *writer) requestAuthentications() {
	for _, t := range w.m.Tokens {
		m := w.policyObject("RequestAuthentication", t.Home, t.Scope.Subject, "jwt")
		m.From = append(m.From, t.From...)
		rules := manifest.List()
		for _, r := range t.Rules {
			rules.Append(writeTokenRule(r))
		}
		m.Root.Set("spec", writeSelector(t.Scope.Subject).Set("jwtRules", rules))
		w.add(m)
	}
}

func writeTokenRule(r intent.TokenRule) *manifest.Node {
	n := manifest.Map().Because(r.From...)
	text := func(key, value string) {
		if value != "" {
			n.Set(key, manifest.Str(value))
		}
	}
	text("issuer", r.Issuer)
	n.Set("audiences", manifest.Strs(r.Audiences...))
	text("jwksUri", r.JWKSURI)
	text("jwks", r.JWKS)
	headers := manifest.List()
	for _, h := range r.Headers {
		one := manifest.Map().Set("name", manifest.Str(h.Name))
		if h.Prefix != "" {
			one.Set("prefix", manifest.Str(h.Prefix))
		}
		headers.Append(one)
	}
	if len(headers.Kids) > 0 {
		n.Set("fromHeaders", headers)
	}
	n.Set("fromParams", manifest.Strs(r.Params...)).Set("fromCookies", manifest.Strs(r.Cookies...))
	text("outputPayloadToHeader", r.PayloadHeader)
	n.Set("forwardOriginalToken", manifest.OrNil(r.Forward, manifest.Bool))
	claims := manifest.List()
	for _, c := range r.ClaimHeaders {
		claims.Append(manifest.Map().Because(c.From...).Set("header", manifest.Str(c.Key)).Set("claim", manifest.Str(c.Value)))
	}
	if len(claims.Kids) > 0 {
		n.Set("outputClaimToHeaders", claims)
	}
	text("timeout", r.TimeoutText)
	return n.Set("spaceDelimitedClaims", manifest.Strs(r.SpaceClaims...))
}
