package consul

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// kindRegistration is the kind of resources that make an instance of a service known which
// is no pod. It is of no namespace.
const kindRegistration = "Registration"

// machines lifts what Registrations make known: instances of services on machines, which
// Services select and intentions are for as if they were pods of that service. None has a
// proxy; where a terminating gateway leads there, it asks the intentions in its place.
func (r *reader) machines() {
	for _, o := range r.in.Objects {
		if o.Group() == group && o.Kind == kindRegistration {
			r.registration(o)
		}
	}
	slices.SortStableFunc(r.m.Machines, func(a, b *intent.Machine) int { return a.Name().Compare(b.Name()) })
	r.m.Inventory = r.m.Inventory.With(r.m.Machines)
}

// registration reads one, and keeps it for Consul as it is.
// consul-k8s control-plane/api/v1alpha1/registration_webhook.go validateRequiredFields
func (r *reader) registration(o *source.Object) {
	spec := value{o.Need("spec"), false}
	of := spec.get("service")
	for _, key := range []string{"node", "address"} {
		if spec.get(key).text() == "" {
			spec.Node.Reject("has no " + key)
		}
	}
	s := service{r.registeredIn(of), readName(of.get("name"))}
	if s.name == "" || s.name == anyName {
		spec.Node.Reject("names no service")
		return
	}
	validCheck(spec.get("check"))
	if why := r.beyondMachine(spec, of); why != "" {
		r.opaque(o, "it makes a service outside Kubernetes known, "+why, false).Purpose = intent.Machines
		r.held[o] = true
		return
	}
	r.hold(o, "it makes a machine known")
	m := r.machine(o, spec, of, s)
	r.m.Machines = append(r.m.Machines, m)
	r.registered[s] = append(r.registered[s], m)
}

// registeredIn is Consul's namespace of what is registered, which is not that of the
// resource; the community edition has none.
func (r *reader) registeredIn(of value) string {
	if v := of.get("namespace"); r.enterprise {
		return cmp.Or(v.text(), "default")
	}
	r.onlyEnterprise(of, "namespace")
	return ""
}

// validCheck rejects what consul-k8s does, the webhook or the controller: without each of
// the durations it registers nothing.
// consul-k8s control-plane/api/v1alpha1/registration_types.go copyHealthCheck
func validCheck(check value) {
	if check.missing() {
		return
	}
	definition := check.get("definition")
	for _, key := range []string{"intervalDuration", "timeoutDuration", "deregisterCriticalServiceAfterDuration"} {
		if d := definition.get(key); d.missing() || d.text() == "" {
			check.Node.Reject("has no " + key + ", without which consul-k8s registers nothing")
		} else {
			d.duration()
		}
	}
	if status := check.get("status"); !slices.Contains([]string{"passing", "warning", "critical"}, status.text()) {
		check.Node.Reject("has a status that is none of passing, warning and critical")
	}
}

// beyondMachine says why what is registered is no machine at an address of this
// datacenter; "" is that it is.
func (r *reader) beyondMachine(spec, of value) string {
	partitions := slices.Concat(r.onlyEnterprise(spec, "partition"), r.onlyEnterprise(of, "partition"))
	datacenter := spec.get("datacenter").text()
	switch {
	case len(partitions) > 0:
		return "in a partition"
	case datacenter != "" && datacenter != r.in.Env.Consul.Datacenter:
		return "in the datacenter " + datacenter + ", which is not the own one (consul.datacenter)"
	case of.get("socketPath").text() != "":
		return "at a socket"
	case of.get("port").count() == 0:
		return "at no port"
	}
	return ""
}

// machine is what a Registration says of a machine; what else it says is for Consul.
func (r *reader) machine(o *source.Object, spec, of value, s service) *intent.Machine {
	home, svc := r.home(o), r.names.host(s)
	home.Namespace = svc.Service.Namespace
	m := &intent.Machine{Home: home, Bare: true, From: intent.From(o.Ref())}
	address, own := spec.get("address"), of.get("address")
	m.Addresses = []string{cmp.Or(own.text(), address.text())}
	if own.text() != "" {
		address.Node.Skip("the address of the service counts")
	}
	m.Weight = r.weightOf(of.get("weights"))
	m.Locality = r.place(o, of.get("locality"), spec.get("locality"))
	selected := r.in.Inventory.Service(svc.Service)
	m.Ports = []intent.WorkloadPort{r.registeredPort(o, of.get("port"), s, selected)}
	m.Labels = r.registeredLabels(o, of, selected)
	r.catalogued(o, spec, of)
	return m
}

