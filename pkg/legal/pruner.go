package legal

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/match"
)

// pruner leaves out of conjunctions what their other literals imply. It remembers what
// takes more than comparing strings, since alternatives of one predicate ask the same
// again and again.
type pruner struct {
	rest  conjunct        // room for the others of a literal
	known map[string]bool // nil remembers nothing
}

// prune leaves out, in the same memory, literals that the others imply; possible is
// false where they contradict each other.
func (p *pruner) prune(c conjunct) (out conjunct, possible bool) {
	out = c
	for i := 0; i < len(out); i++ {
		p.rest = append(append(p.rest[:0], out[:i]...), out[i+1:]...)
		l := &out[i]
		if p.rest.entailsBy(&match.Literal{Atom: l.Atom, Not: !l.Not}, p.known) {
			return nil, false
		}
		if p.rest.entailsBy(l, p.known) {
			out, i = slices.Delete(out, i, i+1), i-1
		}
	}
	return out, true
}

// fewAlternatives are compared with each other, each with each.
const fewAlternatives = 512

// minimal leaves out alternatives that another one covers, where they are few; of equals
// the first stays.
func (p *pruner) minimal(all []conjunct) []conjunct {
	if len(all) > fewAlternatives {
		return all
	}
	var out []conjunct
	for i, c := range all {
		covered := slices.ContainsFunc(out, func(d conjunct) bool { return p.implies(c, d) })
		for j := i + 1; j < len(all) && !covered; j++ {
			covered = p.implies(c, all[j]) && !p.implies(all[j], c)
		}
		if !covered {
			out = append(out, c)
		}
	}
	return out
}

// implies reports whether d holds wherever c does.
func (p *pruner) implies(c, d conjunct) bool {
	for i := range d {
		if !c.entailsBy(&d[i], p.known) {
			return false
		}
	}
	return true
}

// remembered is what was found before of whether literals imply another one, or is found
// now.
func remembered(known map[string]bool, ls conjunct, of *match.Literal, find func() bool) bool {
	if known == nil {
		return find()
	}
	key := appendLiteral(make([]byte, 0, 256), of)
	for i := range ls {
		key = appendLiteral(key, &ls[i])
	}
	yes, seen := known[string(key)]
	if !seen {
		yes = find()
		known[string(key)] = yes
	}
	return yes
}

// appendLiteral appends what is equal for literals that are the same.
func appendLiteral(b []byte, l *match.Literal) []byte {
	b = strconv.AppendBool(strconv.AppendBool(b, l.Not), l.Atom.Fold)
	b = strconv.AppendInt(append(strconv.AppendInt(b, int64(l.Atom.Field), 10), '/'), int64(l.Atom.Op), 10)
	return append(strconv.AppendQuote(strconv.AppendQuote(b, l.Atom.Key), l.Atom.Value), '\n')
}
