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
	subject := match.Conj(inNamespace(w.Name.Namespace), labelled(w.Labels))
	var ports []match.Expr
	for _, at := range ranges {
		for n := at.low; n <= at.high && len(ports) <= manyPorts; n++ {
			ports = append(ports, match.Conj(subject, onPort(n, place.Ref{})))
		}
	}
	if len(ports) > manyPorts {
		ports = []match.Expr{subject}
		r.notTranslated("so many ports demand an identity that all of "+w.Name.String()+" do", p.From...)
	}
	for _, e := range ports {
		to = append(to, layer{e, strict, p.From})
	}
	return to
}

// demandsIdentity tells the ports at which pods demand an identity, where there is no
// Server, by an annotation that stays theirs.
func demandsIdentity(inv *intent.Inventory) func(w *intent.Workload, port int) bool {
	r := &reader{in: mesh.Input{Inventory: inv}}
	of := map[intent.Name][]portRange{}
	for _, w := range inv.Workloads {
		if ranges, _ := r.podPorts(w, annotationIdentity); w.Kind != intent.MachineKind && len(ranges) > 0 {
			of[w.Name] = append(of[w.Name], ranges...)
		}
	}
	if len(of) == 0 {
		return nil
	}
	return func(w *intent.Workload, port int) bool {
		return slices.ContainsFunc(of[w.Name], func(at portRange) bool { return at.low <= port && port <= at.high })
	}
}

// pastProxy reports ports that no proxy sees. What is said of them has no effect
// in Linkerd, and is lifted as if it had.
func (r *reader) pastProxy(w *intent.Workload) {
	if ranges, p := r.podPorts(w, annotationSkipped); len(ranges) > 0 {
		r.notTranslated("connections to ports "+p.Value+" of "+w.Name.String()+" pass by the proxy, where no policy holds; they are lifted as if policies did", p.From...)
	}
}
