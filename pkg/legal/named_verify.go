package legal

// verifyNamed wants facts of which each is said in full by the names of servers
// and clients, and the target's own defaults behind all others.
func verifyNamed(r *run, fail failure) {
	n := newNamer(r)
	n.written = true
	n.all()
	for _, a := range r.m.Access {
		for _, why := range n.lost[a] {
			fail("a fact for names", a.From, why.why)
		}
	}
	at := len(r.m.Default) - len(n.own)
	if at < 0 || !sameDefaults(r.m.Default[at:], n.own) {
		fail("its own defaults", nil, "they are not the last ones")
		return
	}
}
