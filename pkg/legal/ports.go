package legal

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// servicePorts splits tables whose rules test the Service's port, for targets
// that write a table for one port or for all.
func servicePorts(r *run) {
	if !r.t.Route.PerPort {
		return
	}
	var out []*intent.Routing
	for _, t := range r.m.Routing {
		ports := portsAsked(t)
		if len(ports) == 0 {
			out = append(out, t)
			continue
		}
		parts, others := r.byPort(t, ports)
		before, after := append(copies(others), t), append(copies(others), copies(parts)...)
		r.record(Change{
			Pass: "ports", Feature: RoutePort, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Routed, Fate: FateRewritten, From: t.From,
			Summary: "the routes of " + t.Host.String() + " are written for each port", Fix: "nothing", Before: r.tables(before...), After: r.tables(after...),
		})
		out = append(out, parts...)
	}
	r.m.Routing = out
}

func portsAsked(t *intent.Routing) []int {
	var ports []int
	for i := range t.Rules {
		match.Atoms(t.Rules[i].When, func(a match.Atom, _ bool) {
			if a.Field != match.ServicePort {
				return
			}
			if n, err := strconv.Atoi(a.Value); err == nil && !slices.Contains(ports, n) {
				ports = append(ports, n)
			}
		})
	}
	slices.Sort(ports)
	return ports
}

// byPort makes a table for each port that is asked for and has none of its own, and one for
// the others, unless the table is for one port anyway. others are the tables of ports that
// have one.
func (r *run) byPort(t *intent.Routing, ports []int) (parts, others []*intent.Routing) {
	if t.Port != 0 {
		return []*intent.Routing{atServicePort(t, t.Port, t.Port)}, nil
	}
	if r.hasOtherPorts(t.Host, ports) {
		ports = append(ports, 0)
	}
	for _, p := range ports {
		i := slices.IndexFunc(r.m.Routing, func(o *intent.Routing) bool {
			return p != 0 && o.Port == p && o.Host == t.Host && o.Entry == t.Entry && sameTraffic(o, t) && match.Equal(o.Scope.Client, t.Scope.Client)
		})
		if i < 0 {
			parts = append(parts, atServicePort(t, p, p))
		} else {
			others = append(others, r.m.Routing[i])
		}
	}
	return parts, others
}

// hasOtherPorts reports whether a host may be addressed at a port that is not
// listed; a Service that is in the input tells its ports.
func (r *run) hasOtherPorts(h intent.Host, ports []int) bool {
	s := r.m.Inventory.Service(h.Service)
	return s == nil || len(s.Ports) == 0 || slices.ContainsFunc(s.Ports, func(p intent.ServicePort) bool { return !slices.Contains(ports, p.Port) })
}

func atServicePort(t *intent.Routing, port, value int) *intent.Routing {
	p := t.Clone()
	p.Port = port
	p.Rules = p.Rules[:0]
	for _, rule := range t.Clone().Rules {
		rule.When = match.Map(rule.When, func(a match.Atom) match.Expr {
			switch {
			case a.Field != match.ServicePort:
				return nil
			case a.Value == strconv.Itoa(value):
				return match.True
			}
			return match.False
		})
		if !match.IsFalse(rule.When) {
			p.Rules = append(p.Rules, rule)
		}
	}
	return p
}
