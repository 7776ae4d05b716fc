package istio

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// setByIstiod are annotations that the control plane sets on entries of machines which
// register themselves. istio pilot/pkg/autoregistration/controller.go
var setByIstiod = []string{
	"istio.io/autoRegistrationGroup", "istio.io/workloadController", "istio.io/connectedAt", "istio.io/disconnectedAt", "proxy.istio.io/health-checks-enabled",
}

// machines lifts the workloads outside Kubernetes, which other kinds select by their
// labels.
func (r *reader) machines(entries, groups []*source.Object) {
	for _, o := range entries {
		validWorkloadEntry(o)
		r.m.Machines = append(r.m.Machines, r.workloadEntry(o))
	}
	for _, o := range groups {
		r.m.Machines = append(r.m.Machines, r.workloadGroup(o))
	}
	slices.SortStableFunc(r.m.Machines, func(a, b *intent.Machine) int { return a.Name().Compare(b.Name()) })
	joined := r.in.Inventory.With(r.m.Machines)
	r.in.Inventory = &joined
}

// workloadEntry reads one machine. Labels of the object itself count before those of its
// spec. pilot/pkg/serviceregistry/serviceentry/conversion.go ConvertWorkloadEntry
func (r *reader) workloadEntry(o *source.Object) *intent.Machine {
	for _, e := range o.Root.Get("metadata").Get("annotations").Entries() {
		if slices.Contains(setByIstiod, e.Key) {
			e.Value.Skip("set by the control plane")
		}
	}
	spec := o.Root.Get("spec")
	m := machine(spec)
	m.Home, m.From = r.home(o, setByIstiod...), intent.From(o.Ref())
	m.Labels = r.overlaid(spec.Get("labels"), o.Root.Get("metadata").Get("labels"))
	if a := spec.Get("address").Str(); a != "" {
		m.Addresses = []string{a}
	}
	return m
}

// machine reads what entries and the templates of groups have, but for the address and the
// labels.
func machine(spec *source.Node) *intent.Machine {
	m := &intent.Machine{
		Account: spec.Get("serviceAccount").Str(), Network: spec.Get("network").Str(), Locality: spec.Get("locality").Str(), Weight: spec.Get("weight").Int(),
	}
	for _, p := range labelPairs(spec.Get("ports")) {
		number, _ := strconv.Atoi(p.Value)
		m.Ports = append(m.Ports, intent.WorkloadPort{Name: p.Key, Port: number})
	}
	return m
}

// overlaid are labels, of which those of over count where both have one.
func (r *reader) overlaid(under, over *source.Node) []intent.Pair {
	out := labelPairs(over)
	for _, e := range entries(under) {
		if _, ok := intent.Lookup(out, e.Key); ok {
			r.inert(e.Value, "label "+e.Key+" is that of the metadata")
			continue
		}
		out = append(out, intent.Pair{Key: e.Key, Value: e.Value.Str(), From: intent.From(e.Value.Ref())})
	}
	slices.SortFunc(out, func(a, b intent.Pair) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// inert marks a value as without effect and says so.
func (r *reader) inert(n *source.Node, why string) {
	n.Inert(why)
	r.add(diag.Inert, why, "remove it", n.Ref())
}

// validWorkloadEntry rejects what Istio's webhook does.
// pkg/config/validation/validation.go validateWorkloadEntry
func validWorkloadEntry(o *source.Object) {
	spec := o.Need("spec")
	address, ports := spec.Get("address").Str(), spec.Get("ports")
	switch socket := strings.HasPrefix(address, unixPrefix); {
	case address == "" && spec.Get("network").Str() == "":
		spec.Reject("has no address")
	case socket && len(ports.Entries()) > 0:
		ports.Reject("stand beside a socket, which has none")
	case socket && !strings.HasPrefix(strings.TrimPrefix(address, unixPrefix), "/") && !strings.HasPrefix(strings.TrimPrefix(address, unixPrefix), "@"):
		spec.Get("address").Reject("is no path of a socket")
	case address != "" && !socket && !isAddress(address) && !isDomain(address):
		spec.Get("address").Reject("is no address and no name")
	}
	validMachine(spec)
}

// validMachine rejects ports and labels of entries.
func validMachine(spec *source.Node) {
	for _, p := range spec.Get("ports").Entries() {
		switch n, err := strconv.Atoi(p.Value.Text()); {
		case err != nil || n < 1 || n > 65535:
			p.Value.Reject("is not a port number")
		case !isLabel(p.Key):
			p.Value.Reject("has a name that no port has")
		}
	}
	validLabels(spec.Get("labels"))
}
