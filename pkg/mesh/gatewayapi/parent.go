package gatewayapi

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// Parent is a parentRef with its defaults filled in.
type Parent struct {
	Group, Kind string
	Name        intent.Name
	Port        int    // 0 is not said
	Section     string // "" is not said
	Node        *source.Node
}

// IsService reports whether the parent is a Kubernetes Service. Istio and
// Linkerd also take "core" for the empty group.
func (p Parent) IsService() bool { return (p.Group == "" || p.Group == "core") && p.Kind == "Service" }

// IsGateway reports whether the parent is a Gateway.
func (p Parent) IsGateway() bool { return p.Group == group && p.Kind == "Gateway" }

// IsListenerSet reports whether the parent is a ListenerSet.
func (p Parent) IsListenerSet() bool { return p.Group == group && p.Kind == setKind }

// ReadParents reads spec.parentRefs of a route. A missing group is the route's own, as the
// CRDs of gateway.networking.k8s.io and policy.linkerd.io both have it.
func ReadParents(o *source.Object) []Parent {
	var out []Parent
	list := o.Root.Get("spec").Get("parentRefs")
	for _, item := range atMost(list, 32) {
		p := Parent{
			Group: o.Group(), Kind: cmp.Or(item.Get("kind").Str(), "Gateway"),
			Name:    intent.Name{Namespace: cmp.Or(formLabel.read(item.Get("namespace")), o.Namespace), Name: formObject.need(item, "name")},
			Port:    port(item.Get("port")),
			Section: formSection.read(item.Get("sectionName")), Node: item,
		}
		if g := item.Get("group"); g != nil {
			p.Group = g.Str()
		}
		for _, q := range out {
			if o.Group() == group && q.same(p) {
				list.Reject("names one parent twice")
			}
		}
		out = append(out, p)
	}
	return out
}

// same reports whether two entries name one parent without telling them apart
// by port or section.
func (p Parent) same(q Parent) bool {
	if p.Group != q.Group || p.Kind != q.Kind || p.Name != q.Name {
		return false
	}
	if p.Port == q.Port && p.Section == q.Section {
		return true
	}
	bare := func(r Parent) bool { return r.Port == 0 && r.Section == "" }
	return bare(p) || bare(q)
}
