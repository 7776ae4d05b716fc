package legal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// spokenPorts says routes of requests that are for all ports of a Service of those alone that
// do not say that they carry something else, where the target has proxies take what comes
// for requests: they would break connections of TLS, and of databases.
func spokenPorts(r *run) {
	if r.t.Route.Speaks == nil {
		return
	}
	var out []*intent.Routing
	for _, t := range r.m.Routing {
		parts, others := r.spokenOf(t)
		if len(others) == 0 {
			out = append(out, t)
			continue
		}
		out = append(out, parts...)
		before := r.tables()
		for _, p := range others {
			c := t.Clone()
			c.Port = p
			before.Routing = append(before.Routing, c)
		}
		r.record(Change{
			Pass: "spoken", Feature: RoutePort, Code: diag.NotTranslated, Drift: intent.Other, Aspect: intent.Routed, Fate: FateDrifted, From: t.From,
			Summary: "the routes of " + t.Host.String() + " are not for " + portsText(others) + ", declared to carry something else than HTTP",
			Detail:  "what comes there is passed on", Fix: "declare the ports to carry HTTP if they do", Before: before, After: r.tables(),
		})
	}
	r.m.Routing = out
}

// spokenOf parts a table for all ports of a Service into one for each port that may carry
// requests and has none of its own; others are the ports that do not.
func (r *run) spokenOf(t *intent.Routing) (parts []*intent.Routing, others []int) {
	s := r.m.Inventory.Service(t.Host.Service)
	if t.Port != 0 || !t.Entry.IsZero() || s == nil || t.Protocol != intent.HTTP && t.Protocol != intent.GRPC {
		return nil, nil
	}
	named := portsNamed(t, r.m.Routing)
	for _, p := range s.Ports {
		switch {
		case slices.Contains(named, p.Port):
		case r.t.Route.Speaks(p):
			c := t.Clone()
			c.Port = p.Port
			parts = append(parts, c)
		default:
			others = append(others, p.Port)
		}
	}
	return parts, others
}

// portsText names ports.
func portsText(ports []int) string {
	var out []string
	for _, p := range ports {
		out = append(out, fmt.Sprint("port ", p))
	}
	return strings.Join(out, " and ")
}
