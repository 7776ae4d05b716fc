package gatewayapi

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// attachment is a route at one parent: a Service, or a hostname of a Gateway's
// listener.
type attachment struct {
	route *Route
	// protocol, entry and host are those of the table; port 0 is every port.
	protocol intent.Protocol
	entry    intent.Name
	host     intent.Host
	port     int
	// consumer is the namespace whose clients are meant; "" is all.
	consumer string
	parent   *source.Node
	refs     []place.Ref
}

// attacher finds the parents of routes.
type attacher struct {
	in       mesh.Input
	d        Dialect
	gateways []*gateway
	grants   []Grant
	used     map[place.Ref]bool // the grants that are used
	diags    diag.List
	opaque   []*intent.Opaque
	attached []attachment
	counted  map[*source.Node]bool // the parents at which a table holds a route
	idle     []idle
}

// routes reads and attaches all route objects of the input.
func (a *attacher) routes() {
	for _, o := range a.in.Objects {
		if !isRoute(o.Kind) || !a.concerns(o) {
			continue
		}
		r, opaque, diags := readRoute(o, a.d, routeReader{check: a.backend, inventory: a.in.Inventory})
		a.diags = append(a.diags, diags...)
		if r.Inert == "" {
			if opaque = append(opaque, a.attach(r)...); r.refused == len(r.Parents) && r.refused > 0 {
				opaque = nil // of what the mesh puts out of force, which is not in the output
			}
		}
		a.opaque = append(a.opaque, a.hosts(r, opaque)...)
	}
}

// concerns reports whether the route has a parent that is not handled
// elsewhere, or none at all.
func (a *attacher) concerns(o *source.Object) bool {
	if a.d.Elsewhere == nil {
		return true
	}
	parents := ReadParents(o)
	return len(parents) == 0 || slices.ContainsFunc(parents, func(p Parent) bool { return !a.d.Elsewhere(p) })
}

// attach finds where a route takes effect. What it cannot follow is kept
// verbatim.
func (a *attacher) attach(r *Route) []*intent.Opaque {
	before, elsewhere, why := len(a.attached), false, ""
	var opaque []*intent.Opaque
	for _, p := range r.Parents {
		switch {
		case a.d.Elsewhere != nil && a.d.Elsewhere(p):
			elsewhere = true
		case p.IsService():
			if refused := a.service(r, p); refused != "" {
				why = refused
			}
		case p.IsGateway() || p.IsListenerSet():
			opaque = append(opaque, a.gateway(r, p)...)
		default:
			opaque = append(opaque, a.unknownParent(r, p, "parents of kind "+p.Kind+" are not translated"))
		}
	}
	if len(a.attached) == before && len(opaque) == 0 && !elsewhere && !r.byDefault {
		o := r.Object
		o.Root.Inert("attaches to nothing")
		without, fix := " attaches to nothing and has no effect", "name a parent that accepts the route"
		if why != "" {
			without, fix = " has no effect at any parent: "+why, "name a parent that accepts the route, take off what keeps it from having an effect, or remove it"
		}
		a.diags.Add(diag.Inert, o.Kind+" "+o.Namespace+"/"+o.Name+without, fix, o.Ref())
	}
	return opaque
}

// unknownParent keeps a parent of which the input does not tell enough; all that the
// route does holds there too.
func (a *attacher) unknownParent(r *Route, p Parent, why string) *intent.Opaque {
	a.diags.Add(diag.NotTranslated, why, "configure it in the target by hand", p.Node.Ref())
	from := intent.From(p.Node.Ref())
	for _, key := range []string{"hostnames", "rules"} {
		if n := r.Object.Root.Get("spec").Get(key); n != nil {
			from = append(from, n.Ref())
		}
	}
	return &intent.Opaque{Home: r.Home, Mesh: a.d.Mesh, Kind: r.Object.Kind, At: p.Node.Ref(), Whole: r.Object, Why: why, From: from}
}

