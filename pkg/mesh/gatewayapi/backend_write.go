package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// writeBackends prints backendRefs; a weight of 1 is left out where there is
// one backend only.
func (w *routeWriter) writeBackends(t *intent.Routing, backends []intent.Backend, namespace string) *manifest.Node {
	list := manifest.List()
	for _, b := range backends {
		if b.Port == 0 {
			b.Port = w.portOf(b.Host.Service, t)
		}
		n := w.writeReference(b, namespace).Because(b.From...)
		if b.Weight != 1 || len(backends) > 1 {
			n.Set("weight", manifest.Int(b.Weight))
		}
		n.Set("filters", w.writeFilters(t, w.d.ofBackend(b.Steps), nil, namespace))
		list.Append(n)
	}
	return filled(list)
}

// writeReference prints a reference to a Service, or to those of all clusters, from a
// namespace.
func (w *routeWriter) writeReference(b intent.Backend, namespace string) *manifest.Node {
	if b.Port == 0 {
		b.Port = w.portOf(b.Host.Service, nil)
	}
	name, n := b.Host.Service, manifest.Map()
	if of, is := b.Host.ClusterSet(); is {
		name = of
		n.Set("group", manifest.Str(GroupClusters)).Set("kind", manifest.Str(kindImport))
	}
	n.Set("name", manifest.Str(name.Name))
	if name.Namespace != "" && name.Namespace != namespace {
		n.Set("namespace", manifest.Str(name.Namespace))
	}
	if b.Port != 0 {
		n.Set("port", manifest.Int(b.Port))
	}
	return n
}

// portOf is the port of a backend that names none: the table's, if the Service
// has it, or the only one that the Service has.
func (w *routeWriter) portOf(name intent.Name, t *intent.Routing) int {
	s := w.m.Service(name)
	table := 0
	if t != nil && t.Entry.IsZero() {
		table = t.Port
	}
	if s == nil {
		return table
	}
	for _, p := range s.Ports {
		if p.Port == table {
			return table
		}
	}
	if len(s.Ports) == 1 {
		return s.Ports[0].Port
	}
	return table
}
