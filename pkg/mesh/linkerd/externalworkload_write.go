package linkerd

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// writeMachines prints the workloads outside Kubernetes, each with the default inbound
// policy that pods have by that of their namespace, where it is not the installation's.
func writeMachines(m *intent.Model, all []legal.Elsewhere, name namer) []*manifest.Object {
	var out []*manifest.Object
	for _, x := range m.Machines {
		o := manifest.New(groupWorkload+"/v1beta1", "ExternalWorkload", x.Home.Namespace, name.name("ExternalWorkload", x.Home.Namespace, x.Home.Name))
		var more []intent.Pair
		if e := elsewhereOf(x, all); e != nil && policyOfClients(e.Clients) != m.Env.Linkerd.DefaultInbound {
			more = append(more, intent.Pair{Key: annotationInbound, Value: policyOfClients(e.Clients), From: e.Default.From})
		}
		home := *x.Home
		home.Labels = labelsOf(x)
		gatewayapi.WriteHome(o, &home, more)
		o.From = append(o.From, x.From...)
		o.Root.Set("spec", externalSpec(x, m.Env))
		out = append(out, o)
	}
	return out
}

// labelsOf are those that a machine is selected by, and the operator's own.
func labelsOf(x *intent.Machine) []intent.Pair {
	out := slices.Clone(x.Labels)
	for _, l := range x.Home.Labels {
		if _, ok := intent.Lookup(out, l.Key); !ok {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b intent.Pair) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// elsewhereOf is what holds on ports of a machine without a Server; nil is what the
// installation says.
func elsewhereOf(x *intent.Machine, all []legal.Elsewhere) *legal.Elsewhere {
	var of *legal.Elsewhere
	for i := range all {
		e := &all[i]
		switch {
		case e.Namespace != x.Home.Namespace:
		case samePairs(x.Workload().Labels, e.Labels):
			return e
		case len(e.Labels) == 0:
			of = e
		}
	}
	return of
}

// externalSpec is what an ExternalWorkload says. What callers ask the proxy for is a name
// of its own, where the source has none.
func externalSpec(x *intent.Machine, env intent.Environment) *manifest.Node {
	server := cmp.Or(x.ServerName, x.Home.Name+"."+x.Home.Namespace+".external."+env.ClusterDomain)
	tls := manifest.Map().Set("identity", manifest.Str(spiffe+x.SPIFFE(env.TrustDomain))).Set("serverName", manifest.Str(server))
	spec := manifest.Map().Set("meshTLS", tls)
	ports, addresses := manifest.List(), manifest.List()
	for _, p := range x.Ports {
		one := manifest.Map()
		if p.Name != "" {
			one.Set("name", manifest.Str(p.Name))
		}
		ports.Append(one.Set("port", manifest.Int(p.Port)))
	}
	if len(ports.Kids) > 0 {
		spec.Set("ports", ports)
	}
	for _, a := range x.Addresses {
		addresses.Append(manifest.Map().Set("ip", manifest.Str(a)))
	}
	return spec.Set("workloadIPs", addresses)
}

// external says why a machine is no ExternalWorkload; "" is that it is.
func external(p intent.Part) string {
	m, ok := p.(*intent.Machine)
	switch {
	case !ok:
		return ""
	case m.Account == "" && m.Identity == "":
		return "an ExternalWorkload has a certificate"
	case len(m.Addresses) == 0 || len(m.Addresses) > 2 || slices.ContainsFunc(m.Addresses, func(a string) bool { return !isIP(a) }):
		return "an ExternalWorkload has an address of IP, or one of each version"
	}
	return ""
}

func isIP(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// sided is a Server for pods, or for machines, with the predicate on their labels.
type sided struct {
	legal.Server
	machines bool
	// twin says that the same is written for pods, too.
	twin bool
}

// bySide are the Servers for pods and those for machines: what is said of both is written
// twice where the model has machines with such labels, which a selector of pods does not
// choose.
func bySide(m *intent.Model, all []legal.Server) []sided {
	var out []sided
	for _, s := range all {
		pods, machines := side(s, false), side(s, true)
		if pods != nil {
			out = append(out, sided{Server: *pods})
		}
		if machines != nil && (pods == nil || selectsMachine(m, s)) {
			out = append(out, sided{Server: *machines, machines: true, twin: pods != nil})
		}
	}
	return out
}

// side is a Server as it is for pods, or for machines; nil is that it is not.
func side(s legal.Server, machines bool) *legal.Server {
	s.Labels = match.Simplify(match.Map(s.Labels, func(a match.Atom) match.Expr {
		switch {
		case a.Field != match.Label || a.Key != intent.Outside.Key:
			return nil
		case machines:
			return match.True
		}
		return match.False
	}))
	if match.IsFalse(s.Labels) {
		return nil
	}
	return &s
}

func selectsMachine(m *intent.Model, s legal.Server) bool {
	return slices.ContainsFunc(m.Machines, func(x *intent.Machine) bool {
		return x.Home.Namespace == s.Namespace && holds(s.Labels, x.Workload().Labels)
	})
}
