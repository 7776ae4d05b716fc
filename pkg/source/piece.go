package source

// origin is what all values of one object have in common.
type origin struct {
	*piece
	file, object string
}

// piece is what all values of one document have in common: their texts and paths, and
// what they hold. Values say where in it their own begins: a collector of garbage finds
// few pointers to follow.
type piece struct {
	text string
	kids []*Node
}

// span is a part of a piece.
type span struct{ from, len uint32 }

// string is a text of the value's piece.
func (n *Node) string(s span) string { return n.in.text[s.from : s.from+s.len] }

// isHolder reports whether the value is a map or list.
func (n *Node) isHolder() bool { return n.tag >= tagMap }

// holds is how many values a map or list holds; 0 of others.
func (n *Node) holds() uint32 {
	if n.isHolder() {
		return n.says.len
	}
	return 0
}

// held is what a map or list holds.
func (n *Node) held() []*Node {
	if !n.isHolder() {
		return nil
	}
	end := n.says.from + n.says.len
	return n.in.kids[n.says.from:end:end]
}

// word is the text of a scalar or null; "" of others.
func (n *Node) word() string {
	if n.isHolder() {
		return ""
	}
	return n.string(n.says)
}
