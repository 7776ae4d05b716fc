package match

import "encoding/binary"

// walk splits all requests, one attribute after the other, as far as tables ask.
// What the tables say once an attribute is settled is a smaller table; where it
// was met before, nothing new follows.
type walk struct {
	*graph
	budget    int
	visit     func(Outcome) bool
	differing bool // visit only outcomes that differ

	seen  visited
	key   []byte
	roots []int32 // frames of one node for each table
	width int

	joined  joints
	answers []int
	values  []string // of the axes
	there   []bool   // of the axes
	doubts  int
	onAxis  [][]int32    // tests of an axis
	chosen  []constraint // on the axes that are half settled, one after the other

	stopped, exhausted bool
}

func (s *Space) walk(tables []Table, budget int, differing bool, visit func(Outcome) bool) Answer {
	defer func(fuel int) { s.fuel = fuel }(s.fuel) // a visit may ask questions of its own
	s.fuel = maxFuel
	w := s.newWalk()
	w.budget, w.differing, w.visit = budget, differing, visit
	w.width = len(tables)
	for _, t := range tables {
		w.roots = append(w.roots, w.table(t))
	}
	w.join()
	w.spend(w.work / 8)
	w.work = 0
	w.values, w.there = zeroed(w.values, len(w.axes)), zeroed(w.there, len(w.axes))
	w.step(0)
	s.spent += budget - w.budget + (maxFuel-s.fuel)/fuelOfStep
	answer := Yes
	switch {
	case w.stopped:
		answer = No
	case w.exhausted:
		answer = Unsure
	}
	s.keep(w)
	return answer
}

// newWalk takes the memory of an earlier walk that is over.
func (s *Space) newWalk() *walk {
	last := len(s.spares) - 1
	if last < 0 {
		return &walk{graph: newGraph(s)}
	}
	old := s.spares[last]
	s.spares = s.spares[:last]
	old.reset()
	old.seen.reset()
	*old = walk{graph: old.graph, seen: old.seen, chosen: old.chosen[:0], key: old.key[:0], roots: old.roots[:0], answers: old.answers, values: old.values, there: old.there, onAxis: old.onAxis[:0]}
	return old
}

// manyNodes are too many to keep their memory.
const manyNodes = 1 << 12

func (s *Space) keep(w *walk) {
	if len(w.nodes) < manyNodes && w.seen.count() < manyNodes {
		s.spares = append(s.spares, w)
	}
}

// zeroed is a list of n zero values, in the memory of another if that is enough.
func zeroed[T any](room []T, n int) []T {
	if cap(room) < n {
		return make([]T, n)
	}
	room = room[:n]
	clear(room)
	return room
}

// frame is what the tables say at some point of the walk.
func (w *walk) frame(at int) []int32 { return w.roots[at : at+w.width] }

// push adds a frame after one, with what is known of the axes put in.
func (w *walk) push(at int, axes uint64) int {
	next := at + w.width
	w.roots = append(w.roots[:next], w.frame(at)...)
	w.put(axes, w.frame(next))
	w.spend(w.work / 8)
	w.work = 0
	return next
}

func (w *walk) spend(steps int) {
	if w.budget -= 1 + steps; w.budget < 0 {
		w.exhausted = true
	}
}

// step goes on where no attribute is half settled.
func (w *walk) step(at int) {
	roots := w.frame(at)
	if w.spend(0); w.stopped || w.exhausted || w.differing && alike(roots) || w.met(roots) {
		return
	}
	t := w.nextTest(roots)
	if t < 0 {
		w.leaf(roots)
		return
	}
	ax := w.axis[t]
	switch f := w.axes[ax].Field; {
	case (f.HTTP() || f == Protocol) && w.joined.protocol == "":
		w.protocol(at)
	case f.Identity() && w.joined.identity == undecided:
		w.client(at)
	case f == Token && w.joined.token == undecided:
		w.group(at, &w.joined.token, w.joined.tokens)
	default:
		w.settle(at, ax)
	}
}

func alike(roots []int32) bool {
	for _, r := range roots[1:] {
		if r != roots[0] {
			return false
		}
	}
	return true
}

// met reports whether the walk was here before, and notes that it was.
func (w *walk) met(roots []int32) bool {
	w.key = w.key[:0]
	var axes uint64
	for _, r := range roots {
		w.key = binary.LittleEndian.AppendUint32(w.key, uint32(r))
		axes |= w.nodes[r].axes
	}
	w.key = w.joined.appendKey(w.key, axes)
	if w.doubts > 0 && w.seen.has(w.key) {
		return true // without doubt
	}
	if w.doubts > 0 {
		w.key = append(w.key, '?')
	}
	return !w.seen.add(w.key)
}

func (w *walk) nextTest(roots []int32) int32 {
	for _, r := range roots {
		if t := w.open(r); t >= 0 {
			return t
		}
	}
	return -1
}

func (w *walk) leaf(roots []int32) {
	w.answers = zeroed(w.answers, len(roots))
	o := Outcome{Answers: w.answers, Doubt: w.doubts > 0, walk: w}
	for i, r := range roots {
		o.Answers[i] = int(w.nodes[r].value)
	}
	w.stopped = !w.visit(o)
}

// onlyThere reports whether an axis is that of an identity that is only asked to
// be there: service accounts show that by their names.
func (w *walk) onlyThere(ax int32) bool {
	for _, t := range w.onAxis[ax] {
		if !w.tests[t].anyIdentity() {
			return false
		}
	}
	return w.axes[ax].Field == ClientIdentity
}

// request is the request of the present point.
func (w *walk) request() *Request {
	r := &Request{}
	if w.joined.protocol != "" {
		r.Set(Protocol, "", w.joined.protocol)
	}
	for ax, at := range w.axes {
		if !w.there[ax] || w.joined.named == present && w.onlyThere(int32(ax)) {
			continue
		}
		r.Set(at.Field, at.Key, w.values[ax])
		if at.Field == Authority && w.joined.hosts {
			r.Set(Host, "", hostOf(w.values[ax]))
		}
	}
	w.joined.complete(r)
	return r
}
