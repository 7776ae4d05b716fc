package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// connections makes the tables of a host for connections that are not looked into. Unlike
// for HTTP the rules of all VirtualServices stand one behind the other, those of
// wildcards too, and they count at the ports that are declared for it only.
// pilot/pkg/networking/core/tls.go buildSidecarOutboundTCPTLSFilterChainOpts
func (k *contest) connections(group []*meshClaim) {
	for _, m := range group {
		k.made[m.slot] = nil
	}
	lead := group[0]
	over := k.over(lead)
	if len(over) == 0 || k.undecidedAmong(lead.protocol, over) {
		return
	}
	if why := outOfLine(lead.protocol, over); why != "" {
		k.notInLine(lead, over, why)
		return
	}
	hosts := k.hostsOf(lead)
	if a, b := clashing(over, hosts); a != nil {
		k.rejected(lead, a, b)
		return
	}
	for _, host := range hosts {
		k.add(&contender{meshClaim: lead}, host.tables(over)...)
	}
}

// over are those who route a host for connections, in the order in which Istio takes them:
// each object once, for all or for those whom it is exported to in one way.
func (k *contest) over(lead *meshClaim) []*contender {
	of := map[*source.Object]*meshClaim{}
	var objects []*meshClaim
	for _, m := range k.claims.mesh {
		if m.protocol != lead.protocol || m.host != lead.host && !(isWildcard(m.host) && lead.within(m.routedHost)) {
			continue
		}
		if of[m.object] == nil {
			objects = append(objects, m)
		}
		if of[m.object] == nil || m.host == lead.host {
			of[m.object] = m
		}
	}
	if len(objects) == 1 {
		return []*contender{{meshClaim: of[objects[0].object], client: objects[0].client}}
	}
	var out []*contender
	for _, m := range objects {
		out = append(out, of[m.object].exported()...)
	}
	slices.SortStableFunc(out, func(a, b *contender) int { return a.rank - b.rank })
	return out
}

// undecidedAmong tells of objects whose rules stand one behind the other, and reports
// whether the age that decides it is not known of two.
func (k *contest) undecidedAmong(p intent.Protocol, over []*contender) (withheld bool) {
	for i, x := range over {
		for _, y := range over[:i] {
			if _, answer := match.Overlap(orAnyone(x.client), orAnyone(y.client)); y.object == x.object || answer == match.No {
				continue
			}
			if x.rank == y.rank && ageUnknown(x.object, y.object) && (p == intent.TCP || shareName(x.said, y.said)) {
				k.undecided(y, x)
				withheld = true
				continue
			}
			x.diags.Tell(diag.HostClaimedTwice, x.host.String()+" is routed by "+y.object.Ref().Object+" and by "+x.object.Ref().Object,
				"Istio takes the rules of both for connections, those of the first before those of the other", "keep the host in one of them", x.at.Ref(), y.object.Ref())
		}
	}
	return withheld
}

// shareName reports whether a name of a server stands in both of some rules.
func shareName(a, b []scopedRule) bool {
	names := map[string]bool{}
	for _, s := range a {
		for _, m := range s.matches {
			if m.server != nil { // of an object that is rejected
				names[m.server.text] = true
			}
		}
	}
	return slices.ContainsFunc(b, func(s scopedRule) bool {
		return slices.ContainsFunc(s.matches, func(m scopedMatch) bool { return m.server != nil && names[m.server.text] })
	})
}

// connectedHost is a host with the ports at which rules for connections count, and others
// that Services which it stands for have.
type connectedHost struct {
	*meshClaim
	host          intent.Host
	ports, others []int
}

