package gatewayapi

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// before finds a route of a kind that goes before those of a table on a Service:
// GRPCRoute, HTTPRoute, TLSRoute, TCPRoute (GEP-1294); nil is none. Where an
// implementation goes by the port's protocol, each has its effect.
func (a *attacher) before(key tableKey, at func(port int) bool) *attachment {
	if !layer4(key.protocol) || !key.entry.IsZero() || a.d.KindsByPort {
		return nil
	}
	i := slices.IndexFunc(a.attached, func(o attachment) bool {
		of := o.consumer == key.consumer || o.consumer == "" && a.d.Consumers == ConsumersMerge
		return o.protocol < key.protocol && o.entry.IsZero() && o.host == key.host && of && at(o.port)
	})
	if i < 0 {
		return nil
	}
	return &a.attached[i]
}

// besides replaces tables for all ports of a Service, of which routes of a kind that
// goes before take some, by one for each port that is left. Those of a Service that
// the input does not show are set aside: its ports are not known.
func (a *attacher) besides(keys []tableKey, places map[tableKey][]attachment) []tableKey {
	var out []tableKey
	for _, key := range keys {
		first := a.before(key, func(port int) bool { return port != 0 })
		if key.port != 0 || first == nil || a.before(key, func(port int) bool { return port == 0 }) != nil {
			out = append(out, key)
			continue
		}
		attached, ports := a.at(key, places[key.place()]), a.portsOf(key.host)
		if ports == nil {
			a.portsUnknown(*first, attached)
			continue
		}
		out = append(out, a.left(key, ports, *first, attached)...)
	}
	return out
}

// left are the tables for those ports of a Service that no route of another kind
// takes, of one for all ports; where none is left, one that has no effect.
func (a *attacher) left(key tableKey, ports []int, first attachment, attached []attachment) []tableKey {
	var out []tableKey
	for _, key.port = range ports {
		if a.before(key, func(port int) bool { return port == key.port }) == nil {
			out = append(out, key)
		}
	}
	if len(out) == 0 {
		key.port = first.port
		return []tableKey{key}
	}
	for _, at := range attached {
		a.goesBefore(at, first)
	}
	return out
}

// portsOf are the ports of a Service; nil is not known.
func (a *attacher) portsOf(h intent.Host) []int {
	s := a.in.Inventory.Service(h.Service)
	if s == nil {
		return nil
	}
	var out []int
	for _, p := range s.Ports {
		out = append(out, p.Port)
	}
	return out
}

// portsUnknown sets routes for all ports of a Service aside beside one that takes some.
func (a *attacher) portsUnknown(first attachment, attached []attachment) {
	for _, at := range attached {
		r, o := at.route.Object, first.route.Object
		a.idle = append(a.idle, idle{at, (*source.Node).Withhold, "which ports of its Service are left to it is not known"})
		a.diags.Tell(diag.OrderUnknown, r.Kind+" "+r.Namespace+"/"+r.Name+" is for all ports of "+at.host.String()+" but those of "+o.Kind+" "+o.Namespace+"/"+o.Name+", and the input does not show which these are",
			"it is not translated for this Service", "add the Service to the input, or name the port", append(slices.Clone(at.refs), first.refs...)...)
	}
}

// overruled says that routes for connections have no effect on a Service's port
// beside routes of a kind that goes before.
func (a *attacher) overruled(key tableKey, attached []attachment) bool {
	first := a.before(key, func(port int) bool { return port == 0 || port == key.port })
	if first == nil {
		return false
	}
	for _, at := range attached {
		a.idle = append(a.idle, idle{at, (*source.Node).Inert, "routes of another kind go before it"})
		a.goesBefore(at, *first)
	}
	return true
}

func (a *attacher) goesBefore(at, first attachment) {
	r, o, port := at.route.Object, first.route.Object, ""
	if first.port != 0 {
		port = ":" + strconv.Itoa(first.port)
	}
	a.diags.Add(diag.Inert, r.Kind+" "+r.Namespace+"/"+r.Name+" has no effect on "+at.host.String()+port+": a route of kind "+o.Kind+" is attached to the same port",
		"use one kind of route for a port", at.refs...)
}
