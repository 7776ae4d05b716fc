package istio

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// workloadGroup reads a template of machines, which register themselves with it: its
// labels count before those of the template, whose address is that of who registers.
// How machines are known to be well, and what their entries are annotated with, is kept
// for Istio. pilot/pkg/autoregistration/controller.go workloadEntryFromGroup
func (r *reader) workloadGroup(o *source.Object) *intent.Machine {
	spec := o.Need("spec")
	template, meta := spec.Get("template"), spec.Get("metadata")
	if template == nil {
		spec.Reject("has no template")
	}
	validLabels(meta.Get("labels"))
	m := machine(template)
	m.Many, m.Home, m.From = true, r.home(o), intent.From(o.Ref())
	m.Labels = r.overlaid(template.Get("labels"), meta.Get("labels"))
	if a := template.Get("address"); a != nil {
		r.inert(a, "machines that register have addresses of their own")
	}
	for _, at := range []struct {
		n            *source.Node
		why, instead string
	}{
		{spec.Get("probe"), "it says how machines are known to be well", "have what registers the machine look after it, such as a check of its agent, or run it as a pod with a readinessProbe"},
		{meta.Get("annotations"), "it annotates the entries of machines that register", "nothing, unless other tools read these annotations"},
	} {
		if at.n != nil {
			r.field(o, m.Home, at.n, at.why).Instead = at.instead
		}
	}
	return m
}
