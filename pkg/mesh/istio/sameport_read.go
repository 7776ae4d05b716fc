package istio

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// samePort is where requests go whose destinations name no port: to the port that the
// client addressed.
type samePort struct {
	*reader
	host  intent.Host
	ports []int
	// only says that a destination with one port is asked at that one.
	only bool
}

// samePort says what becomes of requests in the mesh to destinations without a port:
// they go to the port that the client addressed, and get an error where the
// destination's Service has no such port, be it that it has one port only.
// pilot/pkg/networking/core/httproute.go buildSidecarOutboundVirtualHosts, which looks
// for destinations among the services at the listener's port
func (m *meshClaim) samePort(rules []intent.Rule) []intent.Rule {
	return samePort{m.reader, m.host, m.httpPorts(), false}.settle(rules)
}

// settle has the destinations missing that lack the port, at the ports of which they do.
func (m samePort) settle(rules []intent.Rule) []intent.Rule {
	if len(m.ports) == 0 {
		return rules
	}
	var out []intent.Rule
	for _, r := range rules {
		ports := portsOf(r, m.ports)
		lacked := slices.DeleteFunc(slices.Clone(ports), func(p int) bool { return !m.lacks(r, p) })
		if len(ports) == 1 && len(lacked) == 1 {
			out = append(out, m.without(r, ports[0]))
			continue
		}
		for _, p := range lacked {
			at := m.without(r, p)
			at.When = match.Conj(r.When, match.Atom{Field: match.ServicePort, Value: strconv.Itoa(p)})
			out = append(out, at)
		}
		if len(lacked) < len(ports) || len(ports) == 0 {
			out = append(out, r)
		}
	}
	return out
}

// portsOf are those of some ports that a rule can be for.
func portsOf(r intent.Rule, ports []int) []int {
	only := onlyFields(r.When, match.ServicePort)
	return slices.DeleteFunc(slices.Clone(ports), func(p int) bool {
		return !match.Eval(only, new(match.Request).Set(match.ServicePort, "", strconv.Itoa(p)))
	})
}

// httpPorts are the ports at which the routes of HTTP of the host count, which are
// those of all its Services where it is a wildcard; none where the input shows none.
func (m *meshClaim) httpPorts() []int {
	if m.protocol != intent.HTTP {
		return nil
	}
	var out []int
	for _, s := range m.services() {
		for _, p := range s.Ports {
			if gatewayapi.SeenByIstio(gatewayapi.DeclaredToIstio(p)) {
				out = append(out, p.Port)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// services are those of the input that the host stands for.
func (m *meshClaim) services() []*intent.Service {
	if !isWildcard(m.host) {
		return slices.DeleteFunc([]*intent.Service{m.in.Inventory.Service(m.host.Service)}, func(s *intent.Service) bool { return s == nil })
	}
	var out []*intent.Service
	for _, s := range m.in.Inventory.Services {
		if coversHost(m.host.DNS, m.in.Env.DNS(intent.Host{Service: s.Name})) {
			out = append(out, s)
		}
	}
	return out
}

// lacks reports whether a rule sends requests, or copies of them, to a port that some
// destination lacks.
func (m samePort) lacks(r intent.Rule, port int) bool {
	f, _ := r.Then.(intent.Forward)
	return slices.ContainsFunc(f.To, func(b intent.Backend) bool { return m.lacking(b, port) }) ||
		slices.ContainsFunc(r.Steps, func(s intent.Step) bool {
			c, copies := s.(intent.Mirror)
			return copies && m.lacking(c.To, port)
		})
}

func (m samePort) lacking(b intent.Backend, port int) bool {
	return b.Port == 0 && m.lacksPort(b.Host, port) && !(m.only && m.onePort(b.Host))
}

// without is a rule whose destinations that lack a port are missing.
func (m samePort) without(r intent.Rule, port int) intent.Rule {
	if f, forwards := r.Then.(intent.Forward); forwards {
		f.To = slices.Clone(f.To)
		for i := range f.To {
			m.leave(&f.To[i], port, "Istio answers them with an error")
		}
		r.Then = f
	}
	r.Steps = slices.Clone(r.Steps)
	for i, s := range r.Steps {
		if c, copies := s.(intent.Mirror); copies {
			m.leave(&c.To, port, "no copy of them arrives")
			r.Steps[i] = c
		}
	}
	return r
}

// leave makes a destination missing that lacks a port.
func (m samePort) leave(b *intent.Backend, port int, so string) {
	if !m.lacking(*b, port) {
		return
	}
	b.Missing, b.Port = true, port
	m.diags.Tell(diag.UnknownService, m.kindOf(b.Host)+" "+b.Host.String()+" has no port "+strconv.Itoa(port),
		"requests to this port of "+m.host.String()+" go to the same port there, since the destination names none: "+so,
		"name the port of the destination", b.From...)
}

// onePort reports whether a host is known to have one port.
func (r *reader) onePort(h intent.Host) bool {
	if s := r.in.Inventory.Service(h.Service); s != nil {
		return len(s.Ports) == 1
	}
	ports := 0
	for _, e := range r.entries() {
		if slices.Contains(e.Hosts, h) {
			ports = max(ports, len(e.Ports))
		}
	}
	return ports == 1
}
