package match

import (
	"maps"
	"slices"
	"unicode"
)

// universes are patterns that a field's values are within, for fields where
// automata are asked.
func universe(f Field) string {
	switch f {
	case Path:
		return `/[^?#[:cntrl:] ]*`
	case Method:
		return `[A-Z]+`
	case Port, ServicePort:
		return `[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]`
	case Protocol:
		return `http|tcp`
	case Scheme:
		return `https?`
	case Host, SNI, ClientNamespace, ClientAccount, ClientTrust, Namespace, Account, Service, Authority:
		return `[^[:cntrl:] ]+`
	}
	return `[^[:cntrl:]]*`
}

// productSamples explores the product of the atoms' automata, breadth first, and
// gives the shortest value of each combination.
func productSamples(atoms []Atom) ([]string, bool) {
	machines := make([]*automaton, len(atoms)+1)
	var ok bool
	if machines[0], ok = compile(universe(atoms[0].Field)); !ok {
		panic("match: universe does not compile")
	}
	for i, a := range atoms {
		if machines[i+1], ok = compile(pattern(a)); !ok {
			return nil, false
		}
	}
	p := product{machines: machines, letters: letters(machines), seen: map[string]bool{}, found: map[string]bool{}}
	return p.explore()
}

type product struct {
	machines []*automaton
	letters  []rune
	seen     map[string]bool // states
	found    map[string]bool // combinations
	out      []string
}

type productState struct {
	sets  [][]uint32
	value string
}

func (p *product) explore() ([]string, bool) {
	first := productState{sets: make([][]uint32, len(p.machines))}
	for i, m := range p.machines {
		first.sets[i] = m.start()
		slices.Sort(first.sets[i])
	}
	p.seen[first.key()] = true
	queue := []productState{first}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		p.accept(s)
		for _, r := range p.letters {
			next := p.next(s, r)
			if len(next.sets[0]) == 0 || p.seen[next.key()] {
				continue
			}
			if len(p.seen) >= maxStates {
				return nil, false
			}
			p.seen[next.key()] = true
			queue = append(queue, next)
		}
	}
	return p.out, true
}

func (p *product) next(s productState, r rune) productState {
	n := productState{sets: make([][]uint32, len(s.sets)), value: s.value + string(r)}
	for i, m := range p.machines {
		n.sets[i] = m.next(s.sets[i], r)
	}
	return n
}

// accept notes the value if it is within the universe and its combination new.
func (p *product) accept(s productState) {
	if !p.machines[0].accepts(s.sets[0], s.value == "") {
		return
	}
	key := make([]byte, len(p.machines)-1)
	for i, m := range p.machines[1:] {
		if m.accepts(s.sets[i+1], s.value == "") {
			key[i] = 1
		}
	}
	if !p.found[string(key)] {
		p.found[string(key)] = true
		p.out = append(p.out, s.value)
	}
}

func (s productState) key() string {
	var b []byte
	for _, set := range s.sets {
		for _, pc := range set {
			b = append(b, byte(pc), byte(pc>>8), byte(pc>>16))
		}
		b = append(b, 0xff, 0xff, 0xff)
	}
	if s.value == "" {
		b = append(b, 1)
	}
	return string(b)
}

// letters gives one character for each class that no automaton tells apart,
// readable ones first.
func letters(machines []*automaton) []rune {
	set := map[rune]bool{0: true}
	for _, m := range machines {
		m.bounds(set)
	}
	bounds := slices.Sorted(maps.Keys(set))
	var out []rune
	for i, lo := range bounds {
		hi := rune(unicode.MaxRune)
		if i+1 < len(bounds) {
			hi = bounds[i+1] - 1
		}
		if lo <= hi {
			out = append(out, readable(lo, hi))
		}
	}
	slices.SortStableFunc(out, func(a, b rune) int { return rank(a) - rank(b) })
	return out
}

// readable chooses a character between two.
func readable(lo, hi rune) rune {
	for _, r := range "xa0A/-._~1" {
		if lo <= r && r <= hi {
			return r
		}
	}
	return lo
}

func rank(r rune) int {
	switch {
	case r >= 'a' && r <= 'z':
		return 0
	case r == '/' || r >= '0' && r <= '9':
		return 1
	case r > ' ' && r < 0x7f:
		return 2
	}
	return 3
}

// foldBounds cuts around a character and, ignoring case, its other forms.
func foldBounds(set map[rune]bool, r rune, fold bool) {
	set[r], set[r+1] = true, true
	if !fold {
		return
	}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		set[f], set[f+1] = true, true
	}
}
