package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// callee is whom a policy of the calling side is about: a host, a subset of it, and a port.
func (s services) callee(h intent.Host, subset match.Expr, subsetName string, port int) callee {
	out := callee{at: peer{port: port}}
	if h != (intent.Host{}) {
		out.at.endpoints, out.whole, out.dns = s.endpoints(h, subset, subsetName), s.endpoints(h, nil, ""), s.Env.DNS(h)
	}
	return out
}

// behind lists the peers that a wildcard, or every host, stands for: hosts outside that
// are made known, and all Services together, or each of them where there are no others.
func (c *comparison) behind(wide callee) []callee {
	if wide.at.endpoints != wide.whole {
		return []callee{wide}
	}
	complete, all := c.a.Env.Complete.Services, c.a.Env.AllServices().DNS
	var out []callee
	switch {
	case complete:
		for _, m := range []*intent.Model{c.a, c.b} {
			out = append(out, c.services(m).covered(wide)...)
		}
	case wide.dns == "" || !intent.CoversName(wide.dns, all):
		return []callee{wide}
	default:
		out = append(out, callee{peer{all, wide.at.port}, all, all})
	}
	for _, m := range []*intent.Model{c.a, c.b} {
		for _, e := range m.External {
			for _, h := range e.Hosts {
				if dns := m.Env.DNS(h); h.Service.IsZero() && !slices.ContainsFunc(out, func(s callee) bool { return s.dns == dns }) && intent.CoversName(wide.dns, dns) {
					out = append(out, callee{peer{h.String(), wide.at.port}, h.String(), dns})
				}
			}
		}
	}
	return out
}

// covered lists the peers that are Services of the input, by a wildcard's port or else by
// each of their own.
func (s services) covered(wide callee) []callee {
	var out []callee
	for _, svc := range s.Inventory.Services {
		h := intent.Host{Service: svc.Name}
		if !intent.CoversName(wide.dns, s.Env.DNS(h)) || svc.Lacks(wide.at.port) {
			continue
		}
		ports := portsOf(s.Model, h)
		if wide.at.port != 0 || len(ports) == 0 {
			ports = []int{wide.at.port}
		}
		for _, port := range ports {
			out = append(out, s.callee(h, nil, "", port))
		}
	}
	return out
}

// behindName is behind, but for every host, which stands for itself.
func (c *comparison) behindName(wide callee) []callee {
	if wide.dns == "" {
		return []callee{wide}
	}
	return c.behind(wide)
}
