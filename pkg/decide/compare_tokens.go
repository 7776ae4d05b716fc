package decide

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// compareTokens compares which tokens are accepted, where anyone is let in after: a
// token that one side refuses and the other accepts is a request that is let in
// there. What only says what becomes of a token that is accepted is different.
func (c *comparison) compareTokens(scope string, a, b *profile, open bool) {
	if slices.Equal(a.tokens, b.tokens) || !open {
		return
	}
	rulesA, rulesB := tokenRules(a), tokenRules(b)
	more := len(b.tokens) == 0 || len(a.tokens) > 0 && beyond(rulesB, rulesA)
	less := len(a.tokens) == 0 || len(b.tokens) > 0 && beyond(rulesA, rulesB)
	add := func(v Verdict) {
		c.add(Difference{
			Aspect: intent.Tokening, Verdict: v, Scope: scope, Witness: tokenWitness(v, a, b),
			A: tokensText(rulesA), B: tokensText(rulesB), FromA: tokensFrom(a), FromB: tokensFrom(b),
		})
	}
	if more {
		add(Wider)
	}
	if less {
		add(Narrower)
	}
	if !more && !less {
		add(Different)
	}
}

// tokenRules are those that hold at a workload.
func tokenRules(p *profile) (out []intent.TokenRule) {
	for _, t := range p.model().Tokens {
		out = append(out, t.Rules...)
	}
	return out
}

func tokensFrom(p *profile) (out intent.Origin) {
	for _, t := range p.model().Tokens {
		for _, r := range t.Rules {
			out = append(out, r.From...)
		}
	}
	return out
}

// beyond reports whether some of these rules accepts a token that none of the
// others does.
func beyond(rules, others []intent.TokenRule) bool {
	return slices.ContainsFunc(rules, func(r intent.TokenRule) bool {
		return !slices.ContainsFunc(others, func(o intent.TokenRule) bool { return within(r, o) })
	})
}

// within reports whether all tokens that a rule accepts are accepted by another,
// which looks for them in the same places.
func within(r, of intent.TokenRule) bool {
	audience := func(a string) bool { return slices.Contains(of.Audiences, a) }
	return r.Issuer == of.Issuer && r.JWKS == of.JWKS && r.JWKSURI == of.JWKSURI && slices.Equal(r.Headers, of.Headers) &&
		slices.Equal(r.Params, of.Params) && slices.Equal(r.Cookies, of.Cookies) &&
		(len(of.Audiences) == 0 || len(r.Audiences) > 0 && !slices.ContainsFunc(r.Audiences, func(a string) bool { return !audience(a) }))
}

// tokenWitness says in words which request shows a difference.
func tokenWitness(v Verdict, a, b *profile) string {
	switch {
	case len(a.tokens) == 0 || len(b.tokens) == 0:
		return "a request with a token that is not valid"
	case v == Wider:
		return "a request with a token that only the second accepts"
	case v == Narrower:
		return "a request with a token that only the first accepts"
	}
	return "a request with a token that both accept"
}

func tokensText(rules []intent.TokenRule) string {
	if len(rules) == 0 {
		return "looks at no tokens"
	}
	var parts []string
	for _, r := range rules {
		text := r.Issuer
		if len(r.Audiences) > 0 {
			text += " for " + strings.Join(r.Audiences, " or ")
		}
		if r.JWKSURI != "" {
			text += " with the keys of " + r.JWKSURI
		}
		parts = append(parts, text)
	}
	slices.Sort(parts)
	return "accepts only tokens of " + strings.Join(slices.Compact(parts), ", or of ")
}
