package gatewayapi

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/place"
)

// need is a reference across namespaces that takes a ReferenceGrant: of routes
// on Gateways to Services, and of Gateways to Secrets and ConfigMaps.
type need struct {
	fromKind, from string
	toKind         string
	to             intent.Name
}

// ownRisk reports whether the same reference stands in the source, in an object of
// this API, without a grant: whoever owns the other namespace may have given one
// elsewhere, or none, and it is not for a translation to give it.
func (n need) ownRisk(from intent.Origin) bool {
	return slices.ContainsFunc(from, func(ref place.Ref) bool { return strings.HasPrefix(ref.Object, n.fromKind+" "+n.from+"/") })
}

// Ungranted reports whether a backend of a route on a Gateway is missing because no
// ReferenceGrant lets the route refer to it. It is written as it was: without a grant
// nothing is sent there, and whoever owns the namespace may still give one.
func Ungranted(t *intent.Routing, b *intent.Backend) bool {
	if t.Entry.IsZero() || !b.Missing || b.Host.Service.IsZero() || grantName(b.From, b.Host.Service.Namespace) != "" {
		return false
	}
	return slices.ContainsFunc(b.From, func(ref place.Ref) bool {
		kind, name, _ := strings.Cut(ref.Object, " ")
		namespace, _, _ := strings.Cut(name, "/")
		return isRoute(kind) && namespace != b.Host.Service.Namespace
	})
}

// grantObject is a ReferenceGrant to be written: all that one namespace needs of
// another.
type grantObject struct {
	namespace, name string
	needs           []need
	from            []place.Ref
}

// writeGrants prints the ReferenceGrants that the written objects need.
func writeGrants(m *intent.Model, routes []*routeObject) []*manifest.Object {
	grants := map[string]*grantObject{}
	add := func(n need, from intent.Origin) {
		granted := grantName(from, n.to.Namespace)
		if n.to.Namespace == "" || n.to.Namespace == n.from || granted == "" && n.ownRisk(from) {
			return
		}
		name := cmp.Or(granted, "from-"+n.from)
		key := n.to.Namespace + "/" + name + " " + n.from
		if grants[key] == nil {
			grants[key] = &grantObject{namespace: n.to.Namespace, name: name}
		}
		grants[key].needs = append(grants[key].needs, n)
		grants[key].from = append(grants[key].from, from...)
	}
	for _, o := range routes {
		if !o.tables[0].Entry.IsZero() {
			routeNeeds(o, add)
		}
	}
	for _, e := range m.Entries {
		for _, l := range e.Listeners {
			if l.TLS == nil {
				continue
			}
			for _, c := range l.TLS.Certificates {
				add(need{fromKind: entryKind(e), from: e.Name.Namespace, toKind: "Secret", to: c}, l.TLS.From)
			}
			if l.TLS.Clients == nil || entryKind(e) == setKind {
				continue
			}
			for _, a := range l.TLS.Clients.Authorities {
				add(need{fromKind: "Gateway", from: e.Name.Namespace, toKind: a.Kind, to: a.Name}, l.TLS.Clients.From)
			}
		}
	}
	var out []*manifest.Object
	for _, key := range slices.Sorted(maps.Keys(grants)) {
		out = append(out, grants[key].write())
	}
	return out
}

// routeNeeds visits the backends of an object's rules.
func routeNeeds(o *routeObject, add func(need, intent.Origin)) {
	visit := func(b intent.Backend) {
		add(need{fromKind: o.kind, from: o.key.namespace, toKind: "Service", to: b.Host.Service}, b.From)
	}
	for _, r := range o.said {
		if f, ok := r.Then.(intent.Forward); ok {
			for _, b := range f.To {
				visit(b)
			}
		}
		for _, s := range r.Steps {
			if mirror, ok := s.(intent.Mirror); ok {
				visit(mirror.To)
			}
		}
	}
}

// grantName is the name of the grant that a reference was read with, or "".
func grantName(from intent.Origin, namespace string) string {
	for _, ref := range from {
		if name, ok := strings.CutPrefix(ref.Object, "ReferenceGrant "+namespace+"/"); ok {
			return name
		}
	}
	return ""
}

func (g *grantObject) write() *manifest.Object {
	slices.SortFunc(g.needs, func(a, b need) int {
		return cmp.Or(cmp.Compare(a.fromKind, b.fromKind), cmp.Compare(a.from, b.from), cmp.Compare(a.toKind, b.toKind), compareName(a.to, b.to))
	})
	from, to := manifest.List(), manifest.List()
	seen := map[string]bool{}
	for _, n := range g.needs {
		if key := "from " + n.fromKind + " " + n.from; !seen[key] {
			seen[key] = true
			from.Append(manifest.Map().Set("group", manifest.Str(group)).Set("kind", manifest.Str(n.fromKind)).Set("namespace", manifest.Str(n.from)))
		}
		if key := "to " + n.toKind + " " + n.to.Name; !seen[key] {
			seen[key] = true
			to.Append(manifest.Map().Set("group", manifest.Str("")).Set("kind", manifest.Str(n.toKind)).Set("name", manifest.Str(n.to.Name)))
		}
	}
	o := manifest.New(group+"/v1", "ReferenceGrant", g.namespace, g.name)
	o.Root.Set("spec", manifest.Map().Set("from", from).Set("to", to)).Because(g.from...)
	o.From = g.from
	return o
}
