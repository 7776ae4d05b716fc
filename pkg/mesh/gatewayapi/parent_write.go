package gatewayapi

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// clientNamespace is the namespace that a table's clients are of, or "" for all
// clients.
func clientNamespace(e match.Expr) string {
	if a, ok := match.Simplify(e).(match.Atom); ok && a.Field == match.ClientNamespace && a.Op == match.Exact {
		return a.Value
	}
	return ""
}

// parentRefs prints the parents of an object.
func (w *routeWriter) parentRefs(o *routeObject) *manifest.Node {
	list := manifest.List()
	for _, p := range w.parents(o) {
		list.Append(p)
	}
	return list
}

func (w *routeWriter) parents(o *routeObject) []*manifest.Node {
	if !o.tables[0].Entry.IsZero() {
		return w.gatewayRefs(o)
	}
	var out []*manifest.Node
	for _, host := range hostsOf(o.tables) {
		of := slices.Clone(o.tables)
		of = slices.DeleteFunc(of, func(t *intent.Routing) bool { return t.Host != host })
		for _, port := range w.servicePorts(o, host, of) {
			out = append(out, serviceRef(host.Service, port, o.key.namespace).Because(of[0].From...))
		}
	}
	return out
}

func hostsOf(tables []*intent.Routing) []intent.Host {
	var out []intent.Host
	for _, t := range tables {
		if !slices.Contains(out, t.Host) {
			out = append(out, t.Host)
		}
	}
	return out
}

func serviceRef(name intent.Name, port int, namespace string) *manifest.Node {
	n := manifest.Map().Set("group", manifest.Str("")).Set("kind", manifest.Str("Service")).Set("name", manifest.Str(name.Name))
	if name.Namespace != namespace {
		n.Set("namespace", manifest.Str(name.Namespace))
	}
	if port != 0 {
		n.Set("port", manifest.Int(port))
	}
	return n
}

// servicePorts are the ports that an object names for a Service: none for all
// of them. A reference without a port would also add its rules to tables of
// single ports that are another object's, so it then names each other port that
// the Service is known to have.
func (w *routeWriter) servicePorts(o *routeObject, host intent.Host, tables []*intent.Routing) []int {
	var ports []int
	for _, t := range tables {
		ports = append(ports, t.Port)
	}
	slices.Sort(ports)
	ports = slices.Compact(ports)
	if len(ports) == 0 || ports[0] != 0 {
		return ports
	}
	var others []int
	for _, t := range w.ofHost[host] {
		if !slices.Contains(ports, t.Port) && match.Equal(t.Scope.Client, tables[0].Scope.Client) {
			others = append(others, t.Port)
		}
	}
	s := w.m.Service(host.Service)
	if len(others) == 0 || s == nil {
		return []int{0}
	}
	ports = ports[1:]
	for _, p := range s.Ports {
		if !slices.Contains(ports, p.Port) && !slices.Contains(others, p.Port) {
			ports = append(ports, p.Port)
		}
	}
	slices.Sort(ports)
	return ports
}

// splitParents splits an object on Gateways whose ports serve different
// hostnames, since hostnames hold for all parents alike.
func (w *routeWriter) splitParents(o *routeObject) []*routeObject {
	if o.tables[0].Entry.IsZero() {
		return []*routeObject{o}
	}
	hosts := map[listening][]string{}
	var order []listening
	for _, t := range o.tables {
		at := listeningOf(t)
		if hosts[at] == nil {
			order = append(order, at)
		}
		hosts[at] = append(hosts[at], t.Host.String())
	}
	groups := map[string]*routeObject{}
	var out []*routeObject
	for _, at := range order {
		slices.Sort(hosts[at])
		key := strings.Join(hosts[at], " ")
		if groups[key] == nil {
			one := *o
			one.tables, one.hostnames = nil, hosts[at]
			groups[key] = &one
			out = append(out, &one)
		}
		for _, t := range o.tables {
			if listeningOf(t) == at {
				groups[key].tables = append(groups[key].tables, t)
			}
		}
	}
	if joined, ok := w.joined(o, order, hosts); ok {
		return []*routeObject{joined}
	}
	return out
}

// listening is a port of a Gateway, for some traffic.
type listening struct {
	entry    intent.Name
	port     int
	protocol intent.Protocol
}

func listeningOf(t *intent.Routing) listening {
	return listening{t.Entry, t.Port, family(t.Protocol)}
}

// joined keeps an object whole where the listeners themselves narrow its
// hostnames to those of each port.
func (w *routeWriter) joined(o *routeObject, order []listening, hosts map[listening][]string) (*routeObject, bool) {
	var all []string
	for _, at := range order {
		all = append(all, hosts[at]...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for _, at := range order {
		if !slices.Equal(w.served(at, all), hosts[at]) {
			return nil, false
		}
	}
	one := *o
	one.hostnames = all
	return &one, true
}

// served are the hostnames that a port's listeners share with a route's.
func (w *routeWriter) served(at listening, hostnames []string) []string {
	var out []string
	for _, l := range w.listeners(at) {
		for _, own := range listenerHosts(l) {
			for _, h := range hostnames {
				if name, ok := intersect(h, own); ok {
					out = append(out, name)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func listenerHosts(l intent.Listener) []string {
	if len(l.Hosts) == 0 {
		return []string{anyHostname}
	}
	return l.Hosts
}

// listeners are those of a port that routes attach to; one for all hostnames
// where the Gateway is not in the model.
func (w *routeWriter) listeners(at listening) []intent.Listener {
	e := w.entry(at.entry)
	if e == nil {
		return []intent.Listener{{Port: at.port}}
	}
	var out []intent.Listener
	for _, l := range e.Listeners {
		if l.Port == at.port && l.Serves(at.protocol) {
			out = append(out, l)
		}
	}
	return out
}

func (w *routeWriter) entry(name intent.Name) *intent.Entry {
	for _, e := range w.m.Entries {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// compareName orders names.
func compareName(a, b intent.Name) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}
