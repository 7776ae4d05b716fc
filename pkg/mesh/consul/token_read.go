package consul

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// provider is a JWTProvider as read.
type provider struct {
	object *source.Object
	rule   intent.TokenRule
	used   bool
}

// readProvider reads whose tokens are accepted, and where they are looked for.
// What Consul does not tell Envoy has no effect: agent/xds/jwt_authn.go.
func (r *reader) readProvider(o *source.Object) {
	if old := r.providers[o.Name]; old != nil {
		r.wrong(o, "there is a second one of that name", old.object.Ref())
		return
	}
	spec := specOf(o)
	r.home(o)
	p := &provider{object: o, rule: intent.TokenRule{Issuer: spec.get("issuer").text(), Audiences: spec.get("audiences").texts(), From: intent.From(o.Ref())}}
	r.providers[o.Name] = p
	for _, l := range spec.get("locations").items() {
		r.location(&p.rule, l)
	}
	if f := spec.get("forwarding"); !f.missing() {
		p.rule.PayloadHeader = f.get("headerName").text()
		if v := f.get("padForwardPayloadHeader"); v.boolean() {
			r.field(o, v, "how the payload is padded")
		}
	}
	for _, key := range []string{"clockSkewSeconds", "cacheConfig"} {
		if v := spec.get(key); !v.missing() {
			v.Node.MarkRead()
			r.inert(v.Node, key+" is not told to proxies")
		}
	}
	r.keySet(o, p, spec.get("jsonWebKeySet"))
}

func (r *reader) location(rule *intent.TokenRule, n value) {
	header, param, cookie := n.get("header"), n.get("queryParam"), n.get("cookie")
	said := 0
	if !header.missing() {
		said++
		rule.Headers = append(rule.Headers, intent.TokenHeader{Name: strings.ToLower(header.get("name").text()), Prefix: header.get("valuePrefix").text()})
		forward := header.get("forward").boolean() // of several headers the last counts
		rule.Forward = &forward
	}
	if !param.missing() {
		said++
		rule.Params = append(rule.Params, param.get("name").text())
	}
	if !cookie.missing() {
		said++
		rule.Cookies = append(rule.Cookies, cookie.get("name").text())
	}
	if said != 1 {
		n.Node.Reject("must say exactly one of header, queryParam and cookie")
	}
}

// keySet reads where the keys are.
func (r *reader) keySet(o *source.Object, p *provider, n value) {
	local, remote := n.get("local"), n.get("remote")
	switch {
	case local.missing() == remote.missing():
		specOf(o).Node.Reject("must say exactly one of jsonWebKeySet.local and jsonWebKeySet.remote")
	case !local.missing():
		p.rule.JWKS = decodeKeys(local.get("jwks"))
		r.field(o, local.get("filename"), "a file of the proxy's machine holds the keys")
	default:
		p.rule.JWKSURI = remote.get("uri").text()
		if v := remote.get("requestTimeoutMs"); !v.missing() {
			whole := time.Duration(v.count()) * time.Millisecond / time.Second // agent/xds/jwt_authn.go makeRemoteJWKS
			p.rule.TimeoutText = strconv.Itoa(int(whole)) + "s"
		}
		if v := remote.get("cacheDuration"); v.duration() > 0 {
			v.Node.Reject("is told to proxies in wrong units, which refuse the listener and keep what they had")
		}
		if v := remote.get("fetchAsynchronously"); !v.missing() {
			v.boolean()
			v.Node.Skip("only says when keys are fetched")
		}
		r.fields(o, remote, "how keys are fetched", "useSNI", "retryPolicy", "jwksCluster")
	}
}

// decodeKeys reads keys that are written in base64.
func decodeKeys(v value) string {
	keys, err := base64.StdEncoding.DecodeString(v.text())
	if err != nil {
		v.Node.Reject("is not base64")
	}
	return string(keys)
}

// tokenDemand is which tokens an intention or a permission asks for.
type tokenDemand struct {
	node      value
	providers []demanded
	used      bool
}

