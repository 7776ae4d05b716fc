package consul

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// exportable holds for offers to one cluster, or some, that Consul has a name for.
func exportable(p intent.Part) string {
	e, ok := p.(*intent.Export)
	switch {
	case !ok || e.To == nil:
		return ""
	case e.As != intent.ExportApart || e.Gateway:
		return "peers know a service by a name with that of its cluster, and its clients by their own"
	}
	return ""
}

// exporting says for a model why an offer cannot be made in an edition: the community
// edition has no partitions, and one name for Services of all namespaces.
func exporting(m *intent.Model, enterprise bool) func(*intent.Export) (why, fix string) {
	const allEditions = "translate to consul@" + versionEnterprise
	n := newNames(&m.Inventory, m.Env, enterprise)
	return func(e *intent.Export) (why, fix string) {
		switch {
		case enterprise || e.To == nil:
			return "", ""
		case e.To.Kind != intent.Peer:
			return "the community edition has peers alone", allEditions + ", or name peers"
		case e.Service.Name == anyName && e.Service.Namespace != "":
			return "the community edition knows no namespaces", allEditions + ", or name the services"
		case e.Service.Name == anyName:
			return "", ""
		}
		for _, s := range n.find(n.service(e.Service)) {
			if !slices.ContainsFunc(m.Exports, func(x *intent.Export) bool { return x.Offers(s.Name, e.To) }) {
				return "Service " + s.Name.String() + " has the same name in Consul, and is not offered", "give one of them another name in Consul, or offer both"
			}
		}
		return "", ""
	}
}

// exports prints what is made known to other clusters, an object for each that said it.
func (w *writer) exports() {
	for _, e := range w.m.Exports {
		home, namespace, name := consulHome(e.Home, kindExported), "default", "default"
		if e.Home != nil {
			namespace, name = e.Home.Namespace, e.Home.Name
		}
		at := slices.IndexFunc(w.objs, func(o *manifest.Object) bool { return o.Kind == kindExported && o.Name == name })
		if at < 0 {
			o := w.object(kindExported, namespace, name, home, nil)
			o.Root.Get("spec").Set("services", manifest.List())
			at = len(w.objs) - 1
		}
		w.exportOf(w.objs[at], e)
	}
}

// exportOf adds an offer to an object: to what is said of the service before, if anything is.
func (w *writer) exportOf(o *manifest.Object, e *intent.Export) {
	services, s := o.Root.Get("spec").Get("services"), w.exportedName(e.Service)
	at := slices.IndexFunc(services.Items(), func(n *manifest.Node) bool {
		return n.Get("name").Text == s.name && (s.ns == "" || n.Get("namespace").Text == s.ns)
	})
	if at < 0 {
		n := manifest.Map().Set("name", manifest.Str(s.name))
		if s.ns != "" {
			n.Set("namespace", manifest.Str(s.ns))
		}
		at = len(services.Items())
		services.Append(n.Set("consumers", manifest.List()))
	}
	n := services.Items()[at]
	to := manifest.Map()
	for _, f := range consumerKeys {
		if f.kind == e.To.Kind {
			to.Set(f.key, manifest.Str(e.To.Name))
		}
	}
	n.Because(e.From...)
	o.Root.Because(e.From...)
	o.From = append(o.From, e.From...)
	consumers := n.Get("consumers")
	if i := slices.IndexFunc(consumers.Items(), func(c *manifest.Node) bool { return manifest.Equal(c, to) }); i >= 0 {
		consumers.Items()[i].Because(e.From...)
		return
	}
	consumers.Append(to.Because(e.From...))
}

// exportedName is what Consul calls a Service, or all of a namespace.
func (w *writer) exportedName(name intent.Name) service {
	switch {
	case name.Name != anyName:
		return w.service(name)
	case w.names.enterprise:
		return service{cmp.Or(name.Namespace, anyName), anyName}
	}
	return service{name: anyName}
}
