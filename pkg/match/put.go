package match

// put replaces tests that have a truth by it, on axes with these bits.
func (g *graph) put(bits uint64, roots []int32) {
	g.round++
	for i, r := range roots {
		roots[i] = g.replace(r, bits)
	}
}

func (g *graph) replace(id int32, bits uint64) int32 {
	n := g.nodes[id]
	switch {
	case n.axes&bits == 0:
		return id
	case n.op == opTest:
		switch g.truth[n.value] {
		case holds:
			return trueNode
		case holdsNot:
			return falseNode
		}
		return id
	case g.memod[id] == g.round:
		return g.memo[id]
	}
	g.work++
	out := g.replaceBelow(id, n, bits)
	g.memo[id], g.memod[id] = out, g.round
	return out
}

func (g *graph) replaceBelow(id int32, n node, bits uint64) int32 {
	switch n.op {
	case opNot:
		return g.not(g.replace(g.below(id)[0], bits))
	case opIf:
		return g.replaceIf(id, bits)
	}
	changed := false
	from := len(g.stack)
	for i := range n.count {
		k := g.kids[n.from+i]
		as := g.replace(k, bits)
		g.stack = append(g.stack, as)
		changed = changed || as != k
	}
	if !changed {
		g.stack = g.stack[:from]
		return id
	}
	return g.joinFrom(n.op, from)
}

// replaceIf goes down a table as far as it is decided.
func (g *graph) replaceIf(id int32, bits uint64) int32 {
	kids := g.below(id)
	cond, a, rest := kids[0], kids[1], kids[2]
	switch c := g.replace(cond, bits); {
	case c == trueNode:
		return a
	case c == falseNode:
		return g.replace(rest, bits)
	default:
		return g.choose(c, a, g.replace(rest, bits))
	}
}

// open is the first test below a node, -1 if none is left.
func (g *graph) open(id int32) int32 {
	for {
		switch n := &g.nodes[id]; n.op {
		case opTest:
			return n.value
		case opFalse, opTrue, opAnswer:
			return -1
		}
		id = g.below(id)[0]
	}
}

// openOn is the first test of an axis below a node, -1 if there is none.
func (g *graph) openOn(id, ax int32) int32 {
	n := &g.nodes[id]
	switch {
	case n.axes&axisBit(ax) == 0:
		return -1
	case n.op == opTest:
		if g.axis[n.value] == ax {
			return n.value
		}
		return -1
	}
	for _, k := range g.below(id) {
		if t := g.openOn(k, ax); t >= 0 {
			return t
		}
	}
	return -1
}
