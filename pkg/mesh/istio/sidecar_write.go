package istio

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
)

// sidecars prints what may leave, one Sidecar for each namespace, and for each set
// of workloads with labels; what MeshConfig says needs none.
func (w *writer) sidecars() {
	for _, e := range w.m.Egress {
		if w.isVerbatim(kindSidecar, e.Home) || gatewayapi.ByMeshConfig(e) {
			continue
		}
		namespaces, labels := callers(e.Scope.Client)
		if len(namespaces) == 0 {
			namespaces = []string{w.m.Env.Istio.RootNamespace}
		}
		for _, ns := range namespaces {
			w.sidecar(e, ns, labels)
		}
	}
}

func (w *writer) sidecar(e *intent.Egress, namespace string, labels []match.Atom) {
	home := intent.Home{Name: "default"}
	if e.Home != nil {
		home = *e.Home
	}
	home.Namespace, home.Name = namespace, cmp.Or(home.Name, "default")
	if e.Withheld {
		home.Comment = "# " + e.Why
	}
	m := w.object(groupNetworking, kindSidecar, &home, "egress")
	m.From = append(m.From, e.From...)
	spec := manifest.Map()
	if len(labels) > 0 {
		selector := manifest.Map()
		for _, l := range labels {
			selector.Set(l.Key, manifest.Str(l.Value).Because(refsOf(l.Place())...))
		}
		spec.Set("workloadSelector", manifest.Map().Set("labels", selector))
	}
	mode := allowAny
	if e.Effect == intent.Deny {
		mode = registryOnly
	}
	m.Root.Set("spec", spec.Set("outboundTrafficPolicy", manifest.Map().Because(e.From...).Set("mode", manifest.Str(mode))))
	w.add(m)
}

func refsOf(r place.Ref) []place.Ref { return intent.From(r) }

// leftBy says why what may leave cannot be said of some callers.
func leftBy(p intent.Part) string {
	e, ok := p.(*intent.Egress)
	if !ok {
		return ""
	}
	if _, named := callerNamespaces(e.Scope.Client); named {
		return ""
	}
	and, _ := e.Scope.Client.(match.And)
	namespaces := 0
	for _, x := range and {
		a, isAtom := x.(match.Atom)
		switch {
		case isAtom && a.Op == match.Exact && a.Field == match.ClientNamespace:
			namespaces++
		case isAtom && a.Op == match.Exact && a.Field == match.ClientLabel:
		default:
			return "a Sidecar is for workloads of a namespace by labels"
		}
	}
	if namespaces != 1 {
		return "a Sidecar is for workloads of one namespace"
	}
	return ""
}

// notOfRoot says why what leaves cannot be said of the root namespace's clients: a
// Sidecar there is for all that have none.
// pilot/pkg/model/push_context.go initSidecarScopes
func notOfRoot(m *intent.Model, e *intent.Egress) string {
	if namespaces, _ := callers(e.Scope.Client); slices.Contains(namespaces, m.Env.Istio.RootNamespace) {
		return "a Sidecar of the root namespace is for all namespaces"
	}
	return ""
}
