package decide

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// compareTokens compares which tokens are accepted, where anyone is let in after: a
// token that one side refuses and the other accepts is a request that is let in
// there. What only says what becomes of a token that is accepted is different.
func (c *comparison) compareTokens(scope string, a, b *profile, open bool) {
	if slices.Equal(a.tokens, b.tokens) || !open {
		return
	}
	rulesA, rulesB := tokenRules(a), tokenRules(b)
	if a.lenient || b.lenient {
		c.compareLenient(scope, a, b)
		return
	}
	more := len(b.tokens) == 0 || len(a.tokens) > 0 && beyond(rulesB, rulesA)
	less := len(a.tokens) == 0 || len(b.tokens) > 0 && beyond(rulesA, rulesB)
	c.tokensDiffer(scope, a, b, more, less)
}

// compareLenient compares tokens where one side takes those that are not accepted
// for none. Which are accepted is part of who is let in; what remains is the keys by
// which, and whether a request with another one passes as one without does.
func (c *comparison) compareLenient(scope string, a, b *profile) {
	rulesA, rulesB := tokenRules(a), tokenRules(b)
	more := a.turnsAway() && c.passesWithout(b) || otherwise(rulesB, rulesA)
	less := b.turnsAway() && c.passesWithout(a) || otherwise(rulesA, rulesB)
	if more || less || len(rulesA) > 0 && len(rulesB) > 0 && treatedApart(rulesA, rulesB) {
		c.tokensDiffer(scope, a, b, more, less)
	}
}

// tokensDiffer reports what differs; neither more nor less is what becomes of tokens
// that both accept.
func (c *comparison) tokensDiffer(scope string, a, b *profile, more, less bool) {
	add := func(v Verdict) {
		c.add(Difference{
			Aspect: intent.Tokening, Verdict: v, Scope: scope, Witness: tokenWitness(v, a, b),
			A: tokensText(a), B: tokensText(b), FromA: tokensFrom(a), FromB: tokensFrom(b),
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

// turnsAway reports whether a request with a token that is not valid is denied for
// that alone.
func (p *profile) turnsAway() bool { return p.checked && !p.lenient }

// passesWithout reports whether somebody is let in with a token that is not valid:
// as without one, unless that is denied.
func (c *comparison) passesWithout(p *profile) bool {
	if p.turnsAway() {
		return false
	}
	without := match.Map(p.admits, func(a match.Atom) match.Expr {
		if a.Field == match.Token {
			return match.False
		}
		return nil
	})
	_, answer := c.space.Overlap(without, match.True)
	return answer != match.No
}

// otherwise reports whether tokens of an issuer that both know are accepted by
// these rules by other keys, or from other places, than by the others.
func otherwise(rules, others []intent.TokenRule) bool {
	return slices.ContainsFunc(rules, func(r intent.TokenRule) bool {
		same := func(o intent.TokenRule) bool { return o.Issuer == r.Issuer }
		return slices.ContainsFunc(others, same) && !slices.ContainsFunc(others, func(o intent.TokenRule) bool {
			o.Audiences = r.Audiences
			return within(r, o)
		})
	})
}

// treatedApart reports whether something else becomes of tokens of an issuer that
// both know.
func treatedApart(rules, others []intent.TokenRule) bool {
	return slices.ContainsFunc(rules, func(r intent.TokenRule) bool {
		same := func(o intent.TokenRule) bool { return o.Issuer == r.Issuer }
		return slices.ContainsFunc(others, same) && !slices.ContainsFunc(others, func(o intent.TokenRule) bool {
			o.Audiences = r.Audiences
			return tokenText(o) == tokenText(r)
		})
	})
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
	return r.Issuer == of.Issuer && r.JWKS == of.JWKS && r.JWKSURI == of.JWKSURI && (of.Unchecked || !r.Unchecked) && slices.Equal(r.Headers, of.Headers) &&
		slices.Equal(r.Params, of.Params) && slices.Equal(r.Cookies, of.Cookies) &&
		(len(of.Audiences) == 0 || len(r.Audiences) > 0 && !slices.ContainsFunc(r.Audiences, func(a string) bool { return !audience(a) }))
}

// tokenWitness says in words which request shows a difference.
func tokenWitness(v Verdict, a, b *profile) string {
	switch {
	case len(a.tokens) == 0 || len(b.tokens) == 0, v == Wider && a.turnsAway() && !b.turnsAway(), v == Narrower && b.turnsAway() && !a.turnsAway():
		return "a request with a token that is not valid"
	case v == Wider:
		return "a request with a token that only the second accepts"
	case v == Narrower:
		return "a request with a token that only the first accepts"
	}
	return "a request with a token that both accept"
}

func tokensText(p *profile) string {
	rules := tokenRules(p)
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
			if r.Unchecked {
				text += ", whoever answers there"
			}
		}
		parts = append(parts, text)
	}
	slices.Sort(parts)
	if p.lenient {
		return "takes tokens for none but those of " + strings.Join(slices.Compact(parts), ", or of ")
	}
	return "accepts only tokens of " + strings.Join(slices.Compact(parts), ", or of ")
}
