package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

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
	subject  match.Atom // whose token it must be; without a value, anybody's
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
		next, claims := demanded{name: name, provider: r.providers[name]}, []match.Expr{}
		for _, c := range p.get("verifyClaims").items() {
			claim := claimOf(c)
			if claim.Key == claimKey+"sub" && next.subject.Value == "" && nameable(claim.Value) {
				next.subject = claim
			} else {
				claims = append(claims, claim)
			}
		}
		next.claims = match.Conj(claims...)
		d.providers = append(d.providers, next)
	}
	if len(d.providers) == 0 {
		return nil
	}
	return d
}

// claimOf is a claim of a token that is one text, which a list of texts is not.
// Dots within names of a path are escaped.
func claimOf(n value) match.Atom {
	var path []string
	for _, name := range n.get("path").texts() {
		path = append(path, strings.ReplaceAll(name, ".", `\.`))
	}
	a := match.Atom{Field: match.Token, Key: claimKey + strings.Join(path, "."), Op: match.Sole, Value: n.get("value").text(), Ref: new(n.Node.Ref())}
	if key, ok := claimNames[a.Key]; ok {
		a.Key = key
	}
	if !a.Field.Many(a.Key) {
		a.Op = match.Exact
	}
	return a
}

// claimKey begins the keys of token attributes that are claims; claimNames are those
// that have names of their own.
const claimKey = "claim:"

var claimNames = map[string]string{claimKey + "aud": "audience", claimKey + "azp": "presenter"}

// nameable reports whether a subject can be told from its issuer where both stand
// behind each other.
func nameable(subject string) bool { return subject != "" && !strings.Contains(subject, "/") }

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
		any = append(any, match.Conj(p.issued(d.node), p.provider.intended(d.node), p.claims))
	}
	return match.Disj(any...)
}

// issued holds for the tokens of a provider's issuer, of the subject if one is said.
func (p demanded) issued(at value) match.Expr {
	a := match.Atom{Field: match.Token, Key: "principal", Op: match.Prefix, Value: p.provider.rule.Issuer + "/", Ref: new(at.Node.Ref())}
	if p.subject.Value != "" {
		a.Op, a.Value, a.Ref = match.Exact, a.Value+p.subject.Value, p.subject.Ref
	}
	return a
}

// intended holds for tokens for a provider's audiences, where another one has the
// same issuer.
func (p *provider) intended(at value) match.Expr {
	if !p.shared || len(p.rule.Audiences) == 0 {
		return match.True
	}
	var any []match.Expr
	for _, a := range p.rule.Audiences {
		any = append(any, match.Atom{Field: match.Token, Key: "audience", Value: a, Ref: new(at.Node.Ref())})
	}
	return match.Disj(any...)
}

// tokens lifts whose tokens are looked at by a destination: where one is asked for
// with effect, those of all providers that its intentions name. Consul does not
// refuse a request for a token that is not valid, but takes it for one without a
// token.
func (r *reader) tokens(dest service, list []*intention) {
	var rules []intent.TokenRule
	var from intent.Origin
	var at *source.Object // that asks first
	seen := map[string]bool{}
	for _, x := range list {
		for _, d := range x.demands() {
			if d == nil {
				continue
			}
			if d.used {
				from, at = append(from, d.node.Node.Ref()), cmp.Or(at, x.object)
			}
			for _, p := range d.providers {
				if p.provider == nil || seen[p.name] {
					continue
				}
				r.sameKeys(dest, d, p.provider, rules)
				seen[p.name], rules = true, append(rules, p.provider.rule)
			}
		}
	}
	if len(from) == 0 {
		return
	}
	for name := range seen {
		r.providers[name].used = true
	}
	r.m.Tokens = append(r.m.Tokens, &intent.Tokens{Home: r.home(at), Scope: intent.Scope{Subject: r.names.subject(dest, at.Ref())}, Rules: rules, Lenient: true, From: from})
}

// sameKeys keeps apart providers of one issuer that tell its tokens by other keys, or
// look for them elsewhere: what is asked of one says nothing of the other's tokens.
func (r *reader) sameKeys(dest service, d *tokenDemand, p *provider, rules []intent.TokenRule) {
	differs := func(o intent.TokenRule) bool {
		return o.Issuer == p.rule.Issuer && (o.JWKS != p.rule.JWKS || o.JWKSURI != p.rule.JWKSURI || !slices.Equal(o.Headers, p.rule.Headers) || !slices.Equal(o.Params, p.rule.Params) || !slices.Equal(o.Cookies, p.rule.Cookies))
	}
	if !slices.ContainsFunc(rules, differs) {
		return
	}
	op := r.field(p.object, specOf(p.object).get("issuer"), "it tells tokens from those of another provider of the same issuer")
	op.Security, op.Scope = true, intent.Scope{Subject: r.names.subject(dest, d.node.Node.Ref())}
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
