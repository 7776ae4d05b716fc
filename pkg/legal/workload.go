package legal

import (
	"maps"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// workload is a workload of the inventory with what the inventory knows of it.
type workload struct {
	*intent.Workload
	services []*intent.Service // that select it
	ports    []int             // that it is known to serve, sorted
}

// servicesOf lists the inventory's Services by namespace.
func servicesOf(inv *intent.Inventory) map[string][]*intent.Service {
	out := map[string][]*intent.Service{}
	for _, s := range inv.Services {
		out[s.Name.Namespace] = append(out[s.Name.Namespace], s)
	}
	return out
}

// workloads lists the inventory's workloads by namespace.
func workloads(inv *intent.Inventory, services map[string][]*intent.Service) map[string][]*workload {
	out := map[string][]*workload{}
	for _, w := range inv.Workloads {
		known := &workload{Workload: w}
		for _, s := range services[w.Name.Namespace] {
			if s.Selects(w.Labels) {
				known.services = append(known.services, s)
			}
		}
		known.ports = known.serves()
		out[w.Name.Namespace] = append(out[w.Name.Namespace], known)
	}
	return out
}

// serves lists the container ports, and those that Services and probes name.
func (w *workload) serves() []int {
	ports := map[int]bool{}
	for _, p := range w.Ports {
		ports[p.Port] = true
	}
	for _, s := range w.services {
		for _, p := range s.Ports {
			ports[w.target(p)] = true
		}
	}
	for _, p := range w.Probes {
		ports[w.number(p.Port, p.PortName)] = true
	}
	delete(ports, 0)
	return slices.Sorted(maps.Keys(ports))
}

// target is the number of the port that a Service's port leads to; 0 where the
// workload does not tell.
func (w *workload) target(p intent.ServicePort) int {
	if p.Target == 0 && p.TargetName == "" {
		return p.Port
	}
	return w.number(p.Target, p.TargetName)
}

func (w *workload) number(port int, name string) int {
	for _, p := range w.Ports {
		if port == 0 && p.Name == name {
			return p.Port
		}
	}
	return port
}

// point is the workload as the subject of scopes.
func (w *workload) point() *match.Request {
	var at match.Request
	at.Set(match.Namespace, "", w.Name.Namespace).Set(match.Account, "", w.Account)
	for _, l := range w.Labels {
		at.Set(match.Label, l.Key, l.Value)
	}
	return &at
}

// within reports whether a predicate on subjects covers the workload.
func (w *workload) within(e match.Expr) bool {
	known := match.Map(e, func(a match.Atom) match.Expr {
		if a.Field != match.Service {
			return nil
		}
		for _, s := range w.services {
			var at match.Request
			if match.Eval(a, at.Set(match.Service, "", s.Name.String())) {
				return match.True
			}
		}
		return match.False
	})
	return match.Eval(known, w.point())
}

// subject is the conjunction of the workload's namespace and labels.
func (w *workload) subject() match.And {
	and := match.And{inNamespace(w.Name.Namespace)}
	for _, l := range slices.SortedFunc(slices.Values(w.Labels), func(a, b intent.Pair) int { return strings.Compare(a.Key, b.Key) }) {
		and = append(and, labelAtom(l.Key, l.Value))
	}
	return and
}

func inNamespace(ns string) match.Atom {
	return match.Atom{Field: match.Namespace, Op: match.Exact, Value: ns}
}
