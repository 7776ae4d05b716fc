package decide

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// profile is the admission of one subject: a workload at one port.
type profile struct {
	// admits is who is let in with which request, apart from askers and invalid
	// tokens.
	admits match.Expr
	// asks are the conditions under which providers must agree.
	asks map[string]match.Expr
	// tokens are the accepted issuers, as sorted texts; checked says whether
	// tokens are looked at.
	tokens  []string
	checked bool
	// lenient takes tokens that are not accepted for none.
	lenient bool
	// marks are what facts that enforce nothing hold for, by mode and effect.
	marks map[string]match.Expr
	// facts are the conditions of those that let in or keep out, one by one.
	facts []match.Expr
	// by are the facts that it comes from.
	by covering
}

// model has just the facts that cover the subject.
func (p *profile) model() *intent.Model { return p.by.model() }

// covering are the facts of one model that cover a subject.
type covering struct {
	transport *intent.Transport
	access    []*intent.Access
	def       *intent.Default
	tokens    []*intent.Tokens
	dialled   dialledFacts
}

// model is a model of these facts alone.
func (c covering) model() *intent.Model {
	m := &intent.Model{Access: slices.Concat(c.access, c.dialled.access), Default: slices.Clone(c.dialled.def), Tokens: c.tokens}
	if c.def != nil {
		m.Default = append(m.Default, c.def)
	}
	if c.transport != nil {
		m.Transport = []*intent.Transport{c.transport}
	}
	return m
}

// profileOf settles what the covering facts mean at a subject; at replaces the
// subject's attributes in conditions.
func profileOf(c covering, at func(match.Expr) match.Expr) profile {
	p := profile{by: c}
	var allow, deny []match.Expr
	for _, a := range c.access {
		when := at(a.When)
		if a.Mode != intent.Enforced {
			mark := a.Mode.String() + " " + a.Effect.String()
			p.marks = with(p.marks, mark, when)
			continue
		}
		switch a.Effect {
		case intent.Allow:
			allow, p.facts = append(allow, when), append(p.facts, when)
		case intent.Deny:
			deny, p.facts = append(deny, when), append(p.facts, when)
		case intent.Ask:
			if p.asks = with(p.asks, a.Provider+answering, when); !a.FailOpen {
				p.asks = with(p.asks, a.Provider, when)
			}
		}
	}
	if c.def == nil || c.def.Effect == intent.Allow {
		allow = []match.Expr{match.True}
	}
	p.admits = match.Conj(match.Disj(allow...), match.Negate(match.Disj(deny...)))
	p.settleTransport(c.transport)
	p.settleTokens(c.tokens)
	p.settleDialled(c.dialled, at)
	return p
}

// answering follows the name of a provider in the place of one whose refusal is obeyed where
// it answers; who asks a provider that must answer obeys that too.
const answering = ", where it answers,"

// settleDialled keeps out what callers may not dial.
func (p *profile) settleDialled(d dialledFacts, at func(match.Expr) match.Expr) {
	if len(d.access)+len(d.def) == 0 {
		return
	}
	p.admits = match.Conj(p.admits, at(d.inside()))
}

// with adds to what holds for a name.
func with(all map[string]match.Expr, name string, when match.Expr) map[string]match.Expr {
	if all == nil {
		all = map[string]match.Expr{}
	}
	all[name] = match.Disj(orFalse(all[name]), when)
	return all
}

// from is what the profile comes from.
func (p *profile) from() intent.Origin {
	var out intent.Origin
	for _, a := range p.by.access {
		if a.Mode == intent.Enforced {
			out = append(out, a.From...)
		}
	}
	if p.by.def != nil {
		out = append(out, p.by.def.From...)
	}
	if t := p.by.transport; t != nil && (t.Mode == intent.Strict || t.Mode == intent.Plain) {
		out = append(out, t.From...)
	}
	return append(out, p.by.dialled.from()...)
}

// like reports whether two profiles are seen to be the same.
func (p *profile) like(q *profile) bool { return p.besides(q) && match.Equal(p.admits, q.admits) }

// besides reports whether two profiles can differ in nothing but whom they let in.
func (p *profile) besides(q *profile) bool {
	return len(p.asks)+len(q.asks)+len(p.marks)+len(q.marks) == 0 && slices.Equal(p.tokens, q.tokens)
}

