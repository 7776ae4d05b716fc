package linkerd

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// kin are the workloads of a namespace whose pods have the same labels, by which alone they
// are known.
type kin struct {
	labels []intent.Pair
	all    []*intent.Workload
	policy string // the strictest of all of them
	// annotated says that some have a policy of their own; needed that they have not, and
	// are among those that others are known as.
	annotated, needed bool
	// differ says that not all have the policy.
	differ bool
	from   intent.Origin
}

// podDefaults adds the layers of pods with a default inbound policy of their own. It holds
// for those alone: others with the same labels, and more, keep theirs, and where labels
// tell none apart the strictest holds for all.
func (r *reader) podDefaults(to []layer) []layer {
	all := r.in.Inventory.Workloads
	for len(all) > 0 {
		ns, n := all[0].Name.Namespace, 1
		for n < len(all) && all[n].Name.Namespace == ns {
			n++
		}
		if slices.ContainsFunc(all[:n], hasOwnPolicy) {
			to = r.defaultsIn(to, ns, all[:n])
		}
		all = all[n:]
	}
	return to
}

func hasOwnPolicy(w *intent.Workload) bool {
	_, own := intent.Lookup(w.Annotations, annotationInbound)
	return own && w.Kind != intent.MachineKind
}

// defaultsIn adds the layers of the pods of one namespace, those with more labels first.
func (r *reader) defaultsIn(to []layer, ns string, all []*intent.Workload) []layer {
	rest := r.namespacePolicy(ns)
	var groups []*kin
	by := map[string]*kin{}
	for _, w := range all {
		if w.Kind == intent.MachineKind {
			continue
		}
		k := by[pairsKey(w.Labels)]
		if k == nil {
			k = &kin{labels: w.Labels}
			by[pairsKey(w.Labels)] = k
			groups = append(groups, k)
		}
		k.add(w, r.policyOf(w, rest))
	}
	for _, k := range groups {
		if k.annotated && len(k.labels) == 0 {
			k.narrow(rest.policy)
		}
	}
	needed(groups)
	slices.SortStableFunc(groups, func(a, b *kin) int { return cmp.Compare(len(b.labels), len(a.labels)) })
	for _, k := range groups {
		if k.annotated {
			r.tellKin(k)
		}
		if k.annotated && len(k.labels) > 0 || k.needed || k.annotated && !alikePolicies(k.policy, rest.policy) {
			to = append(to, layer{match.Conj(inNamespace(ns), labelled(k.labels)), k.policy, k.from})
		}
	}
	return to
}

// policyOf is the policy of a workload's pods: where the annotation of a pod is none of
// Linkerd's, that of the installation.
func (r *reader) policyOf(w *intent.Workload, rest layer) layer {
	if !hasOwnPolicy(w) {
		return rest
	}
	if own := r.annotated(nil, w.Annotations, nil); len(own) > 0 {
		return own[0]
	}
	return layer{nil, r.in.Env.Linkerd.DefaultInbound, nil}
}

// add adds a workload to those with its labels.
func (k *kin) add(w *intent.Workload, l layer) {
	if len(k.all) == 0 {
		k.policy = l.policy
	}
	k.narrow(l.policy)
	k.all, k.annotated = append(k.all, w), k.annotated || hasOwnPolicy(w)
	for _, ref := range l.from {
		if !slices.Contains(k.from, ref) {
			k.from = append(k.from, ref)
		}
	}
}

// narrow makes the policy the strictest of it and another.
func (k *kin) narrow(policy string) {
	k.differ = k.differ || !alikePolicies(k.policy, policy)
	k.policy = stricter(k.policy, policy)
}

// namespacePolicy is what holds for the pods of a namespace without a policy of their own.
func (r *reader) namespacePolicy(ns string) layer {
	for _, n := range r.in.Inventory.Namespaces {
		if v, ok := intent.Lookup(n.Annotations, annotationInbound); ok && n.Name == ns && slices.Contains(policies, v) {
			at := slices.IndexFunc(n.Annotations, func(p intent.Pair) bool { return p.Key == annotationInbound })
			return layer{nil, v, n.Annotations[at].From}
		}
	}
	return layer{nil, r.in.Env.Linkerd.DefaultInbound, intent.From(place.Default(Name, "defaultInboundPolicy"))}
}

// needed marks the groups without a policy of their own that have all labels of one with
// another policy.
func needed(groups []*kin) {
	for _, h := range groups {
		if h.annotated {
			continue
		}
		h.needed = slices.ContainsFunc(groups, func(k *kin) bool {
			return k.annotated && !alikePolicies(k.policy, h.policy) && hasAll(h.labels, k.labels)
		})
	}
}

// hasAll reports whether labels have all of others.
func hasAll(labels, others []intent.Pair) bool {
	return len(others) == 0 || (&intent.Service{Selector: others}).Selects(labels)
}

// tellKin tells of policies of pods that no label tells apart.
func (r *reader) tellKin(k *kin) {
	if !k.differ {
		return
	}
	names := make([]string, len(k.all))
	for i, w := range k.all {
		names[i] = w.Kind + " " + w.Name.String()
	}
	pods := "pods of " + strings.Join(names, " and ")
	why := pods + " have the same labels and not the same default inbound policy: the strictest is taken for all"
	if len(k.labels) == 0 {
		why = pods + " have no labels that tell them from others of the namespace: their default inbound policy is taken as far as it lets in no more than that of the namespace"
	}
	r.diags.Add(diag.NotTranslated, why, "give their pods labels of their own", k.from...)
}

// demands are what policies ask of clients: an identity, and an address in the cluster's
// networks. None of those that let in nobody.
var demands = map[string][2]bool{
	policyAll: {}, policyAudit: {}, policyAuthenticated: {true, false}, policyCluster: {false, true}, policyClusterAuthenticated: {true, true},
}

// stricter is the policy that lets in whom two do.
func stricter(a, b string) string {
	x, inA := demands[a]
	y, inB := demands[b]
	if !inA || !inB {
		return policyDeny
	}
	both := [2]bool{x[0] || y[0], x[1] || y[1]}
	for _, p := range []string{a, b, policyClusterAuthenticated} {
		if demands[p] == both {
			return p
		}
	}
	panic("linkerd: no policy demands both")
}

// alikePolicies reports whether two policies let in the same.
func alikePolicies(a, b string) bool {
	x, inA := demands[a]
	y, inB := demands[b]
	return inA == inB && x == y
}

// pairsKey is a text that is one for the same pairs, which are sorted.
func pairsKey(pairs []intent.Pair) string {
	var b strings.Builder
	for _, p := range pairs {
		b.WriteString(p.Key + "\x00" + p.Value + "\x00")
	}
	return b.String()
}
