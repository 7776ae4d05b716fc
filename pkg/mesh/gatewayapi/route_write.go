package gatewayapi

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// routeWriter prints tables as route objects.
type routeWriter struct {
	m *intent.Model
	t legal.Target
	d Dialect
	// verbatim are the routes that are printed as they were read, by objectID.
	verbatim map[string]bool
	objects  []*routeObject
	// likely are the objects of a key, of which one may hold the rules of another.
	likely map[homeKey][]*routeObject
	// ofHost are the tables of a host in the mesh.
	ofHost map[intent.Host][]*intent.Routing
	// commented are the homes whose comment is printed.
	commented map[*intent.Home]bool
}

// homeKey names an object of some kind of route.
type homeKey struct{ namespace, name string }

// routeObject is a route object to be written: rules for parents.
type routeObject struct {
	home        *intent.Home
	kind        string
	key         homeKey
	rules       *manifest.Node
	hostnames   []string
	annotations []intent.Pair
	tables      []*intent.Routing
	said        []intent.Rule // of the tables, those that it holds
}

// WriteRoutes prints tables on Services and Gateways as route objects.
func WriteRoutes(m *intent.Model, t legal.Target, d Dialect) []*manifest.Object {
	w := newRouteWriter(m, t, d)
	out := make([]*manifest.Object, 0, len(w.objects))
	for _, o := range w.objects {
		out = append(out, w.print(o))
	}
	return out
}

// newRouteWriter plans the objects.
func newRouteWriter(m *intent.Model, t legal.Target, d Dialect) *routeWriter {
	w := &routeWriter{m: m, t: t, d: d, verbatim: verbatimRoutes(m, d.Mesh), commented: map[*intent.Home]bool{}, likely: map[homeKey][]*routeObject{}, ofHost: map[intent.Host][]*intent.Routing{}}
	for _, table := range m.Routing {
		if table.Entry.IsZero() {
			w.ofHost[table.Host] = append(w.ofHost[table.Host], table)
		}
		w.table(table)
	}
	w.separate()
	return w
}

// table adds the rules of a table to the objects that they belong to.
func (w *routeWriter) table(t *intent.Routing) {
	parts := w.parts(t, w.withElse(t))
	if !w.inOrder(t, parts) {
		for i := range parts {
			parts[i].name = keyOf(t, parts[0].home).name
		}
	}
	for _, p := range parts {
		if p.home == nil || !w.verbatim[objectID(p.home.Kind, p.home.Namespace, p.home.Name)] {
			w.add(t, p)
		}
	}
}

// inOrder reports whether the names of the objects that parts stand in leave
// rules that rank alike in their order: of these the one in the object with the
// lower name wins.
func (w *routeWriter) inOrder(t *intent.Routing, parts []part) bool {
	for j, later := range parts {
		for _, p := range parts[:j] {
			if keyOf(t, later.home).name < keyOf(t, p.home).name && !w.mayPrecede(t, later, p) {
				return false
			}
		}
	}
	return true
}

// mayPrecede reports whether all rules of a part may stand before those of an
// earlier one.
func (w *routeWriter) mayPrecede(t *intent.Routing, later, p part) bool {
	for _, r := range later.whole {
		if slices.ContainsFunc(p.whole, func(b intent.Rule) bool { return !w.passes(t, b, r) }) {
			return false
		}
	}
	return true
}

// withElse makes what a table does with the rest a last rule, unless it is the
// 404 that the API has for it.
func (w *routeWriter) withElse(t *intent.Routing) []intent.Rule {
	if respond, ok := t.Else.(intent.Respond); t.Else == nil || ok && respond.Status == 404 || layer4(t.Protocol) && (closes(t.Else) || asUnknown(t.Else)) {
		return t.Rules
	}
	last := intent.Rule{Then: t.Else}
	if len(t.Rules) > 0 {
		last.Home = t.Rules[len(t.Rules)-1].Home
	}
	return append(slices.Clone(t.Rules), last)
}

// part is a set of rules that one object holds.
type part struct {
	home        *intent.Home
	name        string // of its object, where it is not that of the home
	hostnames   []string
	annotations []intent.Pair
	rules       []intent.Rule
	whole       []intent.Rule // the rules with their conditions on the host
}

// parts splits rules that have different homes, or need different hostnames or
// annotations, which belong to objects. Rules that rank alike are taken in the order of their objects, so
// that a rule joins an earlier part only if it may stand before those between.
func (w *routeWriter) parts(t *intent.Routing, rules []intent.Rule) []part {
	var out []part
	for _, r := range rules {
		home := cmp.Or(r.Home, t.Home)
		var annotations []intent.Pair
		if w.d.Annotations != nil && !layer4(t.Protocol) {
			annotations = w.d.Annotations(t.Protocol, &r)
		}
		split := []hosted{{when: r.When}}
		switch {
		case t.Protocol == intent.TLS && t.Entry.IsZero():
			split = ofServers(r.When)
		case w.d.MeshHostnames && t.Entry.IsZero():
			split = withoutHosts(r.When)
		}
		for _, h := range split {
			at := r
			at.When = h.when
			like := part{home: home, hostnames: h.hosts, annotations: annotations}
			i := w.partOf(t, out, like, r)
			if i < 0 {
				out, i = append(out, like), len(out)
			}
			out[i].rules, out[i].whole = append(out[i].rules, at), append(out[i].whole, r)
		}
	}
	return out
}