type demanded struct {
	name     string
	provider *provider
	claims   match.Expr
}

// tokenDemand reads one; nil is none.
func (r *reader) tokenDemand(n value) *tokenDemand {
	if n.missing() {
		return nil
	}
	d := &tokenDemand{node: n}
	for _, p := range n.get("providers").items() {
		name := p.get("name").text()
		if name == "" {
			p.Node.Reject("has no name")
		}
		var claims []match.Expr
		for _, c := range p.get("verifyClaims").items() {
			claims = append(claims, claimOf(c))
		}
		d.providers = append(d.providers, demanded{name, r.providers[name], match.Conj(claims...)})
	}
	if len(d.providers) == 0 {
		return nil
	}
	return d
}

// claimOf is a claim of a token with exactly a value. Dots within names of a path
// are escaped.
func claimOf(n value) match.Expr {
	var path []string
	for _, name := range n.get("path").texts() {
		path = append(path, strings.ReplaceAll(name, ".", `\.`))
	}
	return match.Atom{Field: match.Token, Key: "claim:" + strings.Join(path, "."), Value: n.get("value").text(), Ref: n.Node.Ref()}
}

// unknown is the first provider that the input lacks, or "".
func (d *tokenDemand) unknown() string {
	if d == nil {
		return ""
	}
	for _, p := range d.providers {
		if p.provider == nil {
			return p.name
		}
	}
	return ""
}

// holds is a predicate for requests with such a token: of one of the issuers, with
// all of its claims. It marks the demand as used.
func (d *tokenDemand) holds() match.Expr {
	if d == nil {
		return match.True
	}
	d.used = true
	var any []match.Expr
	for _, p := range d.providers {
		if p.provider == nil {
			continue // its object is refused
		}
		issuer := match.Atom{Field: match.Token, Key: "issuer", Value: p.provider.rule.Issuer, Ref: d.node.Node.Ref()}
		any = append(any, match.Conj(issuer, p.claims))
	}
	return match.Disj(any...)
}

// tokens lifts whose tokens are looked at by a destination: where one is asked for
// with effect, those of all providers that its intentions name. Consul does not
// refuse a request for a token that is not valid, but takes it for one without a
// token; here it is denied, which is stricter.
func (r *reader) tokens(dest service, list []*intention) {
	var rules []intent.TokenRule
	var from intent.Origin
	seen := map[string]bool{}
	for _, x := range list {
		for _, d := range x.demands() {
			if d == nil {
				continue
			}
			if d.used {
				from = append(from, d.node.Node.Ref())
			}
			for _, p := range d.providers {
				if p.provider != nil && !seen[p.name] {
					seen[p.name] = true
					rules = append(rules, p.provider.rule)
				}
			}
		}
	}
	if len(from) == 0 {
		return
	}
	for name := range seen {
		r.providers[name].used = true
	}
	at := list[0].object
	r.m.Tokens = append(r.m.Tokens, &intent.Tokens{Home: r.home(at), Scope: intent.Scope{Subject: r.names.subject(dest, at.Ref())}, Rules: rules, From: from})
}

// demands are those of an intention and of its permissions.
func (x *intention) demands() []*tokenDemand {
	out := []*tokenDemand{x.token}
	for _, p := range x.permissions {
		out = append(out, p.token)
	}
	return out
}

// unusedTokens says which demands have no effect.
func (r *reader) unusedTokens(all []*intention) {
	said := map[*tokenDemand]bool{}
	for _, x := range all {
		for _, d := range x.demands() {
			if d == nil || d.used || said[d] {
				continue
			}
			said[d] = true
			r.inert(d.node.Node, "tokens are not asked for here: not on tcp, and not where the default is to allow")
		}
	}
	for _, name := range sortedKeys(r.providers) {
		if p := r.providers[name]; !p.used {
			specOf(p.object).Node.Skip("no intention asks for its tokens")
			r.diags.Add(diag.Inert, p.object.Ref().Object+": no intention asks for its tokens", "remove it, or name it in an intention", p.object.Ref())
		}
	}
}
