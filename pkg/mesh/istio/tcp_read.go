package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// entryTCP adds the tables for TCP through a gateway. Of plain TCP no name is known.
// Where TLS ended, all that the server takes goes the same way, so that the table is
// for the server's hosts, and not for those of the object.
// pilot/pkg/networking/core/gateway.go buildGatewayNetworkFiltersFromTCPRoutes
func (vs *virtualService) entryTCP(c *claims, entry intent.Name, spec *source.Node, rules []scopedRule) {
	hosts := spec.Get("hosts").Items()
	t := vs.table(intent.Host{}, intent.TCP, vs.forEntry(rules, entry))
	e := entryNamed(vs.m, entry)
	if e == nil {
		for _, h := range hosts {
			t := t.Clone()
			t.Host = vs.host(h, vs.object.Namespace)
			vs.entryPorts(c, entry, t, nil)
		}
		return
	}
	names := namesOfTCP(e)
	if !slices.ContainsFunc(names, func(name string) bool { return name != "" }) {
		vs.unnamed(spec)
	}
	any := false
	for _, name := range names {
		t := t.Clone()
		t.Host = vs.in.Env.Host(name)
		any = vs.entryPorts(c, entry, t, func(l *intent.Listener) bool {
			return slices.Contains(namesAt(l), name) && vs.taken(e, l) && overlaps(l.Hosts, hosts)
		}) || any
	}
	if !any {
		vs.noServer(entry, "TCP", spec.Get("tcp"))
		return
	}
	vs.idle(e, spec)
}

// idle says of hosts that they choose none of the servers for TCP of the only gateway.
func (vs *virtualService) idle(e *intent.Entry, spec *source.Node) {
	if vs.toldByHost(spec) || len(spec.Get("gateways").Items()) > 1 {
		return
	}
	for _, h := range spec.Get("hosts").Items() {
		chooses := func(l intent.Listener) bool {
			return l.Serves(intent.TCP) && vs.taken(e, &l) && overlapping(l.Hosts, h.Str())
		}
		if !slices.ContainsFunc(e.Listeners, chooses) {
			h.Inert("no server of its gateways is for it")
			vs.add(diag.Inert, "no server of the gateways of "+vs.object.Ref().Object+" is for "+h.Str(), "name a host that a server of the Gateway has, for routes of this namespace", h.Ref())
		}
	}
}

// toldByHost reports whether an object has routes for requests that are told by the
// host that clients name.
func (vs *virtualService) toldByHost(spec *source.Node) bool {
	_, inMesh := vs.gateways(spec.Get("gateways"))
	return inMesh || spec.Get("http") != nil || spec.Get("tls") != nil
}

// namesOfTCP are the names that servers for TCP know of connections; "" is none.
func namesOfTCP(e *intent.Entry) []string {
	var out []string
	for i := range e.Listeners {
		if e.Listeners[i].Serves(intent.TCP) {
			out = append(out, namesAt(&e.Listeners[i])...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func namesAt(l *intent.Listener) []string {
	if l.TLS == nil || len(l.Hosts) == 0 {
		return []string{""}
	}
	return l.Hosts
}

// unnamed says of hosts that nothing compares them with what clients mean.
func (vs *virtualService) unnamed(spec *source.Node) {
	if vs.toldByHost(spec) {
		return
	}
	for _, h := range spec.Get("hosts").Items() {
		h.Skip("connections of plain TCP name no host: it is compared with those of servers only")
	}
}

// noServer says that routes are for no server of a gateway.
func (vs *virtualService) noServer(entry intent.Name, protocol string, n *source.Node) {
	n.Inert("no server of the gateway is for it")
	vs.add(diag.Inert, "no server for "+protocol+" of the Gateway "+entry.String()+" is for a host of "+vs.object.Ref().Object,
		"name a host and a port that the Gateway serves, for routes of this namespace", n.Ref())
}

// entryPorts adds a table of connections through a gateway for each port that its
// rules are for, and that has a listener for it; it reports whether there are any.
func (vs *virtualService) entryPorts(c *claims, entry intent.Name, t *intent.Routing, is func(*intent.Listener) bool) bool {
	any := false
	for _, rules := range byPort(t) {
		for _, port := range portsFor(entryNamed(vs.m, entry), rules, is) {
			any = true
			at := rules.Clone()
			at.Port = port
			vs.entryTable(c, entry, at)
		}
	}
	return any
}

// portsFor are the ports of a gateway, or the one of them that a table is for, with a
// listener for it; 0 stands for all.
func portsFor(e *intent.Entry, t *intent.Routing, is func(*intent.Listener) bool) []int {
	if e == nil {
		return []int{t.Port}
	}
	var in, out []int
	for i := range e.Listeners {
		l := &e.Listeners[i]
		switch {
		case !l.Serves(t.Protocol) || t.Port != 0 && t.Port != l.Port:
		case is(l):
			in = append(in, l.Port)
		default:
			out = append(out, l.Port)
		}
	}
	slices.Sort(in)
	in = slices.Compact(in)
	out = slices.DeleteFunc(out, func(p int) bool { return slices.Contains(in, p) })
	if t.Port == 0 && len(out) == 0 && len(in) > 0 {
		return []int{0}
	}
	return in
}

// overlaps reports whether some name is one of a server's hosts and of those of an
// object; no host of a server is all.
func overlaps(server []string, hosts []*source.Node) bool {
	return slices.ContainsFunc(hosts, func(h *source.Node) bool { return overlapping(server, h.Str()) })
}
