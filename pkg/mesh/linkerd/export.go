package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// The labels by which Services are known to other clusters: those with a Link to this one
// mirror what is labelled, as the selectors of Links are by default.
// linkerd2 multicluster/cmd/link.go
const (
	mirrorExported  = "mirror.linkerd.io/exported"
	mirrorFederated = "mirror.linkerd.io/federated"
)

// exportLabel is a label and what it asks for.
type exportLabel struct {
	label   intent.Pair
	as      intent.ExportName
	gateway bool
}

// exportLabels are the labels with the manner of offering that they ask for.
var exportLabels = []exportLabel{
	{intent.Pair{Key: mirrorExported, Value: "true"}, intent.ExportApart, true},
	{intent.Pair{Key: mirrorExported, Value: "remote-discovery"}, intent.ExportApart, false},
	{intent.Pair{Key: mirrorFederated, Value: "member"}, intent.ExportJoint, false},
}

// exportsOf are what Services offer by their labels. A headless one has no address that a
// federated Service could have for it.
// linkerd2 multicluster/service-mirror/cluster_watcher.go
func exportsOf(inv *intent.Inventory) []*intent.Export {
	var out []*intent.Export
	for _, s := range inv.Services {
		for _, x := range exportLabels {
			at := slices.IndexFunc(s.Labels, func(p intent.Pair) bool { return p.Key == x.label.Key && p.Value == x.label.Value })
			if at < 0 || s.Headless && x.as == intent.ExportJoint {
				continue
			}
			out = append(out, &intent.Export{Service: s.Name, As: x.as, Gateway: x.gateway, From: intent.From(s.Labels[at].From...)})
		}
	}
	return out
}

// labelledExport holds for offers of one Service in a manner that a label asks for.
func labelledExport(p intent.Part) string {
	e, ok := p.(*intent.Export)
	switch {
	case !ok:
		return ""
	case e.Service.Name == "*":
		return "a label offers the one Service that has it"
	case e.As == intent.ExportOwn:
		return "a Service of other clusters has another name than that of this one"
	case e.As == intent.ExportJoint && e.Gateway:
		return "members of a federated Service are reached without a gateway"
	}
	return ""
}

// offerable says why a Service is not labelled, which is not so yet: clients of other
// clusters have the identities of those of this one where their accounts have the same
// names, so that policies would let them in alike.
func offerable(m *intent.Model) func(*intent.Export) (why, fix string) {
	const byHand = "label it where all that its policies let in may be in other clusters, too"
	own := exportsOf(&m.Inventory)
	return func(e *intent.Export) (why, fix string) {
		s := m.Service(e.Service)
		switch {
		case slices.ContainsFunc(own, func(x *intent.Export) bool { return x.Alike(e) && x.Offers(e.Service, nil) }):
			return "", ""
		case s != nil && s.Headless && e.As == intent.ExportJoint:
			return "a headless Service is no member of a federated one", "label a Service with an address of its own, or have it mirrored"
		case !e.Gateway && s == nil:
			return "the input does not tell whom the Service lets in, and clients of other clusters have the identities of those of this one", "add the Service and its workloads to the input"
		case !e.Gateway && len(s.Selector) == 0:
			return "the input does not tell whom the Service leads to, and clients of other clusters have the identities of those of this one", byHand
		case !e.Gateway && guarded(m, s):
			return "policies that let in clients of this cluster would let in those of others, which have the same identities", byHand
		}
		return "", ""
	}
}

// guarded reports whether some are kept out of a Service's workloads, or of one that the
// input does not show.
func guarded(m *intent.Model, s *intent.Service) bool {
	some := &intent.Workload{Name: s.Name, Labels: s.Selector}
	return m.Guards(some) || slices.ContainsFunc(m.Inventory.WorkloadsIn(s.Name.Namespace), func(w *intent.Workload) bool {
		return s.Selects(w.Labels) && m.Guards(w)
	})
}

// writeExports sets the labels of Services that are offered, in patches that may be there
// already.
func writeExports(m *intent.Model, patches []*manifest.Object) []*manifest.Object {
	for _, e := range m.Exports {
		i := slices.IndexFunc(exportLabels, func(x exportLabel) bool { return x.as == e.As && x.gateway == e.Gateway })
		label := exportLabels[i].label
		if s := m.Inventory.Service(e.Service); s != nil {
			if v, _ := intent.Lookup(s.Labels, label.Key); v == label.Value {
				continue
			}
		}
		at := slices.IndexFunc(patches, func(o *manifest.Object) bool { return o.Namespace == e.Service.Namespace && o.Name == e.Service.Name })
		if at < 0 {
			o := manifest.New("v1", "Service", e.Service.Namespace, e.Service.Name)
			o.Patch = true
			patches, at = append(patches, o), len(patches)
		}
		o := patches[at]
		meta := o.Root.Get("metadata")
		if meta.Get("labels") == nil {
			meta.Set("labels", manifest.Map())
		}
		meta.Get("labels").Set(label.Key, manifest.Str(label.Value).Because(e.From...))
		o.From = append(o.From, e.From...)
	}
	return patches
}
