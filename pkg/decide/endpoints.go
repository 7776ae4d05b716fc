package decide

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// services finds Services by name: those of the inventory and the leaves that
// legalization added.
type services struct {
	*intent.Model
	known *knownEndpoints
	// named says that pods are of the Service by whose name they are registered: those of
	// another one with the same labels are others.
	named bool
}

func servicesOf(m *intent.Model) services { return services{Model: m, known: &knownEndpoints{}} }

// services are those of one of the models, in words that both understand.
func (c *comparison) services(m *intent.Model) services {
	return services{m, &knownEndpoints{}, c.a.Inventory.Registered && c.b.Inventory.Registered}
}

// knownEndpoints remembers the last names of endpoints: the rules of a table are
// about few.
type knownEndpoints struct {
	asked []askedEndpoints
	next  int
}

type askedEndpoints struct {
	host       intent.Host
	subset     match.Atom // if labelled
	labelled   bool
	subsetName string
	name       string
}

// fewEndpoints are remembered.
const fewEndpoints = 8

// endpoints names the set of pods behind a host and subset, in the same way for
// all spellings of it: by its labels where the Service is known, by name where
// it is not. A subset of all is none.
func (s services) endpoints(h intent.Host, subset match.Expr, subsetName string) string {
	label, one := subset.(match.Atom)
	if subset != nil && !one {
		return s.pods(h, subset, subsetName)
	}
	k := s.known
	for i := range k.asked {
		if a := &k.asked[i]; a.host == h && a.subsetName == subsetName && a.labelled == one && a.subset == label {
			return a.name
		}
	}
	a := askedEndpoints{h, label, one, subsetName, s.pods(h, subset, subsetName)}
	if len(k.asked) < fewEndpoints {
		k.asked = append(k.asked, a)
	} else {
		k.asked[k.next] = a
	}
	k.next = (k.next + 1) % fewEndpoints
	return a.name
}

// pods is endpoints, not remembered.
func (s services) pods(h intent.Host, subset match.Expr, subsetName string) string {
	if match.IsTrue(subset) {
		subset, subsetName = nil, ""
	}
	svc := s.Service(h.Service)
	if subset != nil && match.IsTrue(subset) {
		subset, subsetName = nil, "" // a subset of all pods is the Service
	}
	if svc == nil || len(svc.Selector) == 0 || h.Service.IsZero() {
		if subset == nil && subsetName == "" {
			return h.String()
		}
		name := h.String() + " subset " + subsetName
		if subset != nil {
			name += " (" + strings.Join(podLabels(&intent.Service{}, subset), ",") + ")"
		}
		return name
	}
	if s.named {
		return "pods registered as " + h.Service.String() + " with " + strings.Join(podLabels(svc, subset), ",")
	}
	return "pods of " + h.Service.Namespace + " with " + strings.Join(podLabels(svc, subset), ",")
}

// podLabels writes what a Service and a subset of it ask of labels, sorted. What
// the subset says of a label counts.
func podLabels(svc *intent.Service, subset match.Expr) []string {
	out := make([]string, 0, len(svc.Selector)+1)
	var own []match.Atom
	if subset != nil {
		alts, ok := match.DNF(subset, 1)
		if !ok || len(alts) != 1 {
			return append(out, match.Key(subset))
		}
		for _, l := range alts[0] {
			switch exact := l.Atom.Field == match.Label && l.Atom.Op == match.Exact; {
			case exact && !l.Not:
				own = append(own, l.Atom)
				out = append(out, l.Atom.Key+"="+labelValue(l.Atom.Value))
			case exact:
				out = append(out, l.Atom.Key+"!="+labelValue(l.Atom.Value))
			case l.Not:
				out = append(out, "not "+l.Atom.String())
			default:
				out = append(out, l.Atom.String())
			}
		}
	}
	for _, p := range svc.Selector {
		if !slices.ContainsFunc(own, func(a match.Atom) bool { return a.Key == p.Key }) {
			out = append(out, p.Key+"="+p.Value)
		}
	}
	slices.Sort(out)
	return out
}

// labelValue quotes what is no value of a label in Kubernetes, as Consul's filters have
// it, so that no value looks like more than one.
func labelValue(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`,()"`, r) }) {
		return strconv.Quote(s)
	}
	return s
}

// port names the port of a backend: "addressed" where it is the one that the
// client addressed, in a table for the host and port of at. A backend without a
// port has its Service's only one, or the one addressed.
func (s services) port(b *intent.Backend, at *tableKey) string {
	port, addressed := b.Port, at.port
	if only := s.onlyPort(b.Host); port == 0 {
		port = only
	}
	if addressed == 0 {
		addressed = s.onlyPort(at.host)
	}
	if port == 0 || port == addressed {
		return "addressed"
	}
	return fmt.Sprint(port)
}

// absent reports whether a host is a Service that is known not to exist.
func (s services) absent(h intent.Host) bool {
	return s.Env.Complete.Services && !h.Service.IsZero() && s.Service(h.Service) == nil
}

// onlyPort is the port of a Service that has one, or 0.
func (s services) onlyPort(h intent.Host) int {
	if svc := s.Service(h.Service); svc != nil && len(svc.Ports) == 1 {
		return svc.Ports[0].Port
	}
	return 0
}

// target is the workload's port behind a Service's, or the same number where
// that is not known.
func (s services) target(name intent.Name, port int, workloads []*intent.Workload) int {
	svc := s.Service(name)
	if svc == nil {
		return port
	}
	for _, p := range svc.Ports {
		if p.Port != port {
			continue
		}
		if p.TargetName == "" {
			return p.Target
		}
		for _, w := range workloads {
			if w.Name.Namespace == name.Namespace && svc.Selects(w.Labels) {
				for _, wp := range w.Ports {
					if wp.Name == p.TargetName {
						return wp.Port
					}
				}
			}
		}
	}
	return port
}
