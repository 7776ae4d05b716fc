package legal

import (
	"maps"
	"slices"

	"github.com/transmesh/transmesh/pkg/match"
)

// shelf keeps cells by the value of the label that most predicates test, so
// that a predicate meets few of them.
type shelf struct {
	key   string
	bound map[string][]*cell // by value
	loose []*cell            // without a value of the label
}

func newShelf(preds []match.Expr) *shelf {
	count := map[string]int{}
	for _, p := range preds {
		match.Atoms(p, func(a match.Atom, _ bool) {
			if labelled(a) {
				count[a.Key]++
			}
		})
	}
	s := &shelf{bound: map[string][]*cell{}}
	for _, key := range slices.Sorted(maps.Keys(count)) {
		if count[key] > count[s.key] {
			s.key = key
		}
	}
	return s
}

// put keeps a new cell.
func (s *shelf) put(c *cell) {
	if a, ok := c.labels[s.key]; ok {
		s.bound[a.Value] = append(s.bound[a.Value], c)
		return
	}
	s.loose = append(s.loose, c)
}

// near lists the cells that a conjunction may meet; nil may meet all. Cells that
// got a value since they were put stay among the loose ones.
func (s *shelf) near(one conjunct) []*cell {
	for _, l := range one {
		if l.Atom.Key == s.key {
			return slices.Concat(s.bound[l.Atom.Value], s.loose)
		}
	}
	var all []*cell
	for _, value := range slices.Sorted(maps.Keys(s.bound)) {
		all = append(all, s.bound[value]...)
	}
	return append(all, s.loose...)
}
