package consul

import (
	"slices"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
)

// demands says why no token is demanded: where the default is to let in, what is let
// in is left out, with its tokens. agent/xds/rbac.go removeSourcePrecedence
func demands(env intent.Environment) string {
	if defaultEffect(env) != intent.Deny {
		return "no token is demanded where the default intention policy is to allow"
	}
	return ""
}

// validated holds for sets of issuers each of which a provider can be.
func validated(p intent.Part) string {
	t, ok := p.(*intent.Tokens)
	if !ok {
		return ""
	}
	for _, r := range t.Rules {
		if why := noProvider(r); why != "" {
			return why
		}
	}
	return ""
}

// noProvider says why a rule is no provider, or "".
func noProvider(r intent.TokenRule) string {
	forwards := r.Forward != nil && *r.Forward
	usual := len(r.Headers)+len(r.Params)+len(r.Cookies) == 0
	switch {
	case r.Issuer == "":
		return "a provider is for the tokens of one issuer"
	case r.JWKS == "" && r.JWKSURI == "":
		return "a provider says where its keys are"
	case r.JWKSURI != "" && keyHost(r.JWKSURI) == "":
		return "keys are fetched from a server, and " + r.JWKSURI + " names none"
	case strings.HasPrefix(r.JWKSURI, "https:") && !r.Unchecked:
		return "proxies take keys from whoever answers at " + r.JWKSURI + ", and do not look for whom its certificate is; give the keys themselves, or accept it"
	case len(r.ClaimHeaders) > 0:
		return "a provider hands on the whole payload, and no single claim"
	case len(r.SpaceClaims) > 0:
		return "a claim is not split at spaces"
	case forwards && len(r.Headers) == 0 && !usual:
		return "a token stays on the request only in a header"
	case slices.ContainsFunc(r.Headers, func(h intent.TokenHeader) bool { return h.Name == "" }):
		return "a header has a name"
	case r.TimeoutText != "":
		return untimely(r.TimeoutText)
	}
	return ""
}

// untimely says why the time to fetch keys cannot be said: proxies are told whole
// seconds. agent/xds/jwt_authn.go makeRemoteJWKS
func untimely(text string) string {
	if d, err := time.ParseDuration(text); err != nil || d <= 0 || d%time.Second != 0 {
		return "fetching keys may take whole seconds"
	}
	return ""
}
