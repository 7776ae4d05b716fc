package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// meshClaim is a host that a VirtualService routes in the mesh.
type meshClaim struct {
	*virtualService
	routedHost
	rules []intent.Rule
	// said are the rules for connections, with their matches apart.
	said []scopedRule
	at   *source.Node // where the host stands
	// slot stands for the tables, until all that route the host are known.
	slot *intent.Routing
}

// routedHost is what several VirtualServices may route.
type routedHost struct {
	host     intent.Host
	protocol intent.Protocol
}

// claimMesh notes that a host is routed for callers in the mesh.
func (vs *virtualService) claimMesh(c *claims, h routedHost, rules []scopedRule, at *source.Node) {
	m := &meshClaim{virtualService: vs, routedHost: h, at: at, slot: &intent.Routing{}}
	if h.protocol == intent.HTTP {
		m.rules = m.samePort(vs.forEntry(rules, intent.Name{}))
	} else {
		m.said = vs.only(rules, intent.Name{})
	}
	c.mesh = append(c.mesh, m)
	vs.m.Routing = append(vs.m.Routing, m.slot)
}

// settleMesh makes the tables of all hosts that are routed in the mesh, and returns
// those of each host in the order in which Istio takes them.
func (r *reader) settleMesh(c *claims) tableOrder {
	groups := map[routedHost][]*meshClaim{}
	var wild []routedHost
	for _, m := range c.mesh {
		if groups[m.routedHost] == nil && isWildcard(m.host) {
			wild = append(wild, m.routedHost)
		}
		groups[m.routedHost] = append(groups[m.routedHost], m)
	}
	order := tableOrder{}
	made := map[*intent.Routing][]*intent.Routing{}
	for _, m := range c.mesh {
		if group := groups[m.routedHost]; group[0] == m {
			k := &contest{claims: c, made: made, wider: m.protocol == intent.HTTP && slices.ContainsFunc(wild, m.within)}
			if m.protocol == intent.HTTP {
				k.settle(group)
			} else {
				k.connections(group)
			}
			order.add(k.order)
		}
	}
	var out []*intent.Routing
	for _, t := range r.m.Routing {
		if tables, is := made[t]; is {
			out = append(out, tables...)
		} else {
			out = append(out, t)
		}
	}
	r.m.Routing = out
	return order
}

func isWildcard(h intent.Host) bool { return len(h.DNS) > 0 && h.DNS[0] == '*' }

// within reports whether a wildcard stands for the host of a claim too.
func (m *meshClaim) within(wild routedHost) bool {
	dns, suffix := m.in.Env.DNS(m.host), wild.host.DNS[1:]
	return wild.protocol == m.protocol && wild.host != m.host && len(dns) > len(suffix) && dns[len(dns)-len(suffix):] == suffix
}

// tableOrder tells of tables their places among those of their host.
type tableOrder map[*intent.Routing]*[]*intent.Routing

func (o tableOrder) add(ts []*intent.Routing) {
	if len(ts) < 2 {
		return
	}
	for _, t := range ts {
		o[t] = &ts
	}
}

// sort puts the tables of each host in their order, at the places that they have.
func (o tableOrder) sort(ts []*intent.Routing) []*intent.Routing {
	next := map[*[]*intent.Routing]int{}
	for i, t := range ts {
		if of := o[t]; of != nil {
			ts[i] = (*of)[next[of]]
			next[of]++
		}
	}
	return ts
}

// exported splits whom an object is exported to as Istio looks for it: in the client's
// own namespace, then among what is exported to that by name, then among what is
// exported to all.
// pilot/pkg/model/push_context.go VirtualServicesForGateway
func (m *meshClaim) exported() []*contender {
	if match.IsTrue(m.client) {
		return []*contender{{meshClaim: m, rank: 2}}
	}
	var others []match.Expr
	var out []*contender
	match.Atoms(m.client, func(a match.Atom, _ bool) {
		if a.Value == m.object.Namespace {
			out = append(out, &contender{meshClaim: m, client: a})
		} else {
			others = append(others, a)
		}
	})
	if len(others) > 0 {
		out = append(out, &contender{meshClaim: m, client: match.Disj(others...), rank: 1})
	}
	return out
}
