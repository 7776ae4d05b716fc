package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// probeRoute prints a route that lets the kubelet's HTTP probes in, which Linkerd
// does by itself only where a Server has no routes.
func (w *admissionWriter) probeRoute(s legal.Server, server string) {
	paths := probes(&w.m.Inventory, s.Namespace, s.Labels, s.Port)
	if len(paths) == 0 || len(w.m.Env.Linkerd.ProbeNetworks) == 0 {
		return
	}
	var regions []match.Expr
	for _, p := range paths {
		regions = append(regions, match.And{
			match.Atom{Field: match.Path, Op: match.Exact, Value: p}, match.Atom{Field: match.Method, Op: match.Exact, Value: "GET"},
		})
	}
	for part := range slices.Chunk(regions, rulesPerRoute*matchesPerRule) {
		name := w.name.name("HTTPRoute", s.Namespace, server+"-probes")
		o := newInboundRoute(s.Namespace, name, server)
		o.Root.Above("# The kubelet asks for the health of " + server + ".")
		o.Root.Get("spec").Set("rules", inboundRules(part))
		o.From = []place.Ref{place.Default(Name, "linkerd.probeNetworks")}
		w.out = append(w.out, o)
		w.policies = append(w.policies, &writtenPolicy{
			at: policyTarget{kind: "HTTPRoute", namespace: s.Namespace, name: name}, clients: blocks(w.m.Env.Linkerd.ProbeNetworks, place.Ref{}), from: o.From,
		})
	}
}
