package linkerd

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// split reads an SMI TrafficSplit as the linkerd-smi extension does: it becomes
// the dstOverrides of the profile of its root service.
// linkerd-smi pkg/adaptor/controller.go
func (r *reader) split(o *source.Object) {
	spec := o.Need("spec")
	r.failover(o)
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
		host := r.sibling(name, o.Namespace)
		possible(item.Get("service"), host)
		to = append(to, r.found(intent.Backend{Host: host, Weight: splitWeight(item.Get("weight"), o.Version()), From: intent.From(item.Ref())}))
	}
	if !slices.ContainsFunc(to, func(b intent.Backend) bool { return b.Weight > 0 }) {
		to = nil
	}
	root := r.sibling(service, o.Namespace)
	possible(spec.Get("service"), root)
	p := r.profileOf(root, o.Namespace)
	if p.home == nil {
		p.home = home
	}
	p.from = append(p.from, o.Ref())
	p.overrides = to
	if len(to) == 0 {
		r.inert(o.Root, "TrafficSplit "+o.Namespace+"/"+o.Name+" has no backend with a weight, and no effect")
	}
}

// possible rejects a name that no Service has.
func possible(n *source.Node, h intent.Host) {
	if name := h.Service; n.Str() != "" && h.DNS == "" && !(intent.IsLabel(name.Name) && intent.IsLabel(name.Namespace)) {
		n.Reject("is no name that a Service can have")
	}
}

// found tells of a backend that is no Service where the input holds all: the proxy
// is told that there is none, has no endpoints, and answers with an error.
// linkerd2-proxy linkerd/proxy/api-resolve/src/resolve.rs
func (r *reader) found(b intent.Backend) intent.Backend {
	name := b.Host.Service
	if !r.in.Env.Complete.Services || name.IsZero() || r.in.Inventory.Service(name) != nil || r.in.Inventory.Imported(intent.Host{Service: name}) != nil {
		return b
	}
	b.Missing = true
	r.diags.Add(diag.UnknownService, "the Service "+name.String()+" is not in the input", "correct the reference, or add the Service to the input", b.From...)
	return b
}

// sibling is a Service by its short name, which a TrafficSplit takes to be in
// its own namespace, or by its full one.
func (r *reader) sibling(name, namespace string) intent.Host {
	if strings.Contains(name, ".") {
		return r.in.Env.Host(name)
	}
	return intent.Host{Service: intent.Name{Namespace: namespace, Name: name}}
}

// The label and the annotation by which an extension takes over the weights of a
// TrafficSplit. https://github.com/linkerd/linkerd-failover
const (
	failoverLabel      = "failover.linkerd.io/controlled-by"
	failoverAnnotation = "failover.linkerd.io/primary-service"
)

// failover warns that the weights of a TrafficSplit are set by an extension.
func (r *reader) failover(o *source.Object) {
	meta := o.Root.Get("metadata")
	at := meta.Get("labels").Get(failoverLabel)
	if at == nil {
		return
	}
	refs := []place.Ref{at.Ref()}
	if n := meta.Get("annotations").Get(failoverAnnotation); n != nil {
		n.Str()
		refs = append(refs, n.Ref())
	}
	r.diags.Tell(diag.Controlled, "the failover extension sets the weights of "+o.Ref().Object, "the weights of now are written, and nobody changes them afterwards",
		"configure failover in the target by hand", refs...)
}

// splitWeight is quantity of a TrafficSplit, of which only v1alpha1 has quantities: the
// API server rejects others than numbers in v1alpha2.
func splitWeight(n *source.Node, version string) int {
	if version != "v1alpha1" && n != nil && !n.IsNumber() {
		n.Reject("is no number, as weights are from v1alpha2 on")
		return 0
	}
	return quantity(n)
}
