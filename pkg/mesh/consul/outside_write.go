package consul

import (
	"maps"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// heldBack is the fact that keeps in all clients; nil is none.
func (w *writer) heldBack() *intent.Egress {
	for _, e := range w.m.Egress {
		if match.IsTrue(match.Simplify(e.Scope.Client)) {
			if e.Effect == intent.Deny {
				return e
			}
			return nil
		}
	}
	return nil
}

// holding says why nothing is held back where proxies do not see what leaves, and what
// else is: all that is in no catalog of Consul's.
func holding(env intent.Environment) (why, besides string) {
	if on := env.Consul.TransparentProxy; on != nil && !*on {
		return "proxies see what leaves only where traffic is redirected through them (consul.transparentProxy)", ""
	}
	return "", "each Service without proxies, and Kubernetes' own API,"
}

// outside notes the destinations that services stand for.
func (w *writer) outside() {
	for _, e := range w.m.External {
		if ofDestination(e) == "" {
			x := w.words(service{w.consulNamespace(e.Home.Namespace), e.Home.Name}, e.Home.Namespace)
			x.outside, x.from = append(x.outside, e), append(x.from, e.From...)
		}
	}
}

// writeDestination prints what a service stands for, and what that speaks.
func writeDestination(all []*intent.External, spec *manifest.Node) {
	addresses, from := manifest.List(), intent.Origin(nil)
	protocol := protocolTCP
	for _, e := range all {
		from = append(append(from, e.From...), e.Ports[0].From...)
		for _, h := range e.Hosts {
			if e.Addresses == nil {
				addresses.Append(manifest.Str(h.DNS))
			}
		}
		for _, a := range e.Addresses {
			addresses.Append(manifest.Str(a))
		}
		if p := protocolOutside(e); p != protocolTCP {
			protocol = p
		}
	}
	spec.Set("protocol", manifest.Str(protocol))
	spec.Set("destination", manifest.Map().Because(from...).Set("addresses", addresses).Set("port", manifest.Int(all[0].Ports[0].Port)))
}

// protocolOutside is what a service speaks that stands for what is outside.
func protocolOutside(e *intent.External) string {
	for _, p := range slices.Sorted(maps.Keys(outsideProtocols)) {
		if outsideProtocols[p] == e.Ports[0].Protocol {
			return p
		}
	}
	return protocolTCP
}

// wholeMesh holds for what is said of all clients alike.
func wholeMesh(p intent.Part) string {
	if e, ok := p.(*intent.Egress); ok && !match.IsTrue(match.Simplify(e.Scope.Client)) {
		return "what leaves is held back for the whole mesh"
	}
	return ""
}

// ofDestination holds for what stems from a destination. What others make known is
// not written so: Envoy looks at the port of a connection first, and goes back to no
// chain without one, so that services of the mesh at that port could no longer be
// called.
// envoy source/common/listener_manager/filter_chain_manager_impl.cc findFilterChain
func ofDestination(p intent.Part) string {
	e, ok := p.(*intent.External)
	if ok && (e.Home == nil || e.Home.Kind != kindDefaults && e.Home.Kind != entryDefaults) {
		return "a destination is reached through a terminating gateway, which somebody must run, and takes its port from the services of the mesh"
	}
	return ""
}
