package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// lets reports whether all that an EgressNetwork does is to let out.
func (r *reader) lets(o *source.Object) bool {
	n := intent.Name{Namespace: o.Namespace, Name: o.Name}
	return allows(o) && !treats(o) && !slices.ContainsFunc(r.in.Objects, func(route *source.Object) bool {
		return slices.ContainsFunc(egressRoutes, func(x egressRoute) bool { return x.kind == route.Kind }) && r.leadsTo(route, n)
	})
}

// leadsTo reports whether a parent or backend of a route is an EgressNetwork.
func (r *reader) leadsTo(route *source.Object, n intent.Name) bool {
	is := func(ref *source.Node) bool { return isNetwork(route, ref) && r.networkOf(route, ref) == n }
	spec := route.Root.Get("spec")
	return slices.ContainsFunc(spec.Get("parentRefs").Items(), is) || slices.ContainsFunc(spec.Get("rules").Items(), func(rule *source.Node) bool {
		return slices.ContainsFunc(rule.Get("backendRefs").Items(), is)
	})
}

// letsAllOut lifts the EgressNetworks of a namespace that do nothing but let out. What is
// sent to addresses of none of them leaves as well, so that they are as one for all.
// linkerd2 policy-controller/k8s/index/src/outbound/index/egress_network.rs resolve_egress_network
func (r *reader) letsAllOut(own []*source.Object) {
	for i, o := range own {
		r.egressRead[o] = true
		name := "EgressNetwork " + o.Namespace + "/" + o.Name
		list := o.Root.Get("spec").GetNull("networks")
		readNetworks(list)
		e := r.egressNetwork(o)
		switch {
		case i > 0:
			r.inert(o.Root, name+" lets out what passes without it")
			continue
		case list != nil:
			why := name + " lets out what is sent to any address: what is in none of its networks passes, too" + r.standsBefore(o)
			list.Inert(why)
			r.diags.Add(diag.Inert, why, "remove the networks, or deny what is to stay in by another EgressNetwork of the namespace", list.Ref())
		}
		r.m.Egress = append(r.m.Egress, e)
	}
}

// standsBefore adds that an EgressNetwork is looked at instead of those for all, if there
// are any.
func (r *reader) standsBefore(o *source.Object) string {
	if o.Namespace == globalEgress || !r.hasNetwork(globalEgress) {
		return ""
	}
	return ", and clients of namespace " + o.Namespace + " look at no EgressNetwork of namespace " + globalEgress
}
