package consul

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// namedRule is a rule with the name of its provider.
type namedRule struct {
	intent.TokenRule
	name string
}

// providers prints one object for each rule by which tokens are accepted, and notes by
// which the server of each set accepts them.
func (w *writer) providers() {
	var all []namedRule
	for _, t := range w.m.Tokens {
		server := match.Key(t.Scope.Subject)
		for _, r := range t.Rules {
			i := slices.IndexFunc(all, func(x namedRule) bool { return sameProvider(x.TokenRule, r) })
			if i < 0 {
				i, all = len(all), append(all, namedRule{r, w.provider(r)})
			}
			if !slices.ContainsFunc(w.accepted[server], func(x namedRule) bool { return x.name == all[i].name }) {
				w.accepted[server] = append(w.accepted[server], all[i])
			}
		}
	}
}

// sameProvider reports whether two rules are one provider.
func sameProvider(a, b intent.TokenRule) bool {
	forwards := func(r intent.TokenRule) bool { return r.Forward != nil && *r.Forward }
	return a.Issuer == b.Issuer && a.JWKS == b.JWKS && a.JWKSURI == b.JWKSURI && a.Unchecked == b.Unchecked &&
		slices.Equal(a.Audiences, b.Audiences) && slices.Equal(a.Headers, b.Headers) && slices.Equal(a.Params, b.Params) && slices.Equal(a.Cookies, b.Cookies) &&
		forwards(a) == forwards(b) && a.PayloadHeader == b.PayloadHeader && a.TimeoutText == b.TimeoutText
}

// provider prints a rule, unless its object is printed as it was read, and tells its
// name. The names of providers are the same for all namespaces.
func (w *writer) provider(r intent.TokenRule) string {
	namespace, name := "default", "jwt"
	if r.Home != nil {
		namespace, name = r.Home.Namespace, r.Home.Name
		if w.isVerbatim(kindProvider, r.Home) {
			return name
		}
	}
	name = w.name(kindProvider, "", name)
	o := w.object(kindProvider, namespace, name, r.Home, r.From)
	spec := w.spec(o).Set("issuer", manifest.Str(r.Issuer)).Set("audiences", manifest.Strs(r.Audiences...))
	spec.Set("locations", writeLocations(r))
	if r.PayloadHeader != "" {
		spec.Set("forwarding", manifest.Map().Set("headerName", manifest.Str(r.PayloadHeader)))
	}
	spec.Set("jsonWebKeySet", writeKeys(r))
	return name
}

// writeLocations prints where a token is looked for; nil is the usual places, unless
// it is left on the request, which stands beside a header.
func writeLocations(r intent.TokenRule) *manifest.Node {
	forwards := r.Forward != nil && *r.Forward
	headers, params := r.Headers, r.Params
	if len(headers)+len(params)+len(r.Cookies) == 0 {
		if !forwards {
			return nil
		}
		headers, params = usualHeaders, usualParams
	}
	out := manifest.List()
	for _, h := range headers {
		n := manifest.Map().Set("name", manifest.Str(h.Name))
		if h.Prefix != "" {
			n.Set("valuePrefix", manifest.Str(h.Prefix))
		}
		if forwards {
			n.Set("forward", manifest.Bool(true))
		}
		out.Append(manifest.Map().Set("header", n))
	}
	for _, p := range params {
		out.Append(manifest.Map().Set("queryParam", manifest.Map().Set("name", manifest.Str(p))))
	}
	for _, c := range r.Cookies {
		out.Append(manifest.Map().Set("cookie", manifest.Map().Set("name", manifest.Str(c))))
	}
	return out
}

// writeKeys prints where the keys are. The name of their server is looked up: of
// itself, Consul's proxies would take it for an address.
// agent/xds/clusters.go makeJWKSDiscoveryClusterType
func writeKeys(r intent.TokenRule) *manifest.Node {
	if r.JWKS != "" {
		return manifest.Map().Set("local", manifest.Map().Set("jwks", manifest.Str(base64.StdEncoding.EncodeToString([]byte(r.JWKS)))))
	}
	remote := manifest.Map().Set("uri", manifest.Str(r.JWKSURI))
	if d, err := time.ParseDuration(r.TimeoutText); err == nil && d > 0 {
		remote.Set("requestTimeoutMs", manifest.Int(int(d/time.Millisecond)))
	}
	remote.Set("jwksCluster", manifest.Map().Set("discoveryType", manifest.Str("STRICT_DNS")))
	return manifest.Map().Set("remote", remote)
}

// demanded prints what is asked of the token of a line; nil is nothing.
func (w *writer) demanded(s legal.Named, d demand) *manifest.Node {
	if len(d) == 0 {
		return nil
	}
	out, seen := manifest.List(), map[string]bool{}
	for _, alt := range d {
		for _, r := range w.accepted[match.Key(s.Subject)] {
			n, key := r.demanded(alt)
			if n != nil && !seen[key] {
				seen[key] = true
				out.Append(n)
			}
		}
	}
	return manifest.Map().Set("providers", out)
}

// demanded prints a demand for a token of a provider, with a key that is equal for
// equal ones; nil is that none of its tokens can be meant.
func (r namedRule) demanded(alt []match.Literal) (*manifest.Node, string) {
	n, claims, keys := manifest.Map().Set("name", manifest.Str(r.name)), manifest.List(), []string{r.name}
	for _, l := range alt {
		path, value := claimPath(l.Atom.Key), l.Atom.Value
		if l.Atom.Key == "principal" {
			var ok bool
			if value, ok = r.subject(l.Atom); !ok {
				return nil, ""
			}
			if path = []string{"sub"}; value == "" {
				n.Because(intent.From(l.Atom.Place())...)
				continue
			}
		}
		keys = append(keys, strconv.Quote(strings.Join(path, ".")+"="+value))
		claims.Append(manifest.Map().Set("path", manifest.Strs(path...)).Set("value", manifest.Str(value).Because(intent.From(l.Atom.Place())...)))
	}
	if len(claims.Kids) > 0 {
		n.Set("verifyClaims", claims)
	}
	return n, strings.Join(keys, " ")
}

// subject is whom a token of the rule must be about, "" for anybody; not ok is that
// none of its tokens is meant.
func (r namedRule) subject(a match.Atom) (subject string, ok bool) {
	own := r.Issuer + "/"
	switch a.Op {
	case match.Regex:
		return "", true
	case match.Prefix:
		return "", strings.HasPrefix(own, a.Value)
	}
	subject, ok = strings.CutPrefix(a.Value, own)
	return subject, ok && nameable(subject)
}

// claimPath is the path of a token's attribute in the token.
func claimPath(key string) []string {
	for claim, name := range claimNames {
		if name == key {
			key = claim
		}
	}
	const dot = "\x00"
	path := strings.Split(strings.ReplaceAll(strings.TrimPrefix(key, claimKey), `\.`, dot), ".")
	for i := range path {
		path[i] = strings.ReplaceAll(path[i], dot, ".")
	}
	return path
}
