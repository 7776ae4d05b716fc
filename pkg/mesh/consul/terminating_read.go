package consul

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// The kind of gateways by which what is outside is reached.
const (
	kindTerminating  = "TerminatingGateway"
	entryTerminating = "terminating-gateway"
)

// terminating lifts what gateways do with connections to what is outside, of which
// ServiceDefaults say the addresses: whoever may call it, intentions for it say, and they
// are asked for at the gateway. What only the catalog knows is kept with the gateway.
func (r *reader) terminating() {
	var said []*intent.Transport
	for _, o := range r.in.Objects {
		if o.Group() == group && o.Kind == kindTerminating || o.Group() == "" && o.Kind == entryTerminating {
			said = append(said, r.terminatingGateway(o, said)...)
		}
	}
	r.m.Transport = append(said, r.m.Transport...)
}

// terminatingGateway reads one. earlier are the facts of others: where they say
// something else of one server, which gateway is asked is left to chance.
// agent/structs/config_entry_gateways.go TerminatingGatewayConfigEntry.Validate
func (r *reader) terminatingGateway(o *source.Object, earlier []*intent.Transport) (out []*intent.Transport) {
	const why = "it lets requests out of the mesh"
	spec, beyond := specOf(o), ""
	r.home(o)
	if d := spec.get("deployment"); !d.missing() {
		d.Node.Skip("says how the pods of the gateway are run, which the target has its own way for")
	}
	services := spec.get("services").items()
	for i, n := range services {
		name := n.get("name").text()
		for _, v := range r.onlyEnterprise(n, "namespace") {
			v.text()
			beyond = "it leads to another namespace at " + v.Node.Ref().Path
		}
		if name == "" || slices.ContainsFunc(services[:i], func(x value) bool { return x.get("name").text() == name }) {
			n.Node.Reject("names no service, or one that is there already")
		}
		if !n.get("secretRef").missing() {
			beyond = "a Secret has the certificates of " + name
		}
		led := r.leadsTo(service{r.consulNamespace(o), name})
		tls := r.originates(n, led)
		hosts, known := r.outsideHosts(service{r.consulNamespace(o), name})
		switch {
		case !known && len(led) > 0 && name != anyName:
			beyond = cmp.Or(beyond, r.beyondInstances(n, led, tls))
			n.get("name").Node.Skip("names a service of which Registrations say where it is")
		case !known && r.standsFor(service{r.consulNamespace(o), name}):
			beyond = cmp.Or(beyond, "what "+name+" stands for is kept in its ServiceDefaults")
		case !known:
			beyond = cmp.Or(beyond, "the catalog knows where "+name+" is")
		}
		for _, h := range hosts {
			if tls != nil {
				t := *tls
				t.Home, t.Host, t.Port = r.home(o), h.host, h.port
				if slices.ContainsFunc(earlier, func(e *intent.Transport) bool { return e.Host == t.Host && dialsOtherwise(e, &t) }) {
					beyond = "another gateway secures connections to " + h.host.String() + " in another way, and either may be asked"
				}
				out = append(out, &t)
			}
			n.get("name").Node.Skip("names a service whose ServiceDefaults say where it is")
		}
	}
	switch {
	case beyond != "":
		r.opaque(o, why+", and "+beyond, false).Purpose = intent.WayOut
	case len(out) == 0:
		r.holdAside(o, "it lets out what ServiceDefaults say")
	default:
		r.hold(o, why)
	}
	return out
}

// leadsTo are the machines that are instances of a service, or of all, which a gateway
// leads to: it asks the intentions for them, which have no proxy of their own.
// agent/xds/listeners.go makeTerminatingGatewayListener
func (r *reader) leadsTo(s service) (out []*intent.Machine) {
	for _, of := range sortedServices(r.registered) {
		if s.covers(of) {
			out = append(out, r.registered[of]...)
		}
	}
	for _, m := range out {
		m.Bare = false
	}
	return out
}

// beyondInstances says what a gateway does beside leading to machines; "" is nothing.
// agent/xds/routes.go routesForTerminatingGateway
func (r *reader) beyondInstances(n value, led []*intent.Machine, tls *intent.Transport) string {
	named := slices.ContainsFunc(led, func(m *intent.Machine) bool { return !isAddress(m.Addresses[0]) })
	switch name := n.get("name").text(); {
	case tls != nil:
		return "it secures connections to the machines of " + name
	case named && !n.get("disableAutoHostRewrite").boolean():
		return "requests for " + name + " name the machine as their host"
	}
	return ""
}

func dialsOtherwise(a, b *intent.Transport) bool {
	return a.Mode != b.Mode || intent.Describe(a.Originate) != intent.Describe(b.Originate)
}

// originates reads how connections to a service are secured; nil is not. led are the
// machines that are instances of it. The name of the server counts where there are
// authorities to ask only.
// agent/xds/clusters.go injectGatewayDestinationAddons
func (r *reader) originates(n value, led []*intent.Machine) *intent.Transport {
	ca, cert, key, sni := n.get("caFile"), n.get("certFile"), n.get("keyFile"), n.get("sni")
	if v := n.get("disableAutoHostRewrite"); !v.missing() && len(led) > 0 {
		v.boolean()
		v.Node.Skip("keeps the host that requests name")
	} else if !v.missing() {
		v.boolean()
		r.inert(v.Node, "the name by which a server is asked for is kept where ServiceDefaults say its address")
	}
	if (cert.text() == "") != (key.text() == "") || cert.text() != "" && ca.text() == "" {
		n.Node.Reject("has one of caFile, certFile and keyFile without the others")
	}
	if ca.text() == "" {
		if sni.text() != "" {
			r.inert(sni.Node, "without caFile the gateway asks for no certificate")
		}
		return nil
	}
	o := &intent.Originate{SNI: sni.text(), CACertificates: ca.text(), ClientCert: cert.text(), PrivateKey: key.text(), From: intent.From(ca.Node.Ref())}
	for _, v := range []value{cert, key, sni} {
		if !v.missing() {
			o.From = append(o.From, v.Node.Ref())
		}
	}
	if o.SNI != "" {
		o.SubjectNames = []string{o.SNI}
	}
	t := &intent.Transport{Side: intent.Dialled, Mode: intent.Simple, Originate: o, From: intent.From(n.Node.Ref())}
	if o.ClientCert != "" {
		t.Mode = intent.SimpleMutual
	}
	return t
}

// outsideHost is a server outside at a port.
type outsideHost struct {
	host intent.Host
	port int
}

// standsFor reports whether ServiceDefaults say what a service outside stands for.
func (r *reader) standsFor(s service) bool {
	d := r.defaults[s]
	return d != nil && d.destination != nil
}

// outsideHosts are the servers that a service stands for, or those of all that stand for
// some; known is false where ServiceDefaults of the input do not say it, or only with
// more than the model holds.
func (r *reader) outsideHosts(s service) (out []outsideHost, known bool) {
	if s.name == anyName {
		return nil, false
	}
	if !r.standsFor(s) {
		return nil, false
	}
	d := r.defaults[s]
	for _, e := range r.m.External {
		if e.Home == r.home(d.object) {
			for _, h := range e.Hosts {
				out = append(out, outsideHost{h, d.destination.port})
			}
		}
	}
	return out, len(out) > 0
}
