package intent

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

var resolutions = [...]string{
	ResolveNone: "as called", ResolveStatic: "at addresses", ResolveDNS: "by name", ResolveDNSOne: "by name one at a time", ResolveDynamic: "by the name called",
}

// String says how endpoints are found.
func (r Resolution) String() string { return resolutions[r] }

func (p *printer) external(e *External) {
	p.line("external", hostsText(e.Hosts), where("from", e.Scope.Client))
	p.nested(func() {
		for _, port := range e.Ports {
			p.line("port", fmt.Sprint(port.Port), strings.ToLower(port.Protocol), port.Name, number("to", port.Target))
		}
		inside := ""
		if e.Inside {
			inside = "in the mesh"
		}
		p.line("found", e.Resolve.String(), inside)
		p.words("addresses", e.Addresses)
		p.words("certified as", e.SubjectNames)
		if e.Selector != nil {
			p.line("endpoints with", pairsText(e.Selector))
		}
		for i := range e.Endpoints {
			p.line("endpoint", endpointText(&e.Endpoints[i]))
		}
	})
}

func (p *printer) words(label string, words []string) {
	if len(words) > 0 {
		p.line(label, strings.Join(words, ", "))
	}
}

func hostsText(hosts []Host) string {
	var out []string
	for _, h := range hosts {
		out = append(out, h.String())
	}
	return strings.Join(out, ", ")
}

func endpointText(e *Endpoint) string {
	out := []string{e.Address}
	for _, part := range []struct{ label, text string }{
		{"ports", pairsText(e.Ports)}, {"labels", pairsText(e.Labels)}, {"network", e.Network}, {"locality", e.Locality}, {"account", e.Account},
	} {
		if part.text != "" {
			out = append(out, part.label+" "+part.text)
		}
	}
	return strings.TrimSpace(strings.Join(append(out, number("weight", e.Weight)), " "))
}

// Place is where connections to a port of a host go, in a form in which equal
// texts mean equal places; "" is to the host itself, as they would without the
// fact. The host is as it was called.
func (e *External) Place(p ExternalPort, host Host) string {
	named := e.Nameless(p) && len(e.Hosts) == 1 && e.Hosts[0] == host
	if e.Plain(p) || named && e.found() && p.sameTarget() {
		return ""
	}
	out := []string{"goes to"}
	for i := range e.Endpoints {
		out = append(out, e.Endpoints[i].at(p))
	}
	slices.Sort(out[1:])
	if len(out) > 2 {
		out = []string{"goes to", strings.Join(out[1:], " or ")}
	}
	switch {
	case len(e.Selector) > 0:
		out = append(out, "what has "+pairsText(e.Selector), fmt.Sprint("at port ", cmp.Or(p.Target, p.Port)))
	case len(e.Endpoints) == 0 && e.Nameless(p):
		out = append(out, fmt.Sprint(hostsText(e.Hosts), ":", cmp.Or(p.Target, p.Port)))
	case len(e.Endpoints) == 0:
		out = append(out, fmt.Sprint("itself, port ", cmp.Or(p.Target, p.Port)))
	}
	if len(e.Endpoints) > 0 && e.Resolve == ResolveDNSOne {
		out = append(out, "one at a time")
	}
	if e.Inside && !e.found() {
		out = append(out, "in the mesh")
	}
	if len(e.SubjectNames) > 0 {
		out = append(out, "certified as "+strings.Join(slices.Sorted(slices.Values(e.SubjectNames)), ", "))
	}
	return strings.Join(out, " ")
}

// at writes an endpoint with the port that connections to a port get there; a
// socket has none.
func (e Endpoint) at(p ExternalPort) string {
	port := fmt.Sprint(cmp.Or(p.Target, p.Port))
	if own, ok := Lookup(e.Ports, p.Name); ok {
		port = own
	}
	e.Ports = nil
	if !strings.Contains(e.Address, "/") {
		e.Address += ":" + port
	}
	return endpointText(&e)
}

func (p *printer) visibility(v *Visibility) {
	clients := where("from", v.Scope.Client)
	if v.Host != (Host{}) {
		p.line("hidden", v.Host.String(), clients)
		return
	}
	hides := hostsOfText(v.Hides)
	if hides != "" {
		hides = "but not " + hides
	}
	p.line("shown", cmp.Or(hostsOfText(v.Shows), "nothing"), hides, clients)
}

// hostsOfText lists hosts with the namespaces of what tells of them, "." for the
// client's own.
func hostsOfText(all []HostsOf) string {
	var out []string
	for _, h := range all {
		ns := cmp.Or(h.Namespace, "*")
		if h.Own {
			ns = "."
		}
		out = append(out, ns+"/"+h.Pattern)
	}
	return strings.Join(out, ", ")
}

func (p *printer) egress(e *Egress) {
	p.line("leaving", e.Effect.String(), where("from", e.Scope.Client))
}
