package decide

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// plausible makes the token of a request one that could be issued, as far as the
// request still shows what it shows: with a subject, of an issuer and for an
// audience that a token rule accepts.
func (c *comparison) plausible(q *match.Request, shows func(*match.Request) bool) *match.Request {
	if len(q.Values(match.Token)) == 0 {
		return q
	}
	if p, ok := q.Lookup(match.Token, "principal"); ok && strings.HasSuffix(p, "/") {
		if next := q.Clone().Set(match.Token, "principal", p+"someone"); shows(next) {
			q = next
		}
	}
	for _, m := range []*intent.Model{c.a, c.b} {
		for _, t := range m.Tokens {
			for i := range t.Rules {
				if next, ok := issued(q, &t.Rules[i]); ok && shows(next) {
					return next
				}
			}
		}
	}
	return q
}

// issued is a request whose token is of a rule's issuer, if that agrees with what
// the request says of the token.
func issued(q *match.Request, r *intent.TokenRule) (*match.Request, bool) {
	out := q.Clone()
	principal, named := out.Lookup(match.Token, "principal")
	if !named {
		principal = r.Issuer + "/someone"
		out.Set(match.Token, "principal", principal)
	}
	subject, ok := strings.CutPrefix(principal, r.Issuer+"/")
	if !ok {
		return nil, false
	}
	add := func(key, value string) {
		if _, there := out.Lookup(match.Token, key); !there {
			out.Set(match.Token, key, value)
		}
	}
	add("issuer", r.Issuer)
	add("subject", subject)
	if len(r.Audiences) > 0 {
		add("audience", r.Audiences[0])
	}
	issuer, _ := out.Lookup(match.Token, "issuer")
	return out, issuer == r.Issuer
}
