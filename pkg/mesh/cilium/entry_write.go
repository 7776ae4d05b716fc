package cilium

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// maxPorts is how many ports one entry of toPorts names.
// cilium pkg/policy/api/l4.go PortRule
const maxPorts = 40

// node prints the entry; direction is "from" or "to".
func (e entry) node(direction, trust string) *manifest.Node {
	n := manifest.Map().Because(e.from...).Above(e.comment)
	peers := manifest.List()
	for _, p := range e.peers {
		peers.Append(p.node(trust))
	}
	n.Set(e.peers[0].field(direction), peers)
	if e.ports == nil {
		return n
	}
	toPorts := manifest.List()
	for ports := range slices.Chunk(e.ports, maxPorts) {
		one := manifest.Map().Set("ports", writePorts(ports))
		if e.names != nil {
			one.Set("serverNames", e.writeNames())
		}
		if e.requests != nil {
			one.Set("rules", manifest.Map().Set("http", e.writeRequests()))
		}
		toPorts.Append(one)
	}
	return n.Set("toPorts", toPorts)
}

func (e entry) writeNames() *manifest.Node {
	out := manifest.List()
	for _, a := range e.names {
		out.Append(manifest.Str(nameText(a)).Because(intent.From(a.Place())...))
	}
	return out
}

func (e entry) writeRequests() *manifest.Node {
	out := manifest.List()
	for _, r := range e.requests {
		out.Append(r.node())
	}
	return out
}
