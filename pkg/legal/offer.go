package legal

import (
	"encoding/binary"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// offer is what one fact lets in at a unit.
type offer struct {
	fact *intent.Access // what it stems from; its Scope and When are not looked at
	when match.Expr     // whom it lets in, exactly: all denials are taken off
	// said are the alternatives of when whose literals the target can say; lost
	// are the literals that kept the others out.
	said []conjunct
	lost []match.Literal
	// overflow says that there were too many alternatives.
	overflow bool
}

// manyAlternatives bounds the alternatives of one offer.
const manyAlternatives = 1024

// offers computes who is let in at a unit and why, but for denials that are
// accepted to be dropped. Units of one port that the same facts cover have the
// same.
func (s *servers) offers(u *unit) []offer {
	key := pointKey(u.port, u.cover)
	if out, ok := s.known[key]; ok || s.costly[key] {
		return out
	}
	out := s.compute(u, s.accepted)
	s.known[key] = out
	return out
}

// pointKey tells points apart by their port and the facts that cover them.
func pointKey(port int, cover []int) string {
	key := make([]byte, 0, 64)
	key = binary.AppendVarint(key, int64(port))
	for _, i := range cover {
		key = binary.AppendVarint(key, int64(i))
	}
	return string(key)
}

// compute computes offers. Facts in without are not looked at.
func (s *servers) compute(u *unit, without map[*intent.Access]bool) []offer {
	allows, denials, how := s.parts(u, without)
	var out []offer
	for _, a := range allows {
		out = s.offer(out, a.fact, leftOf(a.when, denials, how))
	}
	return out
}

// allowed is what a fact lets in at a unit, whatever is denied.
type allowed struct {
	fact *intent.Access
	when match.Expr
}

// parts are what is let in at a unit, the default last, what is denied there, and how
// connections to it are.
func (s *servers) parts(u *unit, without map[*intent.Access]bool) (allows []allowed, denials []match.Expr, how *intent.Transport) {
	var fallback *intent.Default
	how = s.secured(u)
	for _, i := range u.cover {
		switch f := s.facts[i]; {
		case f.def != nil && fallback == nil:
			fallback = f.def
		case f.access != nil && f.access.Effect == intent.Deny && !without[f.access]:
			denials = append(denials, s.at(u, how.Mode, f.access.When))
		case f.access != nil && f.access.Effect == intent.Allow:
			allows = append(allows, allowed{f.access, s.at(u, how.Mode, f.access.When)})
		}
	}
	if fallback != nil && fallback.Effect == intent.Allow {
		allows = append(allows, allowed{&intent.Access{Home: fallback.Home, Effect: intent.Allow, From: fallback.From}, match.True})
	}
	return allows, denials, how
}

// leftOf is what denials, and a transport that takes no plain text, leave of an allow.
// What an allow is seen to have nothing in common with takes nothing off.
func leftOf(allow match.Expr, denials []match.Expr, how *intent.Transport) match.And {
	out := match.And{allow}
	for _, d := range denials {
		if !match.Apart(allow, d) {
			out = append(out, match.Negate(d))
		}
	}
	if how.Mode == intent.Strict {
		out = append(out, how.Takes())
	}
	return out
}

// offered is an offer and the predicate that it was made of.
type offered struct {
	asked match.Expr
	offer
}

// offer adds one, if it lets anyone in.
func (s *servers) offer(to []offer, a *intent.Access, when match.And) []offer {
	asked := match.Simplify(when)
	o := s.last[a]
	if o.fact == nil || !match.Identical(o.asked, asked) {
		o = offered{asked, s.offerOf(a, asked)}
		s.last[a] = o
	}
	if len(o.said) == 0 && !o.overflow && len(o.lost) == 0 {
		return to
	}
	return append(to, o.offer)
}

func (s *servers) offerOf(a *intent.Access, when match.Expr) offer {
	o := offer{fact: a, when: s.speech.reword(intent.Allow, when)}
	all, ok := conjuncts(o.when, manyAlternatives)
	if !ok {
		o.lost = s.speech.unsaid(intent.Allow, o.when)
		all, ok = conjuncts(match.Strengthen(o.when, s.speech.can(intent.Allow)), manyAlternatives)
		o.overflow = !ok
	}
	for _, c := range all {
		bad := c.only(func(l match.Literal) bool { return s.speech.no(intent.Allow, l) != "" })
		if len(bad) == 0 {
			o.said = append(o.said, c)
		}
		o.lost = append(o.lost, bad...)
	}
	return o
}

// secured is how connections to a unit are.
func (s *servers) secured(u *unit) *intent.Transport {
	for _, i := range u.cover {
		if t := s.facts[i].served; t != nil {
			return t
		}
	}
	return &intent.Transport{Mode: intent.Permissive}
}

// at is a condition at the unit's port, for the clients that its transport
// leaves.
func (s *servers) at(u *unit, mode intent.TLSMode, when match.Expr) match.Expr {
	if u.port != 0 {
		when = atPort(when, u.port)
	} else {
		when = elsewhere(when)
	}
	if mode != intent.Plain {
		return when
	}
	return match.Map(when, func(a match.Atom) match.Expr {
		if a.Field.Identity() {
			return match.False
		}
		return nil
	})
}
