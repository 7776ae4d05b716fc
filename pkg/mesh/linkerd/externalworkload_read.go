package linkerd

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

const groupWorkload = "workload.linkerd.io"

// externalWorkloads lifts the workloads outside Kubernetes, which are among those that
// Servers for them select by labels and by names of ports.
func (r *reader) externalWorkloads() {
	r.machinePolicies = map[intent.Name][]intent.Pair{}
	for _, o := range r.of(groupWorkload, "ExternalWorkload") {
		if m := r.externalWorkload(o); m != nil {
			r.m.Machines = append(r.m.Machines, m)
		}
	}
	joined := r.in.Inventory.With(r.m.Machines)
	r.in.Inventory, r.m.Inventory = &joined, joined
}

// externalWorkload reads one machine; nil is one that is kept as it is. The default inbound
// policy is that of the object alone: nobody carries that of the namespace over, as the
// injector does to pods.
// linkerd2 policy-controller/k8s/index/src/inbound/workload.rs
func (r *reader) externalWorkload(o *source.Object) *intent.Machine {
	home := gatewayapi.ReadHome(o, func(key string) bool { return key == annotationInbound })
	spec := o.Need("spec")
	m := &intent.Machine{Home: home, Labels: home.Labels, From: intent.From(o.Ref())}
	home.Labels = nil
	for _, e := range o.Root.Get("metadata").Get("annotations").Entries() {
		if e.Key == annotationInbound {
			r.machinePolicies[m.Name()] = []intent.Pair{{Key: e.Key, Value: e.Value.Str(), From: intent.From(e.Value.Ref())}}
		}
	}
	r.certificate(m, o, spec)
	addresses := spec.Get("workloadIPs")
	for _, a := range addresses.Items() {
		ip := a.Get("ip")
		if !isIP(ip.Str()) {
			a.Reject("is no address")
		}
		m.Addresses = append(m.Addresses, ip.Str())
	}
	if most := map[string]int{"v1alpha1": 1, "v1beta1": 2}[o.Version()]; len(m.Addresses) > most {
		addresses.Reject("are more than a machine has")
	}
	for _, p := range spec.Get("ports").Items() {
		if protocol := p.Get("protocol").Str(); protocol != "" && protocol != "TCP" {
			r.keepMachine(o, home)
			return nil
		}
		port := need(p, "port")
		if n := port.Int(); n < 1 || n > 65535 {
			port.Reject("is not a port number")
		}
		m.Ports = append(m.Ports, intent.WorkloadPort{Name: p.Get("name").Str(), Port: port.Int()})
	}
	slices.SortStableFunc(m.Ports, func(a, b intent.WorkloadPort) int { return strings.Compare(a.Name, b.Name) })
	return m
}

// certificate reads who a machine is: v1alpha1 spells the field in another way.
func (r *reader) certificate(m *intent.Machine, o *source.Object, spec *source.Node) {
	key, other := "meshTLS", "meshTls"
	if o.Version() == "v1alpha1" {
		key, other = other, key
	}
	if wrong := spec.Get(other); wrong != nil && spec.Get(key) == nil {
		wrong.RejectVersion("the API server rejects the machine: " + o.APIVersion + " spells the field " + key)
		return
	}
	tls := need(spec, key)
	identity, server := need(tls, "identity"), need(tls, "serverName")
	m.Identity, m.ServerName = strings.TrimPrefix(identity.Str(), spiffe), server.Str()
}

// keepMachine keeps a machine as it is of which a port takes what is no connection.
func (r *reader) keepMachine(o *source.Object, home *intent.Home) {
	const why = "proxies take connections of TCP, and let pass what comes to its other ports"
	r.verbatim(o, home, why).Purpose = intent.Machines
	r.notTranslated(o.Kind+" "+o.Namespace+"/"+o.Name+": "+why, o.Ref())
}

// machineDefaults are the layers of machines: their own policy, or that of the
// installation where their namespace has another one for pods.
func (r *reader) machineDefaults(layers []layer) []layer {
	for _, m := range r.m.Machines {
		w := m.Workload()
		subject := match.Conj(inNamespace(w.Name.Namespace), labelled(w.Labels))
		n := len(layers)
		if layers = r.annotated(layers, r.machinePolicies[m.Name()], subject); len(layers) > n {
			continue
		}
		for _, ns := range r.in.Inventory.Namespaces {
			if _, ok := intent.Lookup(ns.Annotations, annotationInbound); ok && ns.Name == w.Name.Namespace {
				layers = append(layers, layer{subject, r.in.Env.Linkerd.DefaultInbound, intent.From(m.From...)})
			}
		}
	}
	return layers
}

// forMachines is a predicate on labels of machines, or of pods: that is said only where
// machines have such labels, since there are no others.
func (r *reader) forMachines(ns string, e match.Expr, machines bool) match.Expr {
	if machines {
		return match.Conj(e, intent.Outside)
	}
	for _, m := range r.m.Machines {
		if m.Home.Namespace == ns && holds(e, m.Workload().Labels) {
			return match.Conj(e, match.Not{X: intent.Outside})
		}
	}
	return e
}

// notMachines says of Servers for pods of one namespace that they are for no machines, where
// others for machines have the same ports and labels, whose machines the input may not show.
func notMachines(servers []*server) {
	for _, m := range servers {
		if !m.machines {
			continue
		}
		for _, s := range servers {
			shares := func(c claim) bool {
				return slices.ContainsFunc(m.claims, func(o claim) bool { return o.port == c.port && match.Meet(c.pods, o.pods) })
			}
			if s.machines || !slices.ContainsFunc(s.claims, shares) {
				continue
			}
			s.pods = match.Conj(s.pods, match.Not{X: intent.Outside})
			for i := range s.claims {
				s.claims[i].pods = match.Conj(s.claims[i].pods, match.Not{X: intent.Outside})
			}
		}
	}
}

// aboutMachines tells of Servers for machines that the input does not show.
func (r *reader) aboutMachines(s *server, at *source.Node) {
	for _, m := range r.m.Machines {
		if m.Home.Namespace == s.object.Namespace && holds(s.pods, m.Workload().Labels) {
			return
		}
	}
	r.diags.Add(diag.NeedsInventory, "Server "+s.name().String()+" selects machines of which the input has none", "add the ExternalWorkloads to the input", at.Ref())
}

// need is a field that the schema asks for.
func need(n *source.Node, key string) *source.Node {
	at := n.Get(key)
	if n != nil && at == nil {
		n.Reject("has no " + key)
	}
	return at
}
