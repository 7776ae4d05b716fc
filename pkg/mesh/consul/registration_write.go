package consul

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// instanceOf is the Service that a machine is an instance of, and its port there.
type instanceOf struct {
	service *intent.Service
	port    int
}

// registered says machines as instances of the Services that select them, under the name
// that the Service has for its port, and without the labels that no metadata can be. Those
// that are registered are so already.
func registered(m *intent.Model, enterprise bool) func(*intent.Machine) (*intent.Machine, string) {
	n := newNames(&m.Inventory, m.Env, enterprise)
	count := map[string]int{}
	for _, x := range m.Machines {
		count[x.Home.Name]++
	}
	return func(x *intent.Machine) (*intent.Machine, string) {
		switch {
		case enterprise && !x.Bare && x.Home.Kind == kindRegistration && gatewaysAlone(m):
			return nil, "the TerminatingGateway that leads there names it as a service of another namespace, where this edition does not look for it"
		case staysRegistered(m, x, enterprise):
			return x, ""
		}
		of, why := n.instance(x)
		if why == "" && count[x.Home.Name] > 1 {
			why = "Registrations are of no namespace, and another machine has its name"
		}
		if why != "" {
			return nil, why
		}
		now := *x
		now.Labels = slices.DeleteFunc(slices.Clone(x.Labels), func(l intent.Pair) bool {
			v, ok := intent.Lookup(of.service.Selector, l.Key)
			return (!ok || v != l.Value) && !isMeta(l.Key)
		})
		now.Ports = []intent.WorkloadPort{{Name: of.service.Ports[0].Name, Port: of.port}}
		return &now, ""
	}
}

// staysRegistered reports whether a machine stands in a Registration that is printed as it
// was read.
func staysRegistered(m *intent.Model, x *intent.Machine, enterprise bool) bool {
	return slices.ContainsFunc(m.Opaque, func(o *intent.Opaque) bool {
		return o.Mesh == Name && o.Whole != nil && o.Home == x.Home && !(o.Alone && enterprise)
	})
}

// gatewaysAlone reports whether a gateway that leads out of the mesh is not printed as it was
// read.
func gatewaysAlone(m *intent.Model) bool {
	return slices.ContainsFunc(m.Opaque, func(o *intent.Opaque) bool {
		return o.Mesh == Name && o.Alone && (o.Kind == kindTerminating || o.Kind == entryTerminating)
	})
}

// isMeta reports whether servers take a key for metadata of an instance.
// agent/structs/structs.go validateMetaPair
func isMeta(key string) bool { return metaKey.MatchString(key) && !strings.HasPrefix(key, "consul-") }

// instance is what a machine is an instance of: of several Services the one that selects
// all that the others do, of which these are subsets. why says why a Registration cannot
// say it.
func (n *names) instance(x *intent.Machine) (of instanceOf, why string) {
	var all []*intent.Service
	for _, s := range n.inv.ServicesIn(x.Home.Namespace) {
		if s.Selects(x.Labels) {
			all = append(all, s)
		}
	}
	for _, s := range all {
		if !slices.ContainsFunc(all, func(o *intent.Service) bool { return !s.Selects(o.Selector) }) {
			of.service = s
			break
		}
	}
	s := of.service
	switch {
	case len(all) == 0:
		return of, "no Service of the input selects it, and a Registration is of one"
	case s == nil:
		return of, "several Services select it, and a Registration is of one"
	case len(s.Ports) != 1 || s.Ports[0].Name == "":
		return of, "Service " + s.Name.String() + " has not one port with a name, as a Registration has"
	case n.host(n.inConsul(s)).Service != s.Name:
		return of, "Services of several namespaces have the name " + s.Name.Name
	}
	of.port, why = servedAt(x, s.Ports[0])
	return of, why
}

// inConsul is the service that a Service is.
func (n *names) inConsul(s *intent.Service) service {
	if n.enterprise {
		return service{s.Name.Namespace, n.of(s)}
	}
	return service{name: n.of(s)}
}

