package inventory

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// Impossible finds what of a Service or workload the API server takes of none: the value of a
// label, of one that it asks for, or the name of a service account. at is nil where there is
// nothing of the kind, and why a clause about it. It marks nothing of other objects.
// kubernetes pkg/apis/core/validation/validation.go
func Impossible(o *source.Object) (at *source.Node, why string) {
	if o.Group() == "" && o.Kind == "Service" {
		at = noLabel(o.Root.Get("metadata").Get("labels"), o.Root.Get("spec").Get("selector"))
		return at, "is no value of a label"
	}
	meta, spec := podOf(o)
	if at = noLabel(meta.Get("labels")); at != nil {
		return at, "is no value of a label"
	}
	for _, key := range []string{"serviceAccountName", "serviceAccount"} {
		if n := spec.Get(key); n.Text() != "" && !intent.IsName(n.Text()) {
			return n, "is no name of a service account"
		}
	}
	return nil, ""
}

// podOf are the metadata and specification of the pods of a workload; nil where it is none.
func podOf(o *source.Object) (meta, spec *source.Node) {
	at := o.Root
	switch {
	case o.Group() == "" && o.Kind == "Pod":
	case o.Kind == "CronJob" && o.Group() == "batch":
		at = at.Get("spec").Get("jobTemplate").Get("spec").Get("template")
	case Belongs(o) && (o.Group() != "" || o.Kind == "ReplicationController"):
		at = at.Get("spec").Get("template")
	default:
		return nil, nil
	}
	return at.Get("metadata"), at.Get("spec")
}

// noLabel is the first value of some labels that no object can have.
func noLabel(labels ...*source.Node) *source.Node {
	for _, n := range labels {
		if !n.Is(source.Map) {
			continue
		}
		for _, e := range n.Entries() {
			if !intent.IsLabelValue(e.Value.Text()) {
				return e.Value
			}
		}
	}
	return nil
}
