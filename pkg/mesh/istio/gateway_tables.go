package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// settleGateways says, once all that is routed through gateways is known, what is alike at all
// ports of a gateway as one table, and what depends on the port: where redirects lead, and
// destinations that name none.
func (r *reader) settleGateways() {
	together := map[gatewayClaim][]*intent.Routing{}
	for _, t := range r.m.Routing {
		if k := acrossAll(t); !t.Entry.IsZero() && !saidByServer(t) {
			together[k] = append(together[k], t)
		}
	}
	var out []*intent.Routing
	for _, t := range r.m.Routing {
		group := together[acrossAll(t)]
		if t.Entry.IsZero() || saidByServer(t) {
			out = append(out, t)
			continue
		}
		e := entryNamed(r.m, t.Entry)
		switch {
		case e != nil && !r.pinned[t] && alikeAtAll(group, servingPorts(e, t.Protocol)):
			if t != group[0] {
				continue
			}
			t.Port = 0
		case t.Port != 0 && t.Protocol == intent.HTTP:
			t.Rules = atPort(t.Rules, t.Port)
		}
		r.settlePorts(t, e)
		out = append(out, t)
	}
	r.m.Routing = out
}

// acrossAll is what tables of a host have in common that differ in their port.
func acrossAll(t *intent.Routing) gatewayClaim {
	return gatewayClaim{t.Entry, t.Host, 0, t.Protocol}
}

// alikeAtAll reports whether tables say the same, and are for all of some ports.
func alikeAtAll(ts []*intent.Routing, ports []int) bool {
	return len(ts) == len(ports) && !slices.ContainsFunc(ts, func(t *intent.Routing) bool { return !sameTable(t, ts[0]) })
}

// settlePorts says what depends on the port of a table at a gateway.
// pilot/pkg/networking/core/route/route.go GetDestinationCluster
func (r *reader) settlePorts(t *intent.Routing, e *intent.Entry) {
	if e != nil {
		ports := servingPorts(e, t.Protocol)
		if t.Port != 0 {
			ports = []int{t.Port}
		}
		t.Rules = samePort{r, t.Host, ports, true}.settle(t.Rules)
	}
	if t.Protocol == intent.HTTP {
		gatewayapi.SettleRedirects(t, gatewayapi.AskedAt(t, nil, e))
	}
}

// servingPorts are the ports at which a gateway takes what a table of a protocol is about.
func servingPorts(e *intent.Entry, p intent.Protocol) []int {
	var out []int
	for i := range e.Listeners {
		if l := &e.Listeners[i]; l.Serves(p) && !slices.Contains(out, l.Port) {
			out = append(out, l.Port)
		}
	}
	slices.Sort(out)
	return out
}

func sameTable(a, b *intent.Routing) bool {
	return slices.EqualFunc(a.Rules, b.Rules, func(x, y intent.Rule) bool {
		return match.Equal(x.When, y.When) && intent.SameAnswer(&x, &y) && slices.Equal(x.From, y.From)
	})
}