// registeredPort is the port of an instance, under the name that the Service has for it,
// or else what the service speaks.
func (r *reader) registeredPort(o *source.Object, port value, s service, svc *intent.Service) intent.WorkloadPort {
	p := intent.WorkloadPort{Name: r.protocol(s), Port: port.count()}
	switch {
	case p.Port > 65535:
		port.Node.Reject("is not a port number")
	case svc == nil:
		r.diags.Tell(diag.UnknownReference, o.Ref().Object+" is of the service "+s.String()+", of which the input has no Service",
			"the machine is known by its metadata, and its port as "+p.Name, "add the Service to the input, or make one that selects the machine", port.Node.Ref())
	case len(svc.Ports) == 1 && svc.Ports[0].Name != "":
		p.Name = svc.Ports[0].Name
	case len(svc.Ports) != 1 || svc.Ports[0].TargetName != "" || cmp.Or(svc.Ports[0].Target, svc.Ports[0].Port) != p.Port:
		r.diags.Tell(diag.UnknownReference, "which port of Service "+svc.Name.String()+" leads to that of "+o.Ref().Object+" is not known",
			"it is known as "+p.Name, "give the Service one port with a name", port.Node.Ref())
	}
	return p
}

// metaWord matches keys of metadata that servers take.
// agent/structs/structs.go validateMetaPair
var metaWord = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,128}$`)

// registeredLabels are those of a machine: its metadata, by which subsets choose it, and
// the labels by which the Service of its name selects pods, since the service has both.
func (r *reader) registeredLabels(o *source.Object, of value, svc *intent.Service) []intent.Pair {
	var out []intent.Pair
	for _, e := range of.get("meta").entries() {
		if !metaWord.MatchString(e.Key) || strings.HasPrefix(e.Key, "consul-") || len(e.Value.Str()) > 512 {
			e.Value.Reject("is no metadata that an instance can have")
		}
		if v := e.Value.Str(); !isLabelWord.MatchString(e.Key) || v != "" && !isLabelWord.MatchString(v) {
			r.field(o, value{e.Value, false}, "no label can say it")
			continue
		}
		out = append(out, intent.Pair{Key: e.Key, Value: e.Value.Str(), From: intent.From(e.Value.Ref())})
	}
	if svc != nil {
		for _, l := range svc.Selector {
			out = slices.DeleteFunc(out, func(p intent.Pair) bool { return p.Key == l.Key })
			out = append(out, intent.Pair{Key: l.Key, Value: l.Value, From: intent.From(of.get("name").Node.Ref())})
		}
	}
	slices.SortFunc(out, func(a, b intent.Pair) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// weightOf is the weight of an instance; 0 is that of a pod. Servers take one for both
// where either is out of bounds, and proxies no more than 128.
// agent/structs/structs.go ToServiceNode, agent/xds/endpoints.go calculateEndpointHealthAndWeight
func (r *reader) weightOf(v value) int {
	if v.missing() {
		return 0
	}
	passing, warning := v.get("passing").integer(), v.get("warning").integer()
	switch {
	case passing < 1 || warning < 0 || max(passing, warning) > 65535:
		r.inert(v.Node, "the weight is one, since a weight is out of bounds")
		return 0
	case passing == 1:
		v.Node.Skip("is the weight of a pod")
		return 0
	}
	v.get("warning").Node.Skip("counts while a check warns")
	return min(passing, 128)
}

// place is where an instance is, or else its node: a region, or a zone of it; "" is not
// said. Servers take a zone without its region of nodes only.
// agent/structs/structs.go NodeService.Validate, Locality.Validate
func (r *reader) place(o *source.Object, own, node value) string {
	if zone := own.get("zone"); zone.text() != "" && own.get("region").text() == "" {
		own.Node.Reject("has a zone without a region")
	}
	if zone := node.get("zone"); zone.text() != "" && node.get("region").text() == "" {
		r.field(o, zone, "the place of the node is a zone of no region")
		node = value{}
	}
	return cmp.Or(localityOf(own), localityOf(node))
}

// localityOf is a region, or a zone of it; "" is not said.
func localityOf(v value) string {
	return strings.TrimSuffix(v.get("region").text()+"/"+v.get("zone").text(), "/")
}

// catalogued marks what a Registration says to the catalog besides, which the resource
// that is kept says on.
func (r *reader) catalogued(o *source.Object, spec, of value) {
	for _, v := range []value{
		spec.get("id"), spec.get("node"), spec.get("nodeMeta"), spec.get("taggedAddresses"), spec.get("datacenter"), spec.get("skipNodeUpdate"),
		of.get("id"), of.get("taggedAddresses"), of.get("enableTagOverride"), of.get("socketPath"),
	} {
		if !v.missing() {
			v.Node.Skip("tells the catalog about the node or the instance, not who is to reach it")
		}
	}
	r.field(o, spec.get("check"), whyCheck)
	if tags := of.get("tags"); len(tags.texts()) > 0 {
		r.field(o, tags, whyTags)
	}
}
