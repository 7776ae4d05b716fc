package match

// Meet reports whether a and b may hold together: false is that they surely do not. It
// is Overlap for those who need no request, and faster where they name workloads.
func Meet(a, b Expr) bool {
	if agree(a, b) {
		return true
	}
	_, answer := Overlap(a, b)
	return answer != No
}

// fewLiterals bounds the literals that are compared with each other.
const fewLiterals = 16

// agree reports whether a and b are seen to hold together of some workload: they demand
// and refuse whole values of its attributes, and do not contradict each other.
func agree(a, b Expr) bool {
	var room [fewLiterals]Literal
	all, ok := named(room[:0], a)
	if ok {
		all, ok = named(all, b)
	}
	for i := range all {
		ok = ok && agreesWith(&all[i], all[:i])
	}
	return ok
}

// named appends the literals of a conjunction; false is that it holds others than whole
// values of attributes of workloads, or too many.
func named(ls []Literal, e Expr) ([]Literal, bool) {
	switch e := e.(type) {
	case nil:
		return ls, true
	case And:
		ok := true
		for i := 0; i < len(e) && ok; i++ {
			ls, ok = named(ls, e[i])
		}
		return ls, ok
	}
	l, ok := literalOf(e, false)
	f := l.Atom.Field
	ok = ok && len(ls) < fewLiterals && l.Atom.Op == Exact && !l.Atom.Fold && (f == Namespace || f == Label || f == Account) && universes[f].has(l.Atom.Value)
	return append(ls, l), ok
}

// agreesWith reports whether a literal contradicts none of others.
func agreesWith(l *Literal, others []Literal) bool {
	for i := range others {
		o := &others[i]
		if o.Atom.Field != l.Atom.Field || o.Atom.Key != l.Atom.Key || o.Not && l.Not {
			continue
		}
		if (o.Atom.Value == l.Atom.Value) != (o.Not == l.Not) {
			return false
		}
	}
	return true
}