// partOf finds the last part that a rule with the home, hostnames and annotations
// of like may join, or -1.
func (w *routeWriter) partOf(t *intent.Routing, parts []part, like part, r intent.Rule) int {
	for i := len(parts) - 1; i >= 0; i-- {
		p := parts[i]
		if p.home == like.home && slices.Equal(p.hostnames, like.hostnames) && pairText(p.annotations) == pairText(like.annotations) {
			return i
		}
		if slices.ContainsFunc(p.whole, func(b intent.Rule) bool { return !w.passes(t, b, r) }) {
			return -1
		}
	}
	return -1
}

func pairText(pairs []intent.Pair) string {
	var b strings.Builder
	for _, p := range pairs {
		b.WriteString(p.Key + "=" + p.Value + "\n")
	}
	return b.String()
}

// add adds a part to the object that holds the same for other parents, or makes
// one.
func (w *routeWriter) add(t *intent.Routing, p part) {
	key := keyOf(t, p.home)
	key.name = cmp.Or(p.name, key.name)
	most := maxRules
	if layer4(t.Protocol) {
		most = 1
	}
	for _, rules := range chunks(w.joinRules(t, p.rules), most) {
		o := &routeObject{
			home: p.home, kind: kindOf(t), key: key, hostnames: p.hostnames, annotations: p.annotations,
			rules: manifest.List(), tables: []*intent.Routing{t}, said: rules,
		}
		for _, r := range rules {
			o.rules.Append(w.writeRule(t, r, o.key.namespace))
		}
		w.addObject(t, o)
	}
}

// chunks cuts rules into as many as one object holds, at most.
func chunks(rules []intent.Rule, most int) [][]intent.Rule {
	var out [][]intent.Rule
	total := 0
	for _, r := range rules {
		n := max(1, len(r.Alternatives()))
		if len(out) == 0 || len(out[len(out)-1]) == most || total+n > maxMatches {
			out, total = append(out, nil), 0
		}
		out[len(out)-1] = append(out[len(out)-1], r)
		total += n
	}
	return out
}

// addObject adds an object, or its table to one that holds the same.
func (w *routeWriter) addObject(t *intent.Routing, o *routeObject) {
	for _, other := range w.likely[o.key] {
		if other.kind == o.kind && other.tables[0].Entry.IsZero() == t.Entry.IsZero() && o.same(other) {
			other.tables, other.said = append(other.tables, t), append(slices.Clip(other.said), o.said...)
			return
		}
	}
	w.objects = append(w.objects, o)
	w.likely[o.key] = append(w.likely[o.key], o)
}

// same reports whether two objects say the same, whatever they are attached to.
func (o *routeObject) same(other *routeObject) bool {
	return manifest.Same(o.rules, other.rules) && pairText(o.annotations) == pairText(other.annotations) &&
		(!o.tables[0].Entry.IsZero() || slices.Equal(o.hostnames, other.hostnames))
}

// kindOf is the kind of routes that say a table: where TLS ends at a listener, those
// for the bytes in it name the server as those for TLS do.
func kindOf(t *intent.Routing) string {
	switch t.Protocol {
	case intent.GRPC:
		return "GRPCRoute"
	case intent.TLS:
		return "TLSRoute"
	case intent.TCP:
		if !t.Entry.IsZero() && named(t.Host) {
			return "TLSRoute"
		}
		return "TCPRoute"
	}
	return "HTTPRoute"
}

// keyOf is where an object stands: a route for a Service in the Service's
// namespace, or in that of the clients it is for.
func keyOf(t *intent.Routing, h *intent.Home) homeKey {
	var key homeKey
	if h != nil {
		key = homeKey{h.Namespace, h.Name}
	}
	if t.Entry.IsZero() {
		key.namespace = cmp.Or(clientNamespace(t.Scope.Client), t.Host.Service.Namespace)
		key.name = cmp.Or(key.name, t.Host.Service.Name)
	}
	key.namespace = cmp.Or(key.namespace, t.Entry.Namespace, "default")
	key.name = cmp.Or(key.name, t.Entry.Name, "routes")
	return key
}

func (w *routeWriter) print(o *routeObject) *manifest.Object {
	out := manifest.New(group+"/"+w.d.versionOf(o.kind), o.kind, o.key.namespace, o.key.name)
	WriteHome(out, w.once(o.home), o.annotations)
	spec := manifest.Map().Set("parentRefs", w.parentRefs(o)).Set("hostnames", w.writeHostnames(o)).Set("rules", o.rules)
	out.Root.Set("spec", spec)
	for _, t := range o.tables {
		out.From = append(out.From, t.From...)
	}
	return out
}
