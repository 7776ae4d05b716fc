package intent

import (
	"strconv"

	"github.com/transmesh/transmesh/pkg/match"
)

// Datagrams are the ports of a Service that TCP does not carry, such as "UDP at port 53";
// nil is none.
func (s *Service) Datagrams() []string {
	var out []string
	for _, p := range s.Ports {
		if p.Transport != "" && p.Transport != "TCP" {
			out = append(out, p.Transport+" at port "+strconv.Itoa(p.Port))
		}
	}
	return out
}

// Pods holds for the workloads that a Service selects; it is False where it selects none.
func (s *Service) Pods() match.Expr {
	if len(s.Selector) == 0 {
		return match.False
	}
	all := []match.Expr{match.Atom{Field: match.Namespace, Value: s.Name.Namespace}}
	for _, l := range s.Selector {
		all = append(all, match.Atom{Field: match.Label, Key: l.Key, Value: l.Value})
	}
	return match.Conj(all...)
}

// Shut is the Default that closes workloads which a Service selects, unless all of UDP
// and the like is let in there from everyone; nil is none.
func (m *Model) Shut(s *Service) *Default {
	pods := s.Pods()
	for _, o := range m.Opaque {
		if o.Network && o.Opens && match.IsTrue(o.Between) && match.Meet(o.Scope.Subject, pods) {
			return nil
		}
	}
	for _, d := range m.Default {
		if d.Side == Served && d.Effect == Deny && match.Meet(d.Scope.Subject, pods) {
			return d
		}
	}
	return nil
}
