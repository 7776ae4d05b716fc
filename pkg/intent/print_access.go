package intent

import (
	"fmt"
	"strings"
)

func (p *printer) access(a *Access) {
	mode := ""
	if a.Mode != Enforced {
		mode = "(" + a.Mode.String() + ")"
	}
	p.line(a.Effect.String(), a.Provider, failing(a.FailOpen), mode, side(a.Side), where("at", a.Scope.Subject), where("of", a.Scope.Client), where("when", a.When), number("status", a.Status))
}

func (p *printer) def(d *Default) {
	withheld := ""
	if d.Withheld {
		withheld = "withheld: " + d.Why
	}
	p.line("default", d.Effect.String(), side(d.Side), where("at", d.Scope.Subject), where("of", d.Scope.Client), withheld)
}

// side names the caller's; the server's goes without saying.
func side(s Side) string {
	if s == Dialled {
		return "dialled"
	}
	return ""
}

func (p *printer) tokens(t *Tokens) {
	lenient := ""
	if t.Lenient {
		lenient = "taken for none where they are not valid"
	}
	p.line("tokens", lenient, where("at", t.Scope.Subject))
	p.nested(func() {
		for _, r := range t.Rules {
			r.From = nil
			unchecked := ""
			if r.Unchecked {
				unchecked = "unchecked"
			}
			p.line("issuer", r.Issuer, unchecked, fmt.Sprintf("audiences %v keys %q headers %v params %v cookies %v forward %s payload %q claims %s spaces %v timeout %q",
				r.Audiences, r.JWKS+r.JWKSURI, r.Headers, r.Params, r.Cookies, orUnset(r.Forward), r.PayloadHeader, pairsText(r.ClaimHeaders), r.SpaceClaims, r.TimeoutText))
		}
	})
}

func (p *printer) entry(e *Entry) {
	parent := ""
	if !e.Parent.IsZero() {
		parent = "of " + e.Parent.String()
	}
	p.line("entry", e.Name.String(), parent, e.Class, pairsText(e.Selector), labelled("open to", e.Offers), where("from", e.OffersTo))
	p.nested(func() {
		for _, l := range e.Listeners {
			p.line(l.Protocol, fmt.Sprint(l.Port), strings.Join(l.Hosts, ","), "routes", l.Routes, where("from", l.RoutesFrom), l.TLS.text())
		}
	})
}

func pairsText(pairs []Pair) string {
	var out []string
	for _, p := range pairs {
		out = append(out, p.Key+"="+p.Value)
	}
	return strings.Join(out, ",")
}

// failing says that a request passes where nobody answers.
func failing(open bool) string {
	if open {
		return "if it answers"
	}
	return ""
}