// within reports whether p lets in nothing that q does not.
func (c *comparison) within(p, q *profile) bool {
	if !p.besides(q) {
		return false
	}
	_, answer := c.space.Implies(p.admits, q.admits)
	return answer == match.Yes
}

func orFalse(e match.Expr) match.Expr {
	if e == nil {
		return match.False
	}
	return e
}

// settleTransport: strict refuses clients without identity, plain takes every
// client's identity away.
func (p *profile) settleTransport(t *intent.Transport) {
	if t == nil {
		return
	}
	switch t.Mode {
	case intent.Strict:
		p.admits = match.Conj(t.Takes(), p.admits)
	case intent.Plain:
		strip := func(a match.Atom) match.Expr {
			if a.Field.Identity() {
				return match.False
			}
			return nil
		}
		p.admits = match.Map(p.admits, strip)
		for k, e := range p.asks {
			p.asks[k] = match.Map(e, strip)
		}
	}
}

// settleTokens: requests have attributes of tokens that are accepted, and of no
// others; where no tokens are looked at, they have none.
func (p *profile) settleTokens(sets []*intent.Tokens) {
	var valid []match.Expr
	for _, s := range sets {
		p.checked, p.lenient = p.checked || len(s.Rules) > 0, s.Lenient
		for _, r := range s.Rules {
			p.tokens, valid = append(p.tokens, tokenText(r)), append(valid, acceptedBy(r))
		}
	}
	slices.Sort(p.tokens)
	p.tokens = slices.Compact(p.tokens)
	if p.lenient {
		p.tokens = append(p.tokens, "or none")
	}
	p.onTokens(match.Disj(valid...))
}

// onTokens has atoms on tokens hold only where valid does, too.
func (p *profile) onTokens(valid match.Expr) {
	and := func(a match.Atom) match.Expr {
		if a.Field == match.Token {
			return match.Conj(a, valid)
		}
		return nil
	}
	p.admits = match.Map(p.admits, and)
	for k, e := range p.asks {
		p.asks[k] = match.Map(e, and)
	}
}

// acceptedBy holds for the tokens that a rule accepts.
func acceptedBy(r intent.TokenRule) match.Expr {
	if r.Issuer == "" {
		return match.True
	}
	var audiences []match.Expr
	for _, a := range r.Audiences {
		audiences = append(audiences, match.Atom{Field: match.Token, Key: "audience", Value: a})
	}
	issued := match.Atom{Field: match.Token, Key: "principal", Op: match.Prefix, Value: r.Issuer + "/"}
	if len(audiences) == 0 {
		return issued
	}
	return match.Conj(issued, match.Disj(audiences...))
}

func tokenText(r intent.TokenRule) string {
	for i := range r.ClaimHeaders {
		r.ClaimHeaders = slices.Clone(r.ClaimHeaders)
		r.ClaimHeaders[i].From = nil
	}
	parts := []string{r.Issuer, strings.Join(r.Audiences, ","), r.JWKS, r.JWKSURI, strings.Join(r.Params, ","), strings.Join(r.Cookies, ","),
		strconv.FormatBool(r.Forward != nil && *r.Forward), strconv.FormatBool(r.Unchecked), r.PayloadHeader, strings.Join(r.SpaceClaims, ","), r.TimeoutText}
	for _, h := range r.Headers {
		parts = append(parts, h.Name+" "+h.Prefix)
	}
	for _, c := range r.ClaimHeaders {
		parts = append(parts, c.Key+"="+c.Value)
	}
	return strings.Join(parts, "|")
}

// appendKey appends what tells profiles apart that are written differently.
func (p *profile) appendKey(b []byte) []byte {
	b = match.AppendKey(b, p.admits)
	b = appendNamed(b, "; ask ", p.asks)
	for _, t := range p.tokens {
		b = append(append(b, "; "...), t...)
	}
	return appendNamed(b, "; ", p.marks)
}

// appendNamed appends names and what holds for them.
func appendNamed(b []byte, label string, all map[string]match.Expr) []byte {
	for _, name := range namesOf(all) {
		b = append(append(append(b, label...), name...), ' ')
		b = match.AppendKey(b, all[name])
	}
	return b
}

// namesOf are the keys of maps, sorted.
func namesOf(maps ...map[string]match.Expr) []string {
	var out []string
	for _, m := range maps {
		for name := range m {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
