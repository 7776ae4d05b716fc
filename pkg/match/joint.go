package match

// joints is what is settled about attributes that come together.
type joints struct {
	protocol               string // "" until it is settled
	identity, named, token presence

	// Axes by group, as bits.
	http, identities, names, tokens uint64
	hosts                           bool // tests on Host are asked of Authority
}

// presence is whether a group of attributes is there.
type presence uint8

const (
	undecided presence = iota
	present
	absent
)

// appendKey appends what is settled of the groups that the axes belong to.
func (j *joints) appendKey(key []byte, axes uint64) []byte {
	if axes&j.http != 0 && j.protocol != "" {
		key = append(key, j.protocol[0])
	}
	if axes&j.identities != 0 {
		key = append(key, 'i', byte(j.identity), byte(j.named))
	}
	if axes&j.tokens != 0 {
		key = append(key, 'k', byte(j.token))
	}
	return key
}

// join finds the groups. Where both Host and Authority are asked about, tests on
// Host become tests on Authority, which decides them.
func (w *walk) join() {
	host, okHost := w.axisOf.find(attribute{Field: Host})
	of, okAuthority := w.axisOf.find(attribute{Field: Authority})
	w.joined.hosts = okHost && okAuthority
	w.splitTests()
	for t := range w.tests {
		if w.joined.hosts && w.axis[t] == host {
			w.axis[t], w.tests[t].ofAuthority = of, true
		}
		w.onAxis[w.axis[t]] = append(w.onAxis[w.axis[t]], int32(t))
	}
	if w.joined.hosts {
		w.rebit()
	}
	for ax, at := range w.axes {
		bit := axisBit(int32(ax))
		switch f := at.Field; {
		case f == Protocol, f.HTTP():
			w.joined.http |= bit
			if f == Token {
				w.joined.tokens |= bit
			}
		case f.Identity():
			w.joined.identities |= bit
			if f.named() {
				w.joined.names |= bit
			}
		}
	}
}

// splitTests makes a list of tests for each axis.
func (w *walk) splitTests() {
	lists := w.onAxis[:cap(w.onAxis)]
	for len(lists) < len(w.axes) {
		lists = append(lists, nil)
	}
	w.onAxis = lists[:len(w.axes)]
	for i := range w.onAxis {
		w.onAxis[i] = w.onAxis[i][:0]
	}
}

// rebit works out anew which axes are below the nodes.
func (g *graph) rebit() {
	for id := range g.nodes {
		n := &g.nodes[id]
		n.axes = 0
		if n.op == opTest {
			n.axes = axisBit(g.axis[n.value])
		}
		for _, k := range g.below(int32(id)) {
			n.axes |= g.nodes[k].axes
		}
	}
}

// protocol settles how the connection is treated before anything of HTTP is
// asked.
func (w *walk) protocol(at int) {
	for _, p := range universes[Protocol].familiar {
		w.joined.protocol = p
		bits := w.assume(Protocol, func(t *test) bool { return t.holds(p) })
		if p == "tcp" {
			for f := Path; f.HTTP(); f++ {
				bits |= w.assume(f, func(*test) bool { return false })
			}
		}
		w.step(w.push(at, bits))
		w.recall(bits)
	}
	w.joined.protocol = ""
}

// assume decides the tests on a field that have a meaning, and returns its axes.
func (w *walk) assume(f Field, as func(*test) bool) (bits uint64) {
	for ax, at := range w.axes {
		if at.Field != f {
			continue
		}
		for _, t := range w.onAxis[ax] {
			if w.ready[t] || f != Protocol {
				w.truth[t] = truthOf(as(&w.tests[t]))
			}
		}
		bits |= axisBit(int32(ax))
	}
	return bits
}

// recall leaves the tests on axes open again.
func (w *walk) recall(bits uint64) {
	for ax := range w.axes {
		if axisBit(int32(ax))&bits != 0 {
			w.forget(int32(ax))
		}
	}
}

// group settles whether attributes that come together are there.
func (w *walk) group(at int, is *presence, bits uint64) {
	*is = present
	w.step(at)
	*is = absent
	w.without(at, bits)
	*is = undecided
}

// client settles whether the client has an identity, a service account's or, for
// want of an easier one to read, another.
func (w *walk) client(at int) {
	j := &w.joined
	j.named = present
	w.group(at, &j.identity, j.identities)
	if j.names != 0 {
		j.identity, j.named = present, absent
		w.without(at, j.names)
	}
	j.identity, j.named = undecided, undecided
}

// without goes on where attributes are absent.
func (w *walk) without(at int, bits uint64) {
	for ax := range w.axes {
		if axisBit(int32(ax))&bits == 0 {
			continue
		}
		for _, t := range w.onAxis[ax] {
			w.truth[t] = holdsNot
		}
	}
	w.step(w.push(at, bits))
	w.recall(bits)
}

// complete adds what makes a request easier to read.
func (j *joints) complete(r *Request) {
	add := func(f Field, v string) {
		if _, ok := r.Lookup(f, ""); !ok {
			r.Set(f, "", v)
		}
	}
	if j.protocol == "http" {
		add(Path, "/")
		add(Method, "GET")
	}
	switch {
	case j.identity == present && j.named == absent:
		add(ClientIdentity, someName)
	case j.identity == present:
		add(ClientNamespace, "default")
		add(ClientAccount, "default")
	}
}

// someName is an identity that is no service account's.
const someName = "other.example/vm"
