package linkerd

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/place"
)

// The annotations of pods and namespaces that name inbound ports: those at which
// every client needs an identity where there is no Server, and those that the
// proxy never sees.
// https://linkerd.io/2-edge/reference/proxy-configuration/
const (
	annotationIdentity = "config.linkerd.io/proxy-require-identity-inbound-ports"
	annotationSkipped  = "config.linkerd.io/skip-inbound-ports"
)

// portRange is some ports, both ends among them.
type portRange struct{ low, high int }

// portRanges reads a list of ports and ranges; ok is false where it is none, and
// Linkerd takes it for an empty one.
// linkerd2 policy-controller/k8s/index/src/ports.rs parse_portset
func portRanges(text string) (out []portRange, ok bool) {
	for _, item := range strings.Split(text, ",") {
		low, high, ranged := strings.Cut(item, "-")
		if !ranged {
			high = low
		}
		if strings.TrimSpace(item) == "" {
			continue
		}
		l, errLow := strconv.ParseUint(strings.TrimSpace(low), 10, 16)
		h, errHigh := strconv.ParseUint(strings.TrimSpace(high), 10, 16)
		if errLow != nil || errHigh != nil || l == 0 || l > h {
			return nil, false
		}
		out = append(out, portRange{int(l), int(h)})
	}
	return out, true
}

// podSetting finds an annotation of a workload's pods: their own, or that of their
// namespace, which is copied to them as they are made.
func (r *reader) podSetting(w *intent.Workload, key string) (p intent.Pair, ok bool) {
	if p, ok = pairOf(w.Annotations, key); ok {
		return p, true
	}
	for _, n := range r.in.Inventory.Namespaces {
		if n.Name == w.Name.Namespace {
			return pairOf(n.Annotations, key)
		}
	}
	return p, false
}

// podPorts reads an annotation that lists ports.
func (r *reader) podPorts(w *intent.Workload, key string) ([]portRange, intent.Pair) {
	p, ok := r.podSetting(w, key)
	if !ok {
		return nil, p
	}
	ranges, ok := portRanges(p.Value)
	if !ok {
		r.diags.Add(diag.InvalidValue, key+" "+p.Value+" is no list of ports, so that it has no effect", "correct it", p.From...)
	}
	return ranges, p
}

// withIdentity are the policies that let in, with what they become where an
// identity is demanded.
// linkerd2 policy-controller/k8s/index/src/inbound/index.rs default_inbound_server
var withIdentity = map[string]string{policyAll: policyAuthenticated, policyCluster: policyClusterAuthenticated}

// manyPorts bounds the ports of one annotation that become layers of their own.
const manyPorts = 64

// identified adds the layers of ports at which a workload demands identities.
func (r *reader) identified(to []layer, w *intent.Workload) []layer {
	ranges, p := r.podPorts(w, annotationIdentity)
	policy := r.in.Env.Linkerd.DefaultInbound
	if own, ok := r.podSetting(w, annotationInbound); ok && slices.Contains(policies, own.Value) {
		policy = own.Value
	}
	strict, allows := withIdentity[policy]
	if !allows {
		return to
	}
	ports := portsWithin(w, ranges)
	if len(ports) == 1 && match.Demanded(ports[0], match.Port) == "" {
		r.notTranslated("so many ports demand an identity that all of "+w.Name.String()+" do", p.From...)
	}
	for _, e := range ports {
		to = append(to, layer{e, strict, p.From})
	}
	return to
}

// demandsIdentity are the ports at which pods demand an identity, where there is no
// Server, by an annotation that stays theirs. Pods are known by their labels, so that those
// with more labels count among them.
func demandsIdentity(inv *intent.Inventory) (out []match.Expr) {
	r := &reader{in: mesh.Input{Inventory: inv}}
	for _, w := range inv.Workloads {
		ranges, _ := r.podPorts(w, annotationIdentity)
		if w.Kind != intent.MachineKind {
			out = append(out, portsWithin(w, ranges)...)
		}
	}
	return out
}

// portsWithin are ports of a workload's pods, or where they are very many all of them.
func portsWithin(w *intent.Workload, ranges []portRange) []match.Expr {
	subject := match.Conj(inNamespace(w.Name.Namespace), labelled(w.Labels))
	var ports []match.Expr
	for _, at := range ranges {
		for n := at.low; n <= at.high && len(ports) <= manyPorts; n++ {
			ports = append(ports, match.Conj(subject, onPort(n, place.Ref{})))
		}
	}
	if len(ports) > manyPorts {
		return []match.Expr{subject}
	}
	return ports
}

// pastProxy reports ports that no proxy sees, once for all pods that an annotation is of.
// What is said of them has no effect in Linkerd, and is lifted as if it had.
func (r *reader) pastProxy() {
	told := map[string]bool{}
	for _, w := range r.in.Inventory.Workloads {
		if w.Kind == intent.MachineKind {
			continue
		}
		ranges, p := r.podPorts(w, annotationSkipped)
		of := w.Name.String()
		if _, own := pairOf(w.Annotations, annotationSkipped); !own {
			of = "the pods of namespace " + w.Name.Namespace
		}
		if len(ranges) > 0 && !told[of] {
			told[of] = true
			r.notTranslated("connections to ports "+p.Value+" of "+of+" pass by the proxy, where no policy holds; they are lifted as if policies did", p.From...)
		}
	}
}
