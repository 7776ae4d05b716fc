package linkerd

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// split reads an SMI TrafficSplit as the linkerd-smi extension does: it becomes
// the dstOverrides of the profile of its root service.
// linkerd-smi pkg/adaptor/controller.go
func (r *reader) split(o *source.Object) {
	spec := o.Need("spec")
	home := r.home(o)
	service := spec.Get("service").Str()
	if service == "" {
		spec.Reject("has no service")
	}
	var to []intent.Backend
	for _, item := range spec.Get("backends").Items() {
		name := item.Get("service").Str()
		if name == "" {
			item.Reject("has no service")
		}
		weight := quantity(item.Get("weight"))
		if weight > 0 {
			to = append(to, intent.Backend{Host: r.sibling(name, o.Namespace), Weight: weight, From: intent.From(item.Ref())})
		}
	}
	p := r.profileOf(r.sibling(service, o.Namespace), o.Namespace)
	if p.home == nil {
		p.home = home
	}
	p.from = append(p.from, o.Ref())
	p.overrides = to
	if len(to) == 0 {
		r.inert(o.Root, "TrafficSplit "+o.Namespace+"/"+o.Name+" has no backend with a weight, and no effect")
	}
}

// sibling is a Service by its short name, which a TrafficSplit takes to be in
// its own namespace, or by its full one.
func (r *reader) sibling(name, namespace string) intent.Host {
	if strings.Contains(name, ".") {
		return r.in.Env.Host(name)
	}
	return intent.Host{Service: intent.Name{Namespace: namespace, Name: name}}
}
