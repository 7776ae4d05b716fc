package decide

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Some meshes tell the trust domains whose identities their servers take, and of
// others only the certificates of their authorities would. So a client of a trust
// domain that neither side takes by its own word, and that no policy names, is not
// compared: it would be by guesses on one side.

var anyTrust = match.Atom{Field: match.ClientTrust, Op: match.Present}

// taken holds for the clients that servers take by their trust domain; without any
// domains it is all.
func taken(domains []string) match.Expr {
	if len(domains) == 0 {
		return match.True
	}
	or := match.Or{match.Not{X: anyTrust}}
	for _, d := range domains {
		or = append(or, match.Atom{Field: match.ClientTrust, Value: d})
	}
	return or
}

// settleTrust keeps out clients of trust domains that servers do not take, where
// the two sides differ in that.
func (c *comparison) settleTrust(a, b *profile) {
	of, to := c.a.Baseline.Trusts, c.b.Baseline.Trusts
	if slices.Equal(of, to) || (len(of) == 0 || len(to) == 0) && len(c.foreign(a, b)) == 0 {
		return
	}
	a.takes(of)
	b.takes(to)
}

// takes has servers take identities of some trust domains only.
func (p *profile) takes(domains []string) {
	if p.by.transport == nil || p.by.transport.Mode != intent.Plain {
		p.admits = match.Conj(taken(domains), p.admits)
	}
}

// domains are those that either side says it takes.
func (c *comparison) domains() []string {
	return slices.Concat(c.a.Baseline.Trusts, c.b.Baseline.Trusts)
}

// known holds for the clients of trust domains that one side takes, or that the
// other names where it takes any; nil is all.
func (c *comparison) known(a, b *profile) match.Expr {
	domains := c.domains()
	if len(domains) == 0 || !ofTrust(a.admits) && !ofTrust(b.admits) {
		return nil
	}
	return append(taken(domains).(match.Or), c.foreign(a, b)...)
}

// ofTrust reports whether a predicate tells trust domains apart.
func ofTrust(e match.Expr) bool {
	tells := false
	match.Atoms(e, func(a match.Atom, _ bool) {
		tells = tells || a.Field == match.ClientTrust || a.Field == match.ClientIdentity
	})
	return tells
}

// foreign are the atoms that name trust domains which neither side is known to
// take, on the side that takes any.
func (c *comparison) foreign(a, b *profile) []match.Expr {
	var out []match.Expr
	for _, side := range []struct {
		m *intent.Model
		p *profile
	}{{c.a, a}, {c.b, b}} {
		if len(side.m.Baseline.Trusts) > 0 {
			continue
		}
		match.Atoms(side.p.admits, func(a match.Atom, _ bool) {
			if c.isForeign(a) && !slices.ContainsFunc(out, func(x match.Expr) bool { return match.Equal(x, a) }) {
				out = append(out, a)
			}
		})
	}
	return out
}

func (c *comparison) isForeign(a match.Atom) bool {
	domain := a.Value
	switch {
	case a.Op == match.Present:
		return false
	case a.Field == match.ClientTrust && a.Op != match.Exact:
		return true
	case a.Field == match.ClientIdentity:
		whole := false
		if domain, _, whole = strings.Cut(a.Value, "/"); !whole || a.Op != match.Exact && a.Op != match.Prefix {
			return false
		}
	case a.Field != match.ClientTrust:
		return false
	}
	return !slices.Contains(c.a.Baseline.Trusts, domain) && !slices.Contains(c.b.Baseline.Trusts, domain)
}
