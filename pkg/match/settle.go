package match

// settle splits by one attribute, test by test, as long as the tables ask about
// it.
func (w *walk) settle(at int, ax int32) {
	v, answer := w.space.sample(w.axes[ax], nil)
	if answer != Yes {
		panic("match: a universe is empty")
	}
	w.narrow(at, ax, len(w.chosen), v)
	if w.axes[ax].optional() {
		for _, t := range w.onAxis[ax] {
			w.truth[t] = holdsNot
		}
		w.step(w.push(at, axisBit(ax)))
		w.forget(ax)
	}
}

// forget leaves the tests of an axis open again.
func (w *walk) forget(ax int32) {
	for _, t := range w.onAxis[ax] {
		w.truth[t] = unknown
	}
}

// optional reports whether an attribute can be absent where its group is there.
func (a attribute) optional() bool {
	switch a.Field {
	case Header, Query, SNI, Found, RemoteIP, ClientLabel, Label, Service, DestHost:
		return true
	case Token:
		return a.Key != "principal" && a.Key != "issuer" && a.Key != "subject"
	}
	return false
}

// narrow goes on within an attribute of which some constraints are chosen, those from
// one on; v meets them.
func (w *walk) narrow(at int, ax int32, from int, v string) {
	if w.spend(0); w.stopped || w.exhausted {
		return
	}
	t := w.nextOn(w.frame(at), ax)
	if t < 0 {
		w.values[ax], w.there[ax] = v, true
		w.step(at)
		w.there[ax] = false
		return
	}
	if !w.ready[t] {
		w.guess(at, ax, from, v, t)
		return
	}
	now := w.tests[t].holds(v)
	for _, want := range []bool{true, false} {
		value, answer := v, Yes
		w.chosen = append(w.chosen, constraint{&w.tests[t], want})
		if now != want {
			value, answer = w.space.sample(w.axes[ax], w.chosen[from:])
		}
		if answer == No {
			w.chosen = w.chosen[:len(w.chosen)-1]
			continue
		}
		if answer == Unsure {
			value = v
			w.doubts++
		}
		w.decide(t, want, answer == Yes, value)
		w.narrow(w.push(at, axisBit(ax)), ax, from, value)
		w.forget(ax)
		w.chosen = w.chosen[:len(w.chosen)-1]
		if answer == Unsure {
			w.doubts--
		}
	}
}

// decide notes how a test turns out, and with it all others on the attribute
// where only one value is left.
func (w *walk) decide(t int32, want, sure bool, value string) {
	w.truth[t] = truthOf(want)
	if !want || !sure || !w.tests[t].fixes() {
		return
	}
	for _, o := range w.onAxis[w.axis[t]] {
		if w.ready[o] {
			w.truth[o] = truthOf(w.tests[o].holds(value))
		}
	}
}

func truthOf(b bool) truth {
	if b {
		return holds
	}
	return holdsNot
}

// guess takes a test without meaning for one that may hold or not.
func (w *walk) guess(at int, ax int32, from int, v string, t int32) {
	w.doubts++
	for _, as := range []truth{holds, holdsNot} {
		w.truth[t] = as
		w.narrow(w.push(at, axisBit(ax)), ax, from, v)
		w.forget(ax)
	}
	w.doubts--
}

// nextOn is the first test on an axis that the tables ask about.
func (w *walk) nextOn(roots []int32, ax int32) int32 {
	for _, r := range roots {
		if t := w.openOn(r, ax); t >= 0 {
			return t
		}
	}
	return -1
}