// servedAt is where a machine serves a port of a Service: what it has under the name of
// the port or of its target, or the number of the target.
func servedAt(x *intent.Machine, p intent.ServicePort) (port int, why string) {
	if p.TargetName == "" {
		if port = p.Target; port == 0 {
			port = p.Port
		}
	}
	for _, own := range x.Ports {
		switch {
		case own.Name == "" && own.Port == port:
		case own.Name != p.Name && own.Name != p.TargetName:
			return 0, "it has several ports, and a Registration has one"
		case own.Port != port && port != 0 && p.TargetName != "":
			return 0, "its port for " + p.Name + " is not the one for " + p.TargetName
		default:
			port = own.Port
		}
	}
	if port == 0 {
		return 0, "the input does not tell at which port it serves"
	}
	return port, ""
}

// registrations prints machines that other meshes know, each as an instance on a node of
// its own.
func (w *writer) registrations() {
	for _, x := range w.m.Machines {
		of, why := w.names.instance(x)
		if why != "" || staysRegistered(w.m, x, w.names.enterprise) {
			continue
		}
		o := w.object(kindRegistration, "", x.Home.Name, x.Home, x.From)
		w.spec(o).Set("node", manifest.Str(x.Home.Name)).Set("address", manifest.Str(x.Addresses[0])).Set("service", w.instance(x, of))
		if region, zone, _ := strings.Cut(x.Locality, "/"); region != "" {
			at := manifest.Map().Set("region", manifest.Str(region))
			if zone != "" {
				at.Set("zone", manifest.Str(zone))
			}
			w.spec(o).Set("locality", at)
		}
	}
}

// instance is what the catalog is told of a machine: its labels are metadata, by which
// subsets choose it, but for those that all of the service have.
func (w *writer) instance(x *intent.Machine, of instanceOf) *manifest.Node {
	s := w.names.inConsul(of.service)
	out := manifest.Map().Set("id", manifest.Str(x.Home.Name)).Set("name", manifest.Str(s.name))
	if s.ns != "" {
		out.Set("namespace", manifest.Str(s.ns))
	}
	out.Set("port", manifest.Int(of.port))
	meta := manifest.Map()
	for _, l := range x.Labels {
		if v, ok := intent.Lookup(of.service.Selector, l.Key); !ok || v != l.Value {
			meta.Set(l.Key, manifest.Str(l.Value).Because(l.From...))
		}
	}
	if len(meta.Kids) > 0 {
		out.Set("meta", meta)
	}
	if x.Weight > 0 {
		out.Set("weights", manifest.Map().Set("passing", manifest.Int(x.Weight)).Set("warning", manifest.Int(x.Weight)))
	}
	return out
}

// instance holds for machines with one address; see registered.
func instance(p intent.Part) string {
	m, ok := p.(*intent.Machine)
	switch {
	case !ok:
		return ""
	case len(m.Addresses) != 1 || strings.Contains(m.Addresses[0], "://"):
		return "a Registration has one address"
	}
	return ""
}

// located holds for places that servers know, and weights that proxies take.
func located(p intent.Part) string {
	m, ok := p.(*intent.Machine)
	switch {
	case !ok:
		return ""
	case m.Network != "":
		return "the catalog knows no networks"
	case m.Weight > 128:
		return "proxies take weights up to 128"
	case strings.Count(m.Locality, "/") > 1 || strings.HasPrefix(m.Locality, "/"):
		return "a place is a region with a zone"
	}
	return ""
}

// reachedByGateway holds for machines that are registered already: those that a gateway
// leads to are so in the output, too.
func reachedByGateway(p intent.Part) string {
	if m, ok := p.(*intent.Machine); ok && m.Home.Kind != kindRegistration {
		return "a Registration gives it none, and callers of the mesh reach it by a TerminatingGateway that names its service, where intentions hold for them and for nobody else"
	}
	return ""
}
