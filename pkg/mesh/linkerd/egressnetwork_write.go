package linkerd

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// egressWriter prints what may leave the cluster.
type egressWriter struct {
	m    *intent.Model
	name namer
	out  []*manifest.Object
	// networks are those printed, by namespace.
	networks map[string]*egressNetwork
}

// writeEgress prints EgressNetworks, and the routes that let hosts out in spite of
// those that deny; taken are the objects whose names are in use.
func writeEgress(m *intent.Model, taken []*manifest.Object) []*manifest.Object {
	w := &egressWriter{m: m, name: namer{}, networks: map[string]*egressNetwork{}}
	for _, o := range taken {
		w.name[[3]string{o.Kind, o.Namespace, o.Name}] = true
	}
	for _, e := range m.Egress {
		if w.keeps(e) {
			continue
		}
		namespaces, _ := networkNamespaces(e.Scope.Client)
		for _, ns := range namespaces {
			if w.networks[ns] == nil && w.networks[globalEgress] == nil {
				w.network(e, ns)
			}
		}
	}
	for _, e := range m.External {
		for _, ns := range w.routeNamespaces(e) {
			for _, p := range e.Ports {
				w.route(e, p, ns)
			}
		}
	}
	return w.out
}

// keeps reports whether what may leave is said by an EgressNetwork that is kept as it is,
// to which routes are then attached.
func (w *egressWriter) keeps(e *intent.Egress) bool {
	kept := slices.ContainsFunc(w.m.Opaque, func(o *intent.Opaque) bool {
		return o.Mesh == Name && o.Kind == "EgressNetwork" && o.Whole != nil && o.Home != nil && e.Home != nil && o.Home.Namespace == e.Home.Namespace && o.Home.Name == e.Home.Name
	})
	if kept {
		w.networks[e.Home.Namespace] = &egressNetwork{name: intent.Name{Namespace: e.Home.Namespace, Name: e.Home.Name}, effect: e.Effect}
	}
	return kept
}

func (w *egressWriter) network(e *intent.Egress, namespace string) {
	home := intent.Home{}
	if e.Home != nil {
		home = *e.Home
	}
	if e.Withheld {
		home.Comment = "# " + e.Why
	}
	o := manifest.New(groupPolicy+"/v1alpha1", "EgressNetwork", namespace, w.name.name("EgressNetwork", namespace, home.Name, "egress"))
	gatewayapi.WriteHome(o, &home, nil)
	policy := "Allow"
	if e.Effect == intent.Deny {
		policy = "Deny"
	}
	o.From = append(o.From, e.From...)
	o.Root.Because(e.From...)
	o.Root.Set("spec", manifest.Map().Because(e.From...).Set("trafficPolicy", manifest.Str(policy)))
	w.networks[namespace] = &egressNetwork{name: intent.Name{Namespace: namespace, Name: o.Name}, effect: e.Effect}
	w.out = append(w.out, o)
}

// routeNamespaces are the namespaces in which routes let hosts out for the clients
// that know of them: those with an EgressNetwork that denies, or, at the one for
// all, the clients' own.
func (w *egressWriter) routeNamespaces(e *intent.External) []string {
	var out []string
	for ns, n := range w.networks {
		if n.effect == intent.Deny && ns != globalEgress && match.Eval(e.Scope.Client, new(match.Request).Set(match.ClientNamespace, "", ns)) {
			out = append(out, ns)
		}
	}
	if global := w.networks[globalEgress]; global != nil && global.effect == intent.Deny {
		o, _ := outsidersOf(e.Scope.Client)
		if o.all {
			out, o.names = append(out, globalEgress), nil
		}
		for _, ns := range o.names {
			if w.networks[ns] == nil || ns == globalEgress {
				out = append(out, ns)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// route prints a route that lets hosts out at a port.
func (w *egressWriter) route(e *intent.External, p intent.ExternalPort, namespace string) {
	family, known := p.Family()
	if !known {
		return
	}
	network := w.networks[namespace]
	if network == nil {
		network = w.networks[globalEgress]
	}
	kind, version := "HTTPRoute", "gateway.networking.k8s.io/v1"
	switch family {
	case intent.TLS:
		kind, version = "TLSRoute", "gateway.networking.k8s.io/"+gatewayapi.LinkerdL4Version
	case intent.TCP:
		kind, version = "TCPRoute", "gateway.networking.k8s.io/"+gatewayapi.LinkerdL4Version
	}
	home := intent.Home{Name: "outside"}
	if e.Home != nil {
		home = *e.Home
	}
	o := manifest.New(version, kind, namespace, w.name.name(kind, namespace, home.Name, home.Name+"-"+strconv.Itoa(p.Port)))
	gatewayapi.WriteHome(o, &home, nil)
	o.From = append(o.From, e.From...)
	o.Root.Because(e.From...)
	spec := manifest.Map().Because(e.From...).Set("parentRefs", manifest.List(networkRef(network.name, namespace, p)))
	if names := routeHosts(e); family != intent.TCP && len(names.Kids) > 0 {
		spec.Set("hostnames", names)
	}
	backend := networkRef(network.name, namespace, intent.ExternalPort{})
	o.Root.Set("spec", spec.Set("rules", manifest.List(manifest.Map().Set("backendRefs", manifest.List(backend)))))
	w.out = append(w.out, o)
}

// networkRef prints a reference to a network, at a port or at none.
func networkRef(n intent.Name, from string, p intent.ExternalPort) *manifest.Node {
	ref := manifest.Map().Set("group", manifest.Str(groupPolicy)).Set("kind", manifest.Str("EgressNetwork")).Set("name", manifest.Str(n.Name))
	if n.Namespace != from {
		ref.Set("namespace", manifest.Str(n.Namespace))
	}
	if p.Port != 0 {
		ref.Set("port", manifest.Int(p.Port))
	}
	return ref.Because(p.From...)
}

// routeHosts are the hostnames of a route; none is every host.
func routeHosts(e *intent.External) *manifest.Node {
	list := manifest.List()
	for _, h := range e.Hosts {
		if h != everyHost {
			list.Append(manifest.Str(h.DNS))
		}
	}
	return list
}
