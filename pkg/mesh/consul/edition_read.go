package consul

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/source"
)

// alone notes which of the objects that are kept name services of other namespaces than
// their own. In the community edition all namespaces share one set of names; the enterprise
// edition takes a name to be of the object's namespace.
func (r *reader) alone() {
	if r.enterprise {
		return
	}
	told := map[*source.Object]bool{}
	for _, op := range r.m.Opaque {
		if o, ok := op.Whole.(*source.Object); ok {
			if _, known := told[o]; !known {
				told[o] = r.namesElsewhere(o)
			}
		}
	}
	r.aloneTogether(told)
	for _, op := range r.m.Opaque {
		if o, ok := op.Whole.(*source.Object); ok {
			op.Alone = told[o]
		}
	}
}

// aloneTogether has gateways, the routes that are for them, and what these lead to by more
// than a name be alone together: one says nothing without the others.
func (r *reader) aloneTogether(told map[*source.Object]bool) {
	for again := true; again; {
		again = false
		for _, b := range r.routedBy {
			if told[b.route] != told[b.to] {
				told[b.route], told[b.to], again = true, true, true
			}
		}
	}
}

// boundTo is a route with a gateway that it is for, or with what it may lead through.
type boundTo struct{ route, to *source.Object }

// namesElsewhere reports whether an object names a service, or a gateway, that the
// enterprise edition would look for in another namespace than where it is.
func (r *reader) namesElsewhere(o *source.Object) bool {
	if r.shared[o] {
		return true
	}
	of := namesIn{r, o.Namespace}
	if o.Kind == kindRegistration {
		of.ns = "default" // whatever the namespace of the resource: see registeredIn
	}
	if s, about := r.about(o); about && of.server(s.name) {
		return true
	}
	calls := kindNamed(o.Group(), o.Kind) == kindDefaults || o.Kind == kindIngress || o.Kind == entryIngress
	found := false
	o.Root.Leaves(func(l source.Leaf) {
		path := strings.ToLower(l.Ref().Path)
		switch {
		case found:
		case strings.Contains(path, "sources[") && strings.HasSuffix(path, "].name"):
			found = of.client(l.Value())
		case namesService(path):
			found = of.server(l.Value())
		case calls && (strings.Contains(path, "upstreamconfig.") || strings.Contains(path, "maxconn") || strings.Contains(path, "maxpending") || strings.Contains(path, "maxconcurrent")):
			found = of.client(o.Name)
		}
	})
	return found
}

// namesIn are the names that objects of a namespace use.
type namesIn struct {
	*reader
	ns string
}

// server reports whether a name of a service that is called would mean another one in the
// namespace.
func (n namesIn) server(name string) bool {
	if name == "" {
		return false
	}
	s := service{"", name}
	return name == anyName || len(n.names.find(s)) > 1 || n.names.host(s).Service.Namespace != n.ns
}

// client is server for a service that calls: one that the input lacks may be anywhere.
func (n namesIn) client(name string) bool {
	return name != "" && (n.server(name) || len(n.names.find(service{"", name})) == 0)
}

// namesService reports whether a path, in small letters, is one where objects name services
// that are called: a field of that name, or the name of an element of a list of them.
func namesService(path string) bool {
	if path == "service" || strings.HasSuffix(path, ".service") || strings.HasSuffix(path, "service.name") {
		return true
	}
	list, named := strings.CutSuffix(path, "].name")
	if !named {
		return false
	}
	list = list[:max(0, strings.LastIndexByte(list, '['))]
	return strings.HasSuffix(list, "services") || strings.HasSuffix(list, "overrides") || strings.HasSuffix(list, "backendrefs")
}
