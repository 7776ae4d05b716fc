package gatewayapi

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
)

// classes are the GatewayClasses that the implementations bring along; the
// specification has none, so that of Istio stands in.
var classes = map[string]string{versionIstio: "istio", versionCilium: "cilium"}

// writeGateways prints entries as Gateways, but for those kept verbatim.
func writeGateways(m *intent.Model, version string) []*manifest.Object {
	kept := map[string]bool{}
	for _, o := range m.Opaque {
		if whole, ok := o.Whole.(*source.Object); ok && o.Mesh == Name && (whole.Kind == "Gateway" || whole.Kind == setKind) {
			kept[objectID(whole.Kind, whole.Namespace, whole.Name)] = true
		}
	}
	var out []*manifest.Object
	for _, e := range m.Entries {
		if !kept[objectID(entryKind(e), e.Name.Namespace, e.Name.Name)] {
			out = append(out, writeGateway(e, version, m))
		}
	}
	return out
}

// attachedFrom are the namespaces of the routes on an entry.
func attachedFrom(m *intent.Model, entry intent.Name) []string {
	var out []string
	for _, t := range m.Routing {
		if t.Entry != entry {
			continue
		}
		for _, r := range t.Rules {
			h := r.Home
			if h == nil {
				h = t.Home
			}
			if h != nil {
				out = append(out, h.Namespace)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func writeGateway(e *intent.Entry, version string, m *intent.Model) *manifest.Object {
	kind := entryKind(e)
	o := manifest.New(group+"/v1", kind, e.Name.Namespace, e.Name.Name)
	WriteHome(o, e.Home, nil)
	o.From = append(o.From, e.From...)
	spec := manifest.Map()
	listeners := writeListeners(e, &writing{e.Name.Namespace, version}, attachedFrom(m, e.Name))
	if kind == setKind {
		o.Root.Set("spec", spec.Set("parentRef", writeSetParent(e)).Set("listeners", listeners))
		return o
	}
	class := cmp.Or(e.Class, classes[version], classes[versionIstio])
	spec.Set("gatewayClassName", manifest.Str(class)).Set("listeners", listeners).Set("allowedListeners", writeOffers(e))
	if frontend := writeFrontend(withSets(e, m.Entries)); frontend != nil {
		spec.Set("tls", manifest.Map().Set("frontend", frontend))
	}
	o.Root.Set("spec", spec)
	return o
}

// entryKind is the kind of object that an entry is.
func entryKind(e *intent.Entry) string {
	if e.Parent.IsZero() {
		return "Gateway"
	}
	return setKind
}

func writeSetParent(e *intent.Entry) *manifest.Node {
	n := manifest.Map().Set("name", manifest.Str(e.Parent.Name))
	if e.Parent.Namespace != e.Name.Namespace {
		n.Set("namespace", manifest.Str(e.Parent.Namespace))
	}
	return n
}

// writeOffers prints whose ListenerSets a Gateway takes; nil is nobody's.
func writeOffers(e *intent.Entry) *manifest.Node {
	if e.Offers == "" {
		return nil
	}
	from := manifest.Map().Set("from", manifest.Str(e.Offers))
	if e.Offers == "Selector" {
		from.Set("selector", WriteSelector(e.OffersTo))
	}
	return namespacesFrom(from)
}

// withSets is an entry with all that listens at its address.
func withSets(e *intent.Entry, entries []*intent.Entry) *intent.Entry {
	all := *e
	all.Listeners = slices.Clone(e.Listeners)
	for _, set := range entries {
		if set.Parent == e.Name {
			all.Listeners = append(all.Listeners, set.Listeners...)
		}
	}
	return &all
}

func writeListeners(e *intent.Entry, in *writing, namespaces []string) *manifest.Node {
	foreign := slices.ContainsFunc(namespaces, func(ns string) bool { return ns != e.Name.Namespace })
	list := manifest.List()
	names := map[string]bool{}
	for _, l := range e.Listeners {
		for _, host := range listenerHosts(l) {
			if l.Routes == "" && foreign {
				l.Routes = "All"
			}
			list.Append(writeListener(l, host, sectionName(l, names), in))
		}
	}
	return list
}

// writing is where a listener is written: in a Gateway of a namespace, for a version.
type writing struct{ namespace, version string }

// sectionName is the listener's name, or one made of protocol and port, with a
// number where it is taken.
func sectionName(l intent.Listener, taken map[string]bool) string {
	base := cmp.Or(listenerName(l), strings.ToLower(l.Protocol)+"-"+strconv.Itoa(l.Port))
	name := base
	for i := 2; taken[name]; i++ {
		name = base + "-" + strconv.Itoa(i)
	}
	taken[name] = true
	return name
}

// listenerName is what a listener is called, as far as the API has such names; ""
// is nothing.
func listenerName(l intent.Listener) string {
	if !formSection.fits(l.Name) {
		return ""
	}
	return l.Name
}

func writeListener(l intent.Listener, host, name string, in *writing) *manifest.Node {
	n := manifest.Map().Because(l.From...).Set("name", manifest.Str(name))
	if host != anyHostname {
		n.Set("hostname", manifest.Str(host))
	}
	n.Set("port", manifest.Int(l.Port)).Set("protocol", manifest.Str(l.Protocol))
	if l.TLS != nil {
		n.Set("tls", writeListenerTLS(l.TLS, in))
	}
	switch l.Routes {
	case "All":
		n.Set("allowedRoutes", namespacesFrom(manifest.Map().Set("from", manifest.Str("All"))))
	case "Selector":
		n.Set("allowedRoutes", namespacesFrom(manifest.Map().Set("from", manifest.Str("Selector")).Set("selector", WriteSelector(l.RoutesFrom))))
	}
	return n
}

func namespacesFrom(n *manifest.Node) *manifest.Node { return manifest.Map().Set("namespaces", n) }
