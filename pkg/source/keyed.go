package source

import "math"

// keyed tells of the key of a map's value, in little memory: keys stand near their
// values and are short. Of others the notes tell; up and named are at their most then.
// The zero keyed is of a value that has no key.
type keyed struct {
	up    uint16 // lines from the value up to its key, and one; 0 is that it stands nowhere
	back  int16  // columns from the value back to its key
	named uint16 // characters of the key, with which the path ends
}

// farKey is a key that is far from its value, or long.
type farKey struct {
	at    spot
	named uint32
}

// setKey gives the value a key of so many characters, at a place; the zero spot is
// nowhere.
func (n *Node) setKey(at spot, named int) {
	up, back := n.at.line-at.line+1, n.at.col-at.col
	nowhere := at == (spot{})
	if nowhere {
		up, back = 0, 0
	}
	if up < 0 || up == 0 && !nowhere || up >= math.MaxUint16 || back < math.MinInt16 || back > math.MaxInt16 || named >= math.MaxUint16 {
		n.keyed = keyed{up: math.MaxUint16, named: math.MaxUint16}
		n.note().far = farKey{at, uint32(named)}
		return
	}
	n.keyed = keyed{uint16(up), int16(back), uint16(named)}
}

// isFar reports whether the notes tell of the key.
func (k keyed) isFar() bool { return k.up == math.MaxUint16 }

// key is where the key of a map's value stands; zero where it stands nowhere.
func (n *Node) key() spot {
	switch {
	case n.keyed.isFar():
		return n.notes.far.at
	case n.keyed.up == 0:
		return spot{}
	}
	return spot{n.at.line - int32(n.keyed.up) + 1, n.at.col - int32(n.keyed.back)}
}

// name is the key of a map's value.
func (n *Node) name() string {
	end, named := n.path.from+n.path.len, uint32(n.keyed.named)
	if n.keyed.isFar() {
		named = n.notes.far.named
	}
	return n.in.text[end-named : end]
}
