package legal

import (
	"maps"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// cell is a set of workloads of one namespace that all scopes treat alike.
// Cells of a namespace are disjoint and cover it.
type cell struct {
	// labels must have one value, without some values not; these are by key.
	labels  map[string]match.Atom
	without map[string]map[string]match.Atom
	// other are the remaining conditions.
	other []match.Expr
	// in holds the keys of the predicates that cover the cell; those not in it
	// leave the whole cell out.
	in map[string]bool
}

// cutter is a predicate on workloads that cuts a namespace in cells.
type cutter struct {
	expr match.Expr
	key  string
	// one is the conjunction that expr is, where it is one of exact labels.
	one conjunct
	// pieces are what is left outside, as disjoint conjunctions.
	pieces []conjunct
}

// tooManyCells bounds the cells of one namespace, manyPieces the alternatives
// of one predicate.
const (
	tooManyCells = 4096
	manyPieces   = 64
)

// cells cuts the workloads of a namespace by predicates on them; ok is false
// past the bounds.
func cells(preds []match.Expr) (all []*cell, ok bool) {
	whole := &cell{labels: map[string]match.Atom{}, without: map[string]map[string]match.Atom{}, in: map[string]bool{}}
	shelf := newShelf(preds)
	shelf.put(whole)
	all = []*cell{whole}
	for _, p := range preds {
		by, ok := newCutter(p)
		if !ok {
			return nil, false
		}
		for _, c := range shelf.near(by.one) {
			added := c.cut(by)
			for _, a := range added {
				shelf.put(a)
			}
			all = append(all, added...)
		}
		if len(all) > tooManyCells {
			return nil, false
		}
	}
	return all, true
}

func newCutter(p match.Expr) (cutter, bool) {
	dnf, ok := match.DNF(p, manyPieces)
	if !ok {
		return cutter{}, false
	}
	by := cutter{expr: p, key: match.Key(p), pieces: []conjunct{nil}}
	if len(dnf) == 1 && !slices.ContainsFunc(dnf[0], func(l match.Literal) bool { return l.Not || !labelled(l.Atom) }) {
		by.one = dnf[0]
	}
	for _, c := range dnf {
		by.pieces = possible(product(by.pieces, outside(c)))
		if len(by.pieces) > manyPieces {
			return cutter{}, false
		}
	}
	return by, true
}

// labelled reports whether an atom tests a label of the subject for one value.
func labelled(a match.Atom) bool { return a.Field == match.Label && a.Op == match.Exact && !a.Fold }

// outside is what a conjunction leaves out, as disjoint conjunctions.
func outside(c conjunct) []conjunct {
	var out []conjunct
	for i, l := range c {
		l.Not = !l.Not
		out = append(out, append(slices.Clone(c[:i]), l))
	}
	return out
}

// possible leaves out conjunctions that cannot hold.
func possible(cs []conjunct) []conjunct {
	var out []conjunct
	for _, c := range cs {
		if tidy, ok := c.tidy(); ok {
			out = append(out, tidy)
		}
	}
	return out
}

func product(as, bs []conjunct) []conjunct {
	var out []conjunct
	for _, a := range as {
		for _, b := range bs {
			out = append(out, slices.Concat(a, b))
		}
	}
	return out
}

// cut leaves in c a part that lies outside the cutter, and returns the other
// parts; none where c lies inside or outside as a whole.
func (c *cell) cut(by cutter) []*cell {
	if !c.meets(by) {
		return nil
	}
	pieces := slices.DeleteFunc(slices.Clone(by.pieces), func(p conjunct) bool { return !c.admits(p) })
	inside := c
	var added []*cell
	if len(pieces) > 0 {
		inside = c.clone(by.one)
		inside.add(by)
		added = append(added, inside)
	}
	for i, p := range pieces {
		at := c
		if i < len(pieces)-1 {
			at = c.clone(nil)
			added = append(added, at)
		}
		at.demand(p)
	}
	inside.in[by.key] = true
	return added
}

// meets reports whether the cutter can hold in the cell.
func (c *cell) meets(by cutter) bool {
	if by.one != nil {
		return c.admits(by.one)
	}
	_, answer := match.Overlap(c.expr(), by.expr)
	return answer != match.No
}

// admits reports whether a conjunction can hold in the cell.
func (c *cell) admits(p conjunct) bool {
	odd := len(c.other) > 0
	for _, l := range p {
		have, bound := c.labels[l.Atom.Key]
		_, barred := c.without[l.Atom.Key][l.Atom.Value]
		switch {
		case !labelled(l.Atom):
			odd = true
		case bound && (have.Value == l.Atom.Value) == l.Not, barred && !l.Not:
			return false
		}
	}
	if !odd {
		return true
	}
	_, answer := match.Overlap(c.expr(), p.expr())
	return answer != match.No
}

// add narrows the cell to what the cutter covers.
func (c *cell) add(by cutter) {
	if by.one == nil {
		c.other = append(c.other, by.expr)
		return
	}
	c.demand(by.one)
}

// demand narrows the cell to where a conjunction holds as well.
func (c *cell) demand(p conjunct) {
	for _, l := range p {
		key := l.Atom.Key
		_, bound := c.labels[key]
		switch {
		case !labelled(l.Atom):
			c.other = append(c.other, literal(l))
		case bound: // admits has seen that it fits
		case !l.Not:
			c.labels[key] = l.Atom
			delete(c.without, key)
		case c.without[key] == nil:
			c.without[key] = map[string]match.Atom{l.Atom.Value: l.Atom}
		default:
			c.without[key][l.Atom.Value] = l.Atom
		}
	}
}

// clone copies the cell but for what is excluded of labels that will be bound.
func (c *cell) clone(bound conjunct) *cell {
	r := &cell{labels: maps.Clone(c.labels), without: map[string]map[string]match.Atom{}, other: slices.Clone(c.other), in: maps.Clone(c.in)}
	for key, values := range c.without {
		if !slices.ContainsFunc(bound, func(l match.Literal) bool { return l.Atom.Key == key }) {
			r.without[key] = maps.Clone(values)
		}
	}
	return r
}

// holds reports whether the cell has a workload.
func (c *cell) holds(w *workload) bool {
	for key, a := range c.labels {
		if v, ok := intent.Lookup(w.Labels, key); !ok || v != a.Value {
			return false
		}
	}
	for key, values := range c.without {
		if v, ok := intent.Lookup(w.Labels, key); ok && values[v] != (match.Atom{}) {
			return false
		}
	}
	return w.within(match.And(c.other))
}

// expr is the predicate of the cell, in a stable order.
func (c *cell) expr() match.Expr {
	var and match.And
	for _, key := range slices.Sorted(maps.Keys(c.labels)) {
		and = append(and, c.labels[key])
	}
	for _, key := range slices.Sorted(maps.Keys(c.without)) {
		for _, value := range slices.Sorted(maps.Keys(c.without[key])) {
			and = append(and, match.Not{X: c.without[key][value]})
		}
	}
	return match.Simplify(append(and, c.other...))
}
