package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// pools lifts what Sidecars limit at the workloads that they are for: in place of all that
// DestinationRules say of these. Those beside which another one may count for some of these
// workloads are kept as they are, and so are those that say at which ports workloads listen,
// since these have limits of their own.
// pilot/pkg/networking/core/cluster_builder.go buildInboundCluster, pilot/pkg/model/sidecar.go InboundConnectionPoolForPort
func (r *reader) pools(objs []*source.Object) map[*source.Object]bool {
	out := map[*source.Object]bool{}
	for _, chosen := range []bool{true, false} { // the order in which Sidecars count
		for _, o := range objs {
			spec := o.Root.Get("spec")
			if chooses(o) != chosen || spec.Get("inboundConnectionPool") == nil || spec.Get("ingress") != nil || !r.alone(o, objs, out) {
				continue
			}
			validPool(spec.Get("inboundConnectionPool"))
			limits := keptAtServer(r.limits(spec.Get("inboundConnectionPool")))
			for _, h := range r.chosenHosts(o) {
				out[o] = true
				r.m.Intake = append(r.m.Intake, &intent.Intake{Home: r.home(o), Host: h, Limits: limits, From: limits.From})
			}
		}
	}
	return out
}

// chooses reports whether a Sidecar is for workloads by their labels.
func chooses(o *source.Object) bool { return len(selectorOf(o)) > 0 }

func selectorOf(o *source.Object) []source.Entry {
	return entries(o.Root.Get("spec").Get("workloadSelector").Get("labels"))
}

// alone reports whether no other Sidecar can count for workloads that one is for, but those
// that are lifted. For workloads that Sidecars of their namespace select, these count before
// all others; and before those of the root namespace, others of their own namespace.
// pilot/pkg/model/push_context.go getSidecarScope
func (r *reader) alone(o *source.Object, objs []*source.Object, lifted map[*source.Object]bool) bool {
	root := r.in.Env.Istio.RootNamespace
	return !slices.ContainsFunc(objs, func(x *source.Object) bool {
		switch {
		case x == o:
			return false
		case o.Namespace == root:
			return true
		case x.Namespace != o.Namespace:
			return false
		case chooses(o):
			return chooses(x) && !apartLabels(selectorOf(o), selectorOf(x))
		}
		return !lifted[x]
	})
}

// apartLabels reports whether no workload has all labels of two selectors.
func apartLabels(a, b []source.Entry) bool {
	return slices.ContainsFunc(a, func(x source.Entry) bool {
		return slices.ContainsFunc(b, func(y source.Entry) bool { return x.Key == y.Key && x.Value.Text() != y.Value.Text() })
	})
}

// chosenHosts are the hosts behind which all workloads are those that a Sidecar is for; none
// where it may select some of a host.
func (r *reader) chosenHosts(o *source.Object) (out []intent.Host) {
	labels := selectorOf(o)
	switch {
	case o.Namespace == r.in.Env.Istio.RootNamespace && len(labels) == 0:
		return []intent.Host{{DNS: "*"}}
	case len(labels) == 0:
		out = append(out, intent.Host{DNS: "*." + o.Namespace + ".svc." + r.in.Env.ClusterDomain})
		for h, at := range insideHosts(r.m) {
			if at == o.Namespace {
				out = append(out, h)
			}
		}
		slices.SortFunc(out, func(a, b intent.Host) int { return strings.Compare(a.String(), b.String()) })
		return out
	}
	for _, s := range r.in.Inventory.Services {
		if s.Name.Namespace == o.Namespace && len(s.Selector) > 0 {
			all := !slices.ContainsFunc(labels, func(l source.Entry) bool {
				v, ok := intent.Lookup(s.Selector, l.Key)
				return !ok || v != l.Value.Text()
			})
			if !all && r.mayMeet(s, labels) {
				return nil
			}
			if all {
				out = append(out, intent.Host{Service: s.Name})
			}
		}
	}
	return out
}

// mayMeet reports whether labels may select some workload of a Service.
func (r *reader) mayMeet(s *intent.Service, labels []source.Entry) bool {
	return !slices.ContainsFunc(labels, func(l source.Entry) bool {
		v, ok := intent.Lookup(s.Selector, l.Key)
		return ok && v != l.Value.Text()
	})
}

// sidecarPools are the facts of Sidecars among those about servers.
func sidecarPools(m *intent.Model) (out []*intent.Intake) {
	for _, i := range m.Intake {
		if len(i.From) > 0 && strings.HasPrefix(i.From[0].Object, "Sidecar ") {
			out = append(out, i)
		}
	}
	return out
}
