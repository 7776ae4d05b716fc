package match

import "strings"

// Cell is one way in which the atoms on one attribute can turn out together,
// with a sample value; Absent is the attribute not being there.
type Cell struct {
	Value  string
	Absent bool
	Holds  []bool // one for each atom asked about
}

// maxCells bounds the cells that Cells lists.
const maxCells = 10_000

// Cells cuts the values of one attribute by atoms that all test it (one Field
// and Key): every combination that some value can have, each once, absent last.
// ok is false where a pattern does not compile, or there is too much to do.
func (s *Space) Cells(atoms []Atom) (cells []Cell, ok bool) {
	c := cutter{space: s, tests: make([]test, len(atoms)), ok: true}
	s.fuel = maxFuel
	for i, a := range atoms {
		c.tests[i] = s.test(a)
		if !c.tests[i].known() {
			return nil, false
		}
	}
	if len(atoms) > 0 {
		c.at = attribute{atoms[0].Field, atoms[0].Key}
		if values, listed := c.listed(); listed {
			c.try(values)
		} else {
			c.cut(nil)
		}
	}
	return append(c.cells, Cell{Absent: true, Holds: make([]bool, len(atoms))}), c.ok
}

// Cells is Space.Cells in a Space of its own.
func Cells(atoms []Atom) (cells []Cell, ok bool) { return new(Space).Cells(atoms) }

// cutter is at work on one call of Cells.
type cutter struct {
	space *Space
	at    attribute
	tests []test
	cells []Cell
	ok    bool
}

// listed gives values that show every combination, where that is easy to tell.
func (c *cutter) listed() (values []string, ok bool) {
	f := c.at.Field
	switch {
	case f.Many(c.at.Key):
		return nil, false
	case f.address():
		return addresses(f, tests(c.all())), true
	case f.closed():
		return c.numbers(), true
	}
	return c.beginnings()
}

// numbers lists the values of a closed universe, or as many as show all
// combinations of tests for one value each.
func (c *cutter) numbers() []string {
	var values []string
	others := 1 // more than the tests name
	for i := range c.tests {
		switch t := &c.tests[i]; {
		case t.fixes():
			values = append(values, t.Value)
			others++
		case t.Op != Present:
			others = 65535
		}
	}
	for v := range c.at.Field.all {
		values = append(values, v)
		if others--; others == 0 {
			break
		}
	}
	return values
}

// beginnings lists values for tests that look at the beginning only. How these
// turn out depends on the longest of their texts that a value begins with, and
// on whether the value ends there.
func (c *cutter) beginnings() (values []string, ok bool) {
	f := c.at.Field
	values = append(values, universes[f].familiar...)
	end := fresh(&universes[f], c.all())
	texts := []string{""}
	for i := range c.tests {
		switch t := &c.tests[i]; {
		case t.Fold, t.Op == Suffix, !t.plain(), f == Authority && strings.Contains(t.Value, ":"):
			return nil, false
		case t.Op == Segments:
			v := strings.TrimRight(t.Value, "/")
			texts = append(texts, v, v+"/")
		default:
			texts = append(texts, t.Value)
		}
	}
	for _, v := range texts {
		values = append(values, v, v+end)
	}
	return append(values, "/"+end), end != ""
}

func (c *cutter) all() []constraint {
	out := make([]constraint, len(c.tests))
	for i := range c.tests {
		out[i].test = &c.tests[i]
	}
	return out
}

// try makes cells of the values that show new combinations.
func (c *cutter) try(values []string) {
	seen := map[string]bool{}
	key := make([]byte, len(c.tests))
	for _, v := range values {
		if !universes[c.at.Field].has(v) {
			continue
		}
		for i := range c.tests {
			key[i] = bit(c.tests[i].holds(v))
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			c.add(v)
		}
	}
}

func (c *cutter) add(v string) {
	cell := Cell{Value: v, Holds: make([]bool, len(c.tests))}
	for i := range c.tests {
		cell.Holds[i] = c.tests[i].holds(v)
	}
	c.cells = append(c.cells, cell)
	c.ok = c.ok && len(c.cells) <= maxCells
}

// cut decides the tests one after the other, where both ways are possible.
func (c *cutter) cut(chosen []constraint) {
	if !c.ok {
		return
	}
	v, answer := c.space.sample(c.at, chosen)
	switch {
	case answer == Unsure:
		c.ok = false
	case answer == No:
	case len(chosen) == len(c.tests):
		c.add(v)
	default:
		next := &c.tests[len(chosen)]
		for _, want := range []bool{true, false} {
			c.cut(append(chosen[:len(chosen):len(chosen)], constraint{next, want}))
		}
	}
}
