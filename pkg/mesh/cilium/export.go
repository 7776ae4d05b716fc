package cilium

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// The kinds of Multi-Cluster Services, which Cilium serves: a ServiceImport is what it makes
// of the exports of all clusters.
// https://docs.cilium.io/en/stable/network/clustermesh/mcsapi/
const (
	kindServiceExport = "ServiceExport"
	kindServiceImport = "ServiceImport"
)

func isServiceExport(o *source.Object) bool {
	return o.Group() == gatewayapi.GroupClusters && o.Kind == kindServiceExport
}

// takes finds the exports, which other meshes may obey, too.
func takes(all []*source.Object) map[*source.Object]bool {
	out := map[*source.Object]bool{}
	for _, o := range all {
		if isServiceExport(o) {
			out[o] = true
		}
	}
	return out
}

// serviceExport reads what offers the Service of its name to all clusters, which have one
// name for those of all. Namespaces that are not global offer none.
// cilium pkg/clustermesh/mcsapi/serviceexportsync.go syncMCSAPIServiceSpec
func (r *reader) serviceExport(o *source.Object) {
	const why = "it offers a Service to other clusters"
	home := gatewayapi.ReadHome(o, nil)
	r.m.Opaque = append(r.m.Opaque, &intent.Opaque{
		Home: home, Mesh: Name, Kind: o.Kind, At: o.Ref(), Whole: o, Held: true, Why: why, From: intent.From(o.Ref()),
	})
	o.Root.Get("spec").Skip("says which labels and annotations the Service has in other clusters")
	if ofOneCluster(r.in.Inventory, o.Namespace) {
		o.Root.Inert("the namespace is not global")
		return
	}
	r.m.Exports = append(r.m.Exports, &intent.Export{
		Home: home, Service: intent.Name{Namespace: o.Namespace, Name: o.Name}, As: intent.ExportJoint, From: intent.From(o.Ref()),
	})
}

// ofOneCluster reports whether an annotation keeps the Services of a namespace in the cluster.
// cilium pkg/clustermesh/namespace/namespace.go IsGlobalNamespace
func ofOneCluster(inv *intent.Inventory, namespace string) bool {
	for _, n := range inv.Namespaces {
		if v, ok := intent.Lookup(n.Annotations, ofMesh+"global"); ok && n.Name == namespace {
			return !strings.EqualFold(v, "true")
		}
	}
	return false
}

// exportsOf are what Services offer by annotations: those that are global, unless they are
// said not to be shared.
// cilium pkg/annotation/clustermesh.go GetAnnotationShared
func exportsOf(inv *intent.Inventory) []*intent.Export {
	var out []*intent.Export
	for _, s := range inv.Services {
		global, is := annotation(s, ofService+"global", "io.cilium/global-service")
		shared, said := annotation(s, ofService+"shared", "io.cilium/shared-service")
		if !is || !strings.EqualFold(global.Value, "true") || said && !strings.EqualFold(shared.Value, "true") || ofOneCluster(inv, s.Name.Namespace) {
			continue
		}
		from := intent.From(global.From...)
		if said {
			from = append(from, shared.From...)
		}
		out = append(out, &intent.Export{Service: s.Name, As: intent.ExportOwn, From: from})
	}
	return out
}

// annotation is one of a Service under the first of its names that it has.
func annotation(s *intent.Service, names ...string) (intent.Pair, bool) {
	for _, name := range names {
		for _, a := range s.Annotations {
			if a.Key == name {
				return a, true
			}
		}
	}
	return intent.Pair{}, false
}

// exportable holds for offers of one Service, without a gateway, under one name for those of
// all clusters.
func exportable(p intent.Part) string {
	e, ok := p.(*intent.Export)
	switch {
	case !ok:
		return ""
	case e.Service.Name == "*":
		return "a ServiceExport offers the one Service of its name"
	case e.Gateway:
		return "clients of other clusters reach pods themselves, and not by a gateway that policies know"
	case e.As == intent.ExportApart:
		return "Services of all clusters have one name"
	}
	return ""
}

// sharable says why a Service is not offered under its own name, which is not so yet.
func sharable(m *intent.Model) func(*intent.Export) (why, fix string) {
	own := exportsOf(&m.Inventory)
	return func(e *intent.Export) (why, fix string) {
		if e.As == intent.ExportOwn && !slices.ContainsFunc(own, func(x *intent.Export) bool { return x.Service == e.Service }) {
			return "a global Service gets the endpoints of other clusters, too", "annotate it by service.cilium.io/global where that is what clients want"
		}
		return "", ""
	}
}

// serviceExports prints what offers Services of other meshes, one object for each.
func (w *writer) serviceExports() []*manifest.Object {
	var out []*manifest.Object
	for _, e := range w.m.Exports {
		if e.As != intent.ExportJoint || w.isVerbatim(e.Home) {
			continue
		}
		if i := slices.IndexFunc(out, func(o *manifest.Object) bool { return o.Namespace == e.Service.Namespace && o.Name == e.Service.Name }); i >= 0 {
			out[i].Root.Because(e.From...)
			out[i].From = append(out[i].From, e.From...)
			continue
		}
		o := manifest.New(gatewayapi.GroupClusters+"/v1beta1", kindServiceExport, e.Service.Namespace, e.Service.Name)
		o.Root.Because(e.From...)
		o.From = append(o.From, e.From...)
		out = append(out, o)
	}
	return out
}
