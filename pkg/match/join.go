package match

import "slices"

// join is the node of an And or Or of nodes; it may reuse the slice. Members are
// sorted, each once; x and not x, and what another member decides, are resolved.
func (g *graph) join(o op, kids []int32) int32 {
	zero, one := falseNode, trueNode // of And
	if o == opOr {
		zero, one = trueNode, falseNode
	}
	kids, composite := g.flatten(o, kids)
	slices.Sort(kids)
	kids = slices.Compact(kids)
	if len(kids) > 0 && (kids[0] == zero || len(kids) > 1 && kids[1] == zero) {
		return zero
	}
	kids = slices.DeleteFunc(kids, func(k int32) bool { return k == one })
	if composite && len(kids) > 1 {
		if less, changed := g.absorb(o, kids); changed {
			return g.join(o, less)
		}
	}
	for _, k := range kids {
		if g.nodes[k].op == opNot && contains(kids, g.below(k)[0]) {
			return zero
		}
	}
	switch len(kids) {
	case 0:
		return one
	case 1:
		return kids[0]
	}
	return g.node(node{op: o}, kids...)
}

// flatten opens members of the same connective.
func (g *graph) flatten(o op, kids []int32) (flat []int32, composite bool) {
	for i := 0; i < len(kids); i++ {
		switch n := &g.nodes[kids[i]]; n.op {
		case o:
			inner := g.below(kids[i])
			kids[i] = inner[0]
			kids = append(kids, inner[1:]...)
			i--
		case opAnd, opOr:
			composite = true
		case opNot:
			in := g.nodes[g.below(kids[i])[0]].op
			composite = composite || in == opAnd || in == opOr
		}
	}
	return kids, composite
}

// absorb drops members that another member implies, x and (x or y), and those
// parts of negated members that others decide, x and not (x and y).
func (g *graph) absorb(o op, kids []int32) (less []int32, changed bool) {
	dual := opAnd + opOr - o
	for i, k := range kids {
		with := k
		switch g.nodes[k].op {
		case dual:
			if slices.ContainsFunc(g.below(k), func(x int32) bool { return contains(kids, x) }) {
				with = -1
			}
		case opNot:
			with = g.reduced(o, kids, k)
		}
		if with != k && !changed {
			less, changed = append(make([]int32, 0, len(kids)+4), kids[:i]...), true
		}
		if changed && with >= 0 {
			less = append(less, with)
		}
	}
	return less, changed
}

// reduced is a negated And among members of an And (or Or of Or) without what
// the other members say.
func (g *graph) reduced(o op, kids []int32, k int32) int32 {
	inner := g.below(k)[0]
	if g.nodes[inner].op != o {
		return k
	}
	rest := slices.DeleteFunc(slices.Clone(g.below(inner)), func(x int32) bool { return contains(kids, x) })
	if len(rest) == int(g.nodes[inner].count) {
		return k
	}
	return g.not(g.join(o, rest))
}

func contains(sorted []int32, x int32) bool {
	_, ok := slices.BinarySearch(sorted, x)
	return ok
}