// tables are those of the host: one for each port, or one for all.
func (h connectedHost) tables(over []*contender) []*intent.Routing {
	rules := samePort{h.reader, h.host, h.ports, true}.settle(inLine(h.protocol, over))
	client := over[0].client
	if len(over) > 1 {
		client = nil
	}
	t := over[0].table(h.host, h.protocol, rules)
	for _, x := range over[1:] {
		if ref := x.object.Ref(); !slices.Contains(t.From, ref) {
			t.From = append(t.From, ref)
		}
	}
	tables := h.concerned(t, client)
	if len(h.others) == 0 {
		return tables
	}
	var out []*intent.Routing
	for _, p := range h.ports {
		if at := tableAt(tables, p); at != nil {
			out = append(out, at)
		}
	}
	if !isWildcard(h.host) || h.in.Env.Complete.Services {
		return out
	}
	for _, p := range h.others { // which a table for other Services would take
		rest := h.table(h.host, h.protocol, nil)
		rest.Port, rest.Else = p, intent.Passthrough{}
		out = append(out, rest)
	}
	return append(out, slices.DeleteFunc(tables, func(t *intent.Routing) bool { return t.Port != 0 })...)
}

// tableAt is what tables say of a port; nil is nothing.
func tableAt(tables []*intent.Routing, port int) *intent.Routing {
	for _, of := range []int{port, 0} {
		for _, t := range tables {
			if t.Port == of {
				at := t.Clone()
				at.Port, at.Rules = port, atPort(t.Rules, port)
				if len(at.Rules) == 0 {
					return nil
				}
				return at
			}
		}
	}
	return nil
}

// inLine are the rules of all, one behind the other; those of several are each for whom
// their object is exported to.
func inLine(p intent.Protocol, over []*contender) []intent.Rule {
	var lines []scopedRule
	for _, x := range over {
		for _, s := range x.said {
			if len(over) > 1 {
				s.matches = slices.Clone(s.matches)
				for i := range s.matches {
					s.matches[i].when = match.Conj(orAnyone(x.client), s.matches[i].when)
				}
				s.rule.When, s.rule.Home = condition(s.matches), x.home
			}
			lines = append(lines, s)
		}
	}
	if p == intent.TLS {
		lines = bySpecificName(lines)
	}
	var out []intent.Rule
	for _, s := range lines {
		out = append(out, s.rule)
	}
	return out
}

// hostsOf are the host of a claim, or the Services that it stands for where rules count at
// a port of one and not at the same of another.
func (k *contest) hostsOf(m *meshClaim) []connectedHost {
	whole := connectedHost{meshClaim: m, host: m.host}
	var each []connectedHost
	for _, s := range m.services() {
		h := connectedHost{meshClaim: m, host: intent.Host{Service: s.Name}}
		for _, p := range s.Ports {
			if gatewayapi.CountsInIstio(m.protocol, gatewayapi.DeclaredToIstio(p)) {
				h.ports = append(h.ports, p.Port)
			} else {
				h.others = append(h.others, p.Port)
			}
		}
		whole.ports, whole.others = append(whole.ports, h.ports...), append(whole.others, h.others...)
		each = append(each, h)
	}
	whole.ports, whole.others = unique(whole.ports), unique(whole.others)
	if !slices.ContainsFunc(whole.ports, func(p int) bool { return slices.Contains(whole.others, p) }) {
		return []connectedHost{whole}
	}
	each = slices.DeleteFunc(each, func(h connectedHost) bool {
		return slices.ContainsFunc(k.claims.mesh, func(o *meshClaim) bool { return o.nearer(m, h.host) })
	})
	if m.in.Env.Complete.Services {
		return each
	}
	return append(each, whole)
}

// nearer reports whether a claim is for a host by a more specific name than another's.
func (m *meshClaim) nearer(other *meshClaim, host intent.Host) bool {
	switch {
	case m.protocol != other.protocol:
		return false
	case m.host == host:
		return true
	}
	return isWildcard(m.host) && len(m.host.DNS) > len(other.host.DNS) && coversHost(m.host.DNS, m.in.Env.DNS(host))
}

func unique(ports []int) []int {
	slices.Sort(ports)
	return slices.Compact(ports)
}
