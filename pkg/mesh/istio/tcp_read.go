package istio

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// entryTCP adds the tables for TCP through a gateway: of each server, the first rule of the
// first object takes all, if it is for the port and the gateway, whatever it says beside. Of
// plain TCP no name is known; where TLS ended, the table is for the server's hosts, and not
// for those of the object.
// pilot/pkg/networking/core/gateway.go buildGatewayNetworkFiltersFromTCPRoutes
func (vs *virtualService) entryTCP(c *claims, entry intent.Name, spec *source.Node, rules []scopedRule) {
	e := entryNamed(vs.m, entry)
	if e == nil {
		vs.tcpUnseen(c, entry, spec, rules)
		return
	}
	plain, any := true, false
	for i := 0; i < len(e.Listeners); {
		server := e.Listeners[i : i+ofServer(e.Listeners[i:])]
		i += len(server)
		if server[0].Serves(intent.TCP) {
			plain = plain && server[0].Nameless()
			any = vs.tcpServer(c, e, server, spec, rules) || any
		}
	}
	if !any {
		vs.noServer(entry, "TCP", spec.Get("tcp"))
		return
	}
	if plain {
		vs.unnamed(spec)
	}
	vs.idle(e, spec)
}

// tcpServer adds the tables for what a server takes, if a rule is for it.
func (vs *virtualService) tcpServer(c *claims, e *intent.Entry, server []intent.Listener, spec *source.Node, rules []scopedRule) bool {
	chooses := func(l intent.Listener) bool { return vs.taken(e, &l) && overlaps(l.Hosts, spec.Get("hosts").Items()) }
	port := server[0].Port
	said := vs.forEntry(rules, e.Name)
	here := atPort(said, port)
	switch {
	case len(here) == 0 || !slices.ContainsFunc(server, chooses):
		return false
	case c.servers[server[0].From[0]]:
		vs.diags.Tell(diag.HostClaimedTwice, "connections to port "+strconv.Itoa(port)+" of "+e.Name.String()+" are routed by two VirtualServices", "Istio takes the rule of the older one",
			"keep them in one of them", spec.Get("tcp").Ref())
		return true
	}
	c.servers[server[0].From[0]] = true
	pinned := !slices.ContainsFunc(said, func(r intent.Rule) bool { return match.IsTrue(onlyFields(r.When, match.ServicePort)) })
	here[0].When = match.True
	names := namesOf(server)
	for _, name := range names {
		t := vs.table(vs.in.Env.Host(name), intent.TCP, here[:1])
		t.Port, vs.pinned[t] = port, pinned
		vs.entryTable(c, e.Name, t)
	}
	return true
}

// tcpUnseen adds tables for a gateway that the input does not show.
func (vs *virtualService) tcpUnseen(c *claims, entry intent.Name, spec *source.Node, rules []scopedRule) {
	for _, h := range spec.Get("hosts").Items() {
		for _, t := range byPort(vs.table(vs.host(h, vs.object.Namespace), intent.TCP, vs.forEntry(rules, entry))) {
			vs.entryTable(c, entry, t)
		}
	}
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

// namesOf are the names by which proxies choose a server for TCP; "" alone is that they take
// all for it.
func namesOf(server []intent.Listener) []string {
	var out []string
	for i := range server {
		if l := &server[i]; l.TLS == nil || len(l.Hosts) == 0 || slices.Contains(l.Hosts, "*") {
			return []string{""}
		}
		out = append(out, server[i].Hosts...)
	}
	slices.Sort(out)
	return slices.Compact(out)
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

// overlaps reports whether some name is one of a server's hosts and of those of an
// object; no host of a server is all.
func overlaps(server []string, hosts []*source.Node) bool {
	return slices.ContainsFunc(hosts, func(h *source.Node) bool { return overlapping(server, h.Str()) })
}
