package match

import "slices"

// graph holds expressions and tables as nodes that are shared: what means the
// same by the laws of And, Or and Not that it knows is mostly one node. A node
// is known by its number.
type graph struct {
	space  *Space
	nodes  []node
	kids   []int32
	hashes finder[uint64]
	firsts []int32 // of a hash: its first node

	axes   []attribute
	axisOf finder[attribute]
	tests  []test
	axis   []int32 // of a test
	ready  []bool  // of a test: known
	testOf finder[atomID]
	truth  []truth // of a test, while it is being put in

	stack []int32 // of members that are being worked out
	memo  []int32 // of a node, what it became in the round
	memod []int32
	round int32
	work  int // tests looked up and nodes made anew since it was last asked

	room room
}

// room is where the lists of small graphs are, so that these take one piece of
// memory.
type room struct {
	nodes  [40]node
	kids   [64]int32
	hashes [40]uint64
	firsts [40]int32
	stack  [24]int32
	memo   [40]int32
	memod  [40]int32
	tests  [6]test
	ids    [6]atomID
	axes   [4]attribute
	names  [4]attribute
	axis   [6]int32
	ready  [6]bool
	truth  [6]truth
}

// node is a connective over kids, a test, or the answer of a table.
type node struct {
	op    op
	value int32 // the test, or the answer
	from  int32 // of the kids
	count int32
	axes  uint64 // the axes below it, by number modulo 64
	next  int32  // node of the same hash
}

type op uint8

const (
	opFalse op = iota
	opTrue
	opTest
	opNot
	opAnd
	opOr
	opIf     // kids: condition, answer if it holds, table otherwise
	opAnswer // of a table
)

// The first nodes of every graph.
const (
	falseNode int32 = iota
	trueNode
)

type truth uint8

const (
	unknown truth = iota
	holdsNot
	holds
)

func newGraph(s *Space) *graph {
	g := &graph{space: s}
	r := &g.room
	g.nodes, g.kids, g.stack, g.memo, g.memod = r.nodes[:0], r.kids[:0], r.stack[:0], r.memo[:0], r.memod[:0]
	g.hashes.keys, g.firsts = r.hashes[:0], r.firsts[:0]
	g.tests, g.testOf.keys, g.axis, g.ready, g.truth = r.tests[:0], r.ids[:0], r.axis[:0], r.ready[:0], r.truth[:0]
	g.axes, g.axisOf.keys = r.axes[:0], r.names[:0]
	g.constants()
	return g
}

// reset empties a graph and keeps its memory.
func (g *graph) reset() {
	g.nodes, g.kids, g.stack, g.memo, g.memod = g.nodes[:0], g.kids[:0], g.stack[:0], g.memo[:0], g.memod[:0]
	g.firsts, g.tests, g.axis, g.ready, g.truth, g.axes = g.firsts[:0], g.tests[:0], g.axis[:0], g.ready[:0], g.truth[:0], g.axes[:0]
	g.hashes.reset()
	g.testOf.reset()
	g.axisOf.reset()
	g.round, g.work = 0, 0
	g.constants()
}

func (g *graph) constants() {
	g.node(node{op: opFalse})
	g.node(node{op: opTrue})
}

// node finds or adds a node.
func (g *graph) node(n node, kids ...int32) int32 {
	h := uint64(n.op)<<32 | uint64(uint32(n.value))
	for _, k := range kids {
		h = (h ^ uint64(k)) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	slot, found := g.hashes.find(h)
	first := int32(-1)
	if found {
		first = g.firsts[slot]
	}
	for id := first; id >= 0; id = g.nodes[id].next {
		if o := &g.nodes[id]; o.op == n.op && o.value == n.value && slices.Equal(g.below(id), kids) {
			return id
		}
	}
	n.from, n.count, n.next = int32(len(g.kids)), int32(len(kids)), first
	for _, k := range kids {
		n.axes |= g.nodes[k].axes
	}
	id := int32(len(g.nodes))
	g.kids = append(g.kids, kids...)
	g.nodes = append(g.nodes, n)
	g.memo, g.memod = append(g.memo, 0), append(g.memod, 0)
	if !found {
		slot = g.hashes.add(h)
		g.firsts = append(g.firsts, id)
	}
	g.firsts[slot] = id
	return id
}

// below are the kids of a node.
func (g *graph) below(id int32) []int32 {
	n := &g.nodes[id]
	return g.kids[n.from : n.from+n.count]
}

// atomID is what an atom tests.
type atomID struct {
	field      Field
	op         Op
	fold       bool
	key, value string
}

// test is the node of an atom.
func (g *graph) test(a Atom) int32 {
	g.work++
	a = Plainly(a)
	return g.testNode(atomID{a.Field, a.Op, a.Fold, a.Key, a.Value}, func() test { return g.space.test(a) })
}

// testNode is the node of a test, which is made if there is none yet.
func (g *graph) testNode(id atomID, made func() test) int32 {
	t, ok := g.testOf.find(id)
	if !ok {
		t = g.testOf.add(id)
		one := made()
		g.tests = append(g.tests, one)
		g.ready = append(g.ready, one.known())
		g.axis = append(g.axis, g.axisFor(attribute{id.field, id.key}))
		g.truth = append(g.truth, unknown)
	}
	return g.node(node{op: opTest, value: t, axes: axisBit(g.axis[t])})
}

func (g *graph) axisFor(at attribute) int32 {
	ax, ok := g.axisOf.find(at)
	if !ok {
		ax = g.axisOf.add(at)
		g.axes = append(g.axes, at)
	}
	return ax
}

func axisBit(ax int32) uint64 { return 1 << (ax & 63) }

// expr is the node of an expression.
func (g *graph) expr(e Expr) int32 {
	switch e := e.(type) {
	case nil:
		return trueNode
	case Atom:
		return g.test(e)
	case Not:
		return g.not(g.expr(e.X))
	case And:
		return g.members(opAnd, e)
	case Or:
		return g.members(opOr, e)
	}
	panic("match: unknown expression")
}

// members is the node of an And or Or.
func (g *graph) members(o op, es []Expr) int32 {
	from := len(g.stack)
	if len(es) >= manyBlocks {
		es = g.sets(o, es)
	}
	for _, e := range es {
		g.stack = append(g.stack, g.expr(e))
	}
	return g.joinFrom(o, from)
}

// joinFrom is the node of the members on top of the stack, from one on, which it takes
// off.
func (g *graph) joinFrom(o op, from int) int32 {
	out := g.join(o, g.stack[from:])
	g.stack = g.stack[:from]
	return out
}

func (g *graph) not(x int32) int32 {
	switch g.nodes[x].op {
	case opFalse:
		return trueNode
	case opTrue:
		return falseNode
	case opNot:
		return g.below(x)[0]
	}
	return g.node(node{op: opNot}, x)
}

// answer is the node of a table that is decided.
func (g *graph) answer(a int) int32 { return g.node(node{op: opAnswer, value: int32(a)}) }

// choose is the table that answers a where cond holds, and as rest otherwise.
func (g *graph) choose(cond, a, rest int32) int32 {
	switch {
	case cond == trueNode, a == rest:
		return a
	case cond == falseNode:
		return rest
	}
	return g.node(node{op: opIf}, cond, a, rest)
}

// table is the node of a table.
func (g *graph) table(t Table) int32 {
	out := g.answer(t.Else)
	for _, l := range slices.Backward(t.Lines) {
		out = g.choose(g.expr(l.When), g.answer(l.Answer), out)
	}
	return out
}
