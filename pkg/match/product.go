package match

import "encoding/binary"

// product looks for the shortest value that some machines accept and others do
// not. It reads all at once and goes first where the fewest characters are
// missing (A*), so that a long way to a match is not a wide one.
type product struct {
	machines []*machine
	want     []bool
	letters  []rune
	fuel     *int

	nodes []productNode
	at    []int32          // of the nodes, one state for each machine
	seen  map[string]int32 // node by states
	queue [][]int32        // nodes by the length of a value through them
}

type productNode struct {
	parent int32
	read   rune
	length int32
	done   bool
}

// find returns the value; Unsure where the fuel ends first.
func (p *product) find() (string, Answer) {
	p.letters = letters(p.machines)
	p.seen = map[string]int32{}
	states := make([]int32, len(p.machines))
	for i, m := range p.machines {
		states[i] = m.first
	}
	p.reach(states, productNode{parent: -1})
	for far := 0; far < len(p.queue); far++ {
		for len(p.queue[far]) > 0 {
			n := p.queue[far][0]
			p.queue[far] = p.queue[far][1:]
			switch {
			case p.nodes[n].done:
				continue
			case p.accepted(n):
				return p.value(n), Yes
			case *p.fuel < 0:
				return "", Unsure
			}
			p.expand(n, states)
		}
	}
	return "", No
}

// expand reads every letter once.
func (p *product) expand(n int32, states []int32) {
	p.nodes[n].done = true
	for _, r := range p.letters {
		from := p.states(n)
		for i, m := range p.machines {
			states[i] = m.next(from[i], r, p.fuel)
		}
		p.reach(states, productNode{parent: n, read: r, length: p.nodes[n].length + 1})
	}
}

// reach queues a node unless a match cannot be reached from it, or was reached
// on a way that is as short.
func (p *product) reach(states []int32, n productNode) {
	far := n.length
	for i, m := range p.machines {
		st := &m.states[states[i]]
		switch {
		case p.want[i] && st.far == never, !p.want[i] && states[i] == full:
			return
		case p.want[i]:
			far = max(far, n.length+st.far)
		}
	}
	key := make([]byte, 0, 16)
	for _, s := range states {
		key = binary.AppendUvarint(key, uint64(s))
	}
	id, ok := p.seen[string(key)]
	switch {
	case !ok:
		id = int32(len(p.nodes))
		p.seen[string(key)] = id
		p.nodes = append(p.nodes, n)
		p.at = append(p.at, states...)
	case p.nodes[id].done || p.nodes[id].length <= n.length:
		return
	default:
		p.nodes[id] = n
	}
	for len(p.queue) <= int(far) {
		p.queue = append(p.queue, nil)
	}
	p.queue[far] = append(p.queue[far], id)
}

func (p *product) states(n int32) []int32 {
	k := len(p.machines)
	return p.at[int(n)*k : int(n)*k+k]
}

func (p *product) accepted(n int32) bool {
	for i, s := range p.states(n) {
		if p.machines[i].states[s].accept != p.want[i] {
			return false
		}
	}
	return true
}

// value is what was read on the way to a node.
func (p *product) value(n int32) string {
	rs := make([]rune, p.nodes[n].length)
	for ; p.nodes[n].parent >= 0; n = p.nodes[n].parent {
		rs[p.nodes[n].length-1] = p.nodes[n].read
	}
	return string(rs)
}
