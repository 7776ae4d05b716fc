package legal

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// conjunct is a conjunction of literals; empty, it holds everywhere.
type conjunct []match.Literal

// conjuncts writes e as alternatives, each without what is redundant in it and
// without those that cannot hold; ok is false past the limit.
func conjuncts(e match.Expr, limit int) (all []conjunct, ok bool) {
	dnf, ok := match.DNF(e, limit)
	if !ok {
		return nil, false
	}
	p := pruner{known: map[string]bool{}}
	for _, ls := range dnf {
		if c, possible := p.prune(ls); possible {
			all = append(all, c)
		}
	}
	return p.minimal(all), true
}

// disjunction is the predicate that the alternatives spell.
func disjunction(all []conjunct) match.Expr {
	or := make(match.Or, len(all))
	for i, c := range all {
		or[i] = c.expr()
	}
	return match.Simplify(or)
}

// expr is the predicate that the conjunction spells.
func (c conjunct) expr() match.Expr { return conjunction(c) }

// key is equal for conjunctions of the same literals.
func (c conjunct) key() string { return match.Key(c.expr()) }

// tidy leaves out literals that the others imply; possible is false where they
// contradict each other.
func (c conjunct) tidy() (out conjunct, possible bool) {
	var p pruner
	return p.prune(slices.Clone(c))
}

// manyLiterals bounds the literals on one attribute that are asked for what they imply
// together; of more, each is asked alone, which may not show it.
const manyLiterals = 64

// entails reports whether l holds wherever c does. Literals on other attributes
// say nothing about l's, but for those that presence and identity join.
func (c conjunct) entails(l *match.Literal) bool { return c.entailsBy(l, nil) }

// entailsBy is entails; what takes more than comparing strings is remembered in known,
// unless that is nil.
func (c conjunct) entailsBy(l *match.Literal, known map[string]bool) bool {
	if c.joined(l) {
		return true
	}
	var room [4]match.Literal
	same := c.about(room[:0], &l.Atom)
	if len(same) == 0 {
		return false
	}
	if yes, known := same.jointly(l); known {
		return yes
	}
	if len(same) == 1 {
		if yes, known := entailed(&same[0], l); known {
			return yes
		}
	}
	if len(same) > manyLiterals {
		return slices.ContainsFunc(same, func(k match.Literal) bool {
			yes, _ := entailed(&k, l)
			return yes
		})
	}
	return remembered(known, same, l, func() bool {
		_, answer := match.Implies(same.expr(), literal(*l))
		return answer == match.Yes
	})
}

// joined is entails by what literals on other attributes show.
func (c conjunct) joined(l *match.Literal) bool {
	if !l.Not && !presence(&l.Atom) {
		return false
	}
	for i := range c {
		if !l.Not && shows(&c[i], &l.Atom) || l.Not && precludes(&c[i], &l.Atom) {
			return true
		}
	}
	return false
}

// excludes reports whether l can nowhere hold together with c.
func (c conjunct) excludes(l *match.Literal) bool {
	return c.entails(&match.Literal{Atom: l.Atom, Not: !l.Not})
}

// precludes reports whether d can nowhere hold together with c, by one literal of d.
func (c conjunct) precludes(d conjunct) bool {
	return slices.ContainsFunc(d, func(l match.Literal) bool { return c.excludes(&l) })
}

// clashes reports whether comparing single literals shows that c and d nowhere hold
// together; where it does not, they may still do so nowhere.
func (c conjunct) clashes(d conjunct) bool {
	for i := range c {
		for j := range d {
			k, l := &c[i], match.Literal{Atom: d[j].Atom, Not: !d[j].Not}
			if k.Atom.Field != l.Atom.Field || k.Atom.Key != l.Atom.Key {
				continue
			}
			if no, _ := entailed(k, &l); no {
				return true
			}
		}
	}
	return false
}

// implies reports whether d holds wherever c does.
func (c conjunct) implies(d conjunct) bool {
	for i := range d {
		if !c.entails(&d[i]) {
			return false
		}
	}
	return true
}

// plain is an atom without its reference.
func plain(a match.Atom) match.Atom {
	a.Ref = nil
	return a
}

// about appends the literals on the attribute of an atom.
func (c conjunct) about(to conjunct, a *match.Atom) conjunct {
	for i := range c {
		if c[i].Atom.Field == a.Field && c[i].Atom.Key == a.Key {
			to = append(to, c[i])
		}
	}
	return to
}

// only are the literals for which keep holds.
func (c conjunct) only(keep func(match.Literal) bool) conjunct {
	var out conjunct
	for _, l := range c {
		if keep(l) {
			if out == nil {
				out = make(conjunct, 0, len(c))
			}
			out = append(out, l)
		}
	}
	return out
}

// presence reports whether an atom holds exactly where something is there that
// other attributes come with: an identity, or an HTTP request.
func presence(a *match.Atom) bool { return isAnyIdentity(a) || isIdentified(a) || isHTTP(a) }

// anyIdentity holds for clients that have the identity of a service account.
var anyIdentity = match.Atom{Field: match.ClientAccount, Op: match.Present}

// identified holds for clients that have an identity, a service account's or not.
var identified = match.Atom{Field: match.ClientIdentity, Op: match.Present}

// isAnyIdentity reports whether an atom is anyIdentity.
func isAnyIdentity(a *match.Atom) bool {
	return a.Field == match.ClientAccount && a.Op == match.Present && plain(*a) == anyIdentity
}

// isIdentified reports whether an atom is identified.
func isIdentified(a *match.Atom) bool {
	return a.Field == match.ClientIdentity && a.Op == match.Present && plain(*a) == identified
}

func isHTTP(a *match.Atom) bool {
	return a.Field == match.Protocol && a.Op == match.Exact && strings.EqualFold(a.Value, "http")
}

func isTCP(a *match.Atom) bool {
	return a.Field == match.Protocol && a.Op == match.Exact && strings.EqualFold(a.Value, "tcp")
}

// shows reports whether k holds only where presence does.
func shows(k *match.Literal, presence *match.Atom) bool {
	if isHTTP(presence) {
		return !k.Not && k.Atom.Field.HTTP() || k.Not && isTCP(&k.Atom)
	}
	return !k.Not && (accountOf(&k.Atom) || isIdentified(presence) && k.Atom.Field.Identity())
}

// precludes reports whether a cannot hold where k does: an attribute of HTTP on
// another connection, or of an identity without one.
func precludes(k *match.Literal, a *match.Atom) bool {
	switch {
	case k.Not && isHTTP(&k.Atom), !k.Not && isTCP(&k.Atom):
		return a.Field.HTTP() || isHTTP(a)
	case k.Not && isAnyIdentity(&k.Atom):
		return accountOf(a)
	case k.Not && isIdentified(&k.Atom):
		return a.Field.Identity()
	}
	return false
}

// accountOf reports whether an atom tests what only service accounts have.
func accountOf(a *match.Atom) bool {
	return a.Field == match.ClientNamespace || a.Field == match.ClientAccount
}
