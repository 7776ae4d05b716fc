package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// tcpServer is the port of a server for plain TCP of a gateway.
type tcpServer struct {
	entry intent.Name
	port  int
}

// namesOfTCP remembers the hosts of a listener for plain TCP, which learns of none: a
// VirtualService is for the server if one of its hosts overlaps.
// pilot/pkg/networking/core/gateway.go buildGatewayNetworkFiltersFromTCPRoutes
func (r *reader) namesOfTCP(entry intent.Name, l intent.Listener) {
	if l.Protocol != "TCP" || l.TLS != nil {
		return
	}
	at := tcpServer{entry, l.Port}
	r.tcpNames[at] = append(r.tcpNames[at], l.Hosts...)
	if len(l.Hosts) == 0 {
		r.tcpNames[at] = append(r.tcpNames[at], "*")
	}
}

// entryTCP adds the table for TCP through a gateway: one for each host, of which
// a proxy knows the name only where TLS ended there.
func (vs *virtualService) entryTCP(c *claims, entry intent.Name, spec *source.Node, rules []scopedRule) {
	hosts := spec.Get("hosts")
	if !vs.nameless(entry) {
		for _, h := range hosts.Items() {
			vs.entryPorts(c, entry, vs.table(vs.host(h, vs.object.Namespace), intent.TCP, vs.forEntry(rules, entry)))
		}
		return
	}
	if _, inMesh := vs.gateways(spec.Get("gateways")); !inMesh && spec.Get("http") == nil && spec.Get("tls") == nil {
		for _, h := range hosts.Items() {
			h.Skip("connections of plain TCP name no host: it is compared with those of servers only")
		}
	}
	any := false
	for _, t := range byPort(vs.table(intent.Host{}, intent.TCP, vs.forEntry(rules, entry))) {
		for _, p := range vs.tcpPorts(entry, t.Port, hosts) {
			any = true
			at := t.Clone()
			at.Port = p
			vs.entryTable(c, entry, at)
		}
	}
	if !any {
		n := spec.Get("tcp")
		n.Inert("no server of the gateway is for it")
		vs.add(diag.Inert, "no server for TCP of the Gateway "+entry.String()+" is for a host of "+vs.object.Ref().Object, "name a host and a port that the Gateway serves", n.Ref())
	}
}

// nameless reports whether no listener for TCP of a gateway of the input learns
// which host clients mean.
func (vs *virtualService) nameless(entry intent.Name) bool {
	for _, e := range vs.m.Entries {
		if e.Name == entry {
			return !slices.ContainsFunc(e.Listeners, func(l intent.Listener) bool { return l.Serves(intent.TCP) && l.TLS != nil })
		}
	}
	return false
}

// tcpPorts are the ports of a gateway, or the one of them, whose servers are for one
// of some hosts; 0 stands for all.
func (vs *virtualService) tcpPorts(entry intent.Name, port int, hosts *source.Node) []int {
	var out []int
	all := true
	for at, names := range vs.tcpNames {
		if at.entry != entry || port != 0 && port != at.port {
			continue
		}
		if slices.ContainsFunc(hosts.Items(), func(h *source.Node) bool { return overlaps(names, h.Str()) }) {
			out = append(out, at.port)
		} else {
			all = false
		}
	}
	slices.Sort(out)
	if port == 0 && all && len(out) > 0 {
		return []int{0}
	}
	return out
}

func overlaps(names []string, host string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return coversHost(n, host) || coversHost(host, n) })
}