// service attaches a route to a Service (GEP-1294), or says why it has no effect there.
func (a *attacher) service(r *Route, p Parent) (refused string) {
	why := ""
	switch {
	case !formLabel.fits(p.Name.Name):
		why = "no Service can be called " + p.Name.Name
	case a.d.Attaches != nil:
		if why = a.d.Attaches(a.in, r, p); why != "" {
			r.refused++
		}
	}
	consumer := ""
	if p.Name.Namespace != r.Object.Namespace {
		consumer = r.Object.Namespace
		if a.d.Consumers == ConsumersIgnored {
			why = cmp.Or(why, "the route is in another namespace than its Service, which has no effect")
		}
	}
	if why != "" {
		a.inert(p.Node, why)
		return why
	}
	a.checkService(p)
	if p.Section != "" {
		a.inert(p.Node.Get("sectionName"), "sectionName has no effect on a Service")
	}
	if !a.d.MeshHostnames && len(r.Hostnames) > 0 && !layer4(r.Protocol) {
		a.hostnamesInert(r)
	}
	at := attachment{
		route: r, protocol: family(r.Protocol), host: intent.Host{Service: p.Name}, port: p.Port, consumer: consumer, parent: p.Node, refs: []place.Ref{p.Node.Ref()},
	}
	if layer4(r.Protocol) {
		a.connections(at, p)
		return ""
	}
	a.attached = append(a.attached, at)
	return ""
}

// hostnamesInert says that hostnames have no effect, for a route that has no
// Gateway among its parents.
func (a *attacher) hostnamesInert(r *Route) {
	if !slices.ContainsFunc(r.Parents, func(p Parent) bool { return p.IsGateway() || p.IsListenerSet() }) {
		a.inert(r.Object.Root.Get("spec").Get("hostnames"), "hostnames have no effect for routes on Services")
	}
}

func (a *attacher) inert(n *source.Node, why string) {
	n.Inert(why)
	a.diags.Add(diag.Inert, why, "remove it", n.Ref())
}

// checkService says what the input shows to be wrong with a parent Service.
func (a *attacher) checkService(p Parent) {
	if why := a.unknown(p.Name, p.Port); why != "" {
		a.diags.Add(diag.UnknownService, why, "correct the reference, or add the Service to the input", p.Node.Ref())
	}
}

// unknown says why a Service and port are not among those of the input, or "".
// An input that shows no Service of the namespace tells nothing.
func (a *attacher) unknown(name intent.Name, port int) string {
	s := a.in.Inventory.Service(name)
	if s != nil {
		if s.Lacks(port) {
			return "the Service " + name.String() + " has no such port"
		}
		return ""
	}
	if a.in.Inventory.Imported(intent.Host{Service: name}) != nil {
		return ""
	}
	known := func(s *intent.Service) bool { return s.Name.Namespace == name.Namespace }
	if a.in.Env.Complete.Services || slices.ContainsFunc(a.in.Inventory.Services, known) {
		return "the Service " + name.String() + " is not in the input"
	}
	return ""
}

// backend looks a backend up; it is missing where the input holds all Services.
func (a *attacher) backend(b *intent.Backend, n *source.Node) (diags diag.List) {
	why := a.unknown(b.Host.Service, b.Port)
	if why == "" {
		return nil
	}
	b.Missing = a.in.Env.Complete.Services || a.in.Inventory.Service(b.Host.Service) != nil
	diags.Add(diag.UnknownService, why, "correct the reference, or add the Service to the input", n.Ref())
	return diags
}

// hosts completes the Opaque facts of a route with the hosts that it attaches
// to.
func (a *attacher) hosts(r *Route, opaque []*intent.Opaque) []*intent.Opaque {
	for _, o := range opaque {
		for _, at := range a.attached {
			if at.route != r {
				continue
			}
			if at.entry.IsZero() && !slices.Contains(o.Hosts, at.host) {
				o.Hosts = append(o.Hosts, at.host)
			}
			if !at.entry.IsZero() && !slices.Contains(o.Entries, at.entry) {
				o.Entries = append(o.Entries, at.entry)
			}
		}
	}
	return opaque
}

// namespaceLabels are the labels of a namespace; known is false where the input
// does not show it. Every namespace carries its name as a label.
func (a *attacher) namespaceLabels(name string) (labels match.Request, known bool) {
	for _, n := range a.in.Inventory.Namespaces {
		if n.Name != name {
			continue
		}
		known = true
		for _, l := range n.Labels {
			labels.Set(match.Label, l.Key, l.Value)
		}
	}
	labels.Set(match.Label, "kubernetes.io/metadata.name", name)
	return labels, known
}
