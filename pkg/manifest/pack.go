package manifest

// Packed is the object in as little memory, and in as few pieces, as it takes. It shares
// with o nothing that Set, Append and the like change.
func (o *Object) Packed() *Object {
	out := *o
	out.Root = o.Root.packed()
	return &out
}

// parcel is a tree in three pieces of memory.
type parcel struct {
	nodes []Node
	kids  []Kid
	notes []notes
}

func (n *Node) packed() *Node {
	var has holding
	has.count(n)
	p := parcel{make([]Node, 0, has.nodes), make([]Kid, 0, has.nodes-1), make([]notes, 0, has.notes)}
	return p.put(n)
}

// holding is how much a tree holds.
type holding struct{ nodes, notes int }

func (h *holding) count(n *Node) {
	h.nodes++
	if n.more != nil {
		h.notes++
	}
	for _, kid := range n.Kids {
		h.count(kid.Node)
	}
}

func (p *parcel) put(n *Node) *Node {
	p.nodes = append(p.nodes, Node{Kind: n.Kind, Text: n.Text})
	to := &p.nodes[len(p.nodes)-1]
	if n.more != nil {
		p.notes = append(p.notes, *n.more)
		to.more = &p.notes[len(p.notes)-1]
	}
	to.Kids = p.room(len(n.Kids))
	for i, kid := range n.Kids {
		to.Kids[i] = Kid{kid.Key, p.put(kid.Node)}
	}
	return to
}

// room is where n values go that a map or list holds.
func (p *parcel) room(n int) []Kid {
	from := len(p.kids)
	p.kids = p.kids[:from+n]
	return p.kids[from : from+n : from+n]
}
