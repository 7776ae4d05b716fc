package intent

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// Machine is a workload of the mesh that runs outside Kubernetes, on a machine that
// has a proxy of its own. Services and policies of its namespace select it by its
// labels as they select pods, and as a client it is known by its certificate.
//
// It is additive: each Machine is one more workload.
type Machine struct {
	// Home names it within its namespace; never nil.
	Home *Home
	// Labels are those by which it is selected; sorted by key.
	Labels []Pair
	// Account is the service account of its namespace that its certificate is for; ""
	// is none. Identity is the SPIFFE name of its certificate, without the scheme,
	// where that is not one of an account; "" is none. At most one of the two is set:
	// without either it has no certificate that anybody asks for.
	Account, Identity string
	// ServerName is the name that callers ask its proxy for; "" is not said.
	ServerName string
	// Addresses are those of the machine, or one name or socket; nil is that it is
	// reached through a gateway of Network, or tells its own when it joins.
	Addresses []string
	// Ports are those that it serves under a name, sorted by name.
	Ports []WorkloadPort
	// Network and Locality are where it is; "" is not said. Weight is its share of
	// what the endpoints of a Service get; 0 is not said, which is that of a pod.
	Network, Locality string
	Weight            int
	// Many says that it stands for any number of machines, which join by themselves
	// and are alike but for their addresses.
	Many bool
	// Bare says that it has no proxy: no policy is asked for there, and as a client it
	// has no certificate.
	Bare bool
	From Origin
}

// Outside holds for machines and for no pod, by a label that only they have: scopes of
// meshes that tell the two apart say it, or that it is not so.
var Outside = match.Atom{Field: match.Label, Key: "outside Kubernetes", Value: "true"}

// MachineKind is the Kind of a Workload that is a Machine.
const MachineKind = "machine"

// Name is that of the machine.
func (m *Machine) Name() Name { return Name{Namespace: m.Home.Namespace, Name: m.Home.Name} }

// Workload is the machine as one of the inventory's workloads.
func (m *Machine) Workload() *Workload {
	labels := append(slices.Clone(m.Labels), Pair{Key: Outside.Key, Value: "true"})
	slices.SortFunc(labels, func(a, b Pair) int { return strings.Compare(a.Key, b.Key) })
	return &Workload{
		Name: m.Name(), Kind: MachineKind, Labels: labels, Account: m.Account, Identity: m.Identity, Ports: m.Ports, From: m.From,
	}
}

// With is the inventory with machines among its workloads, which is the inventory
// itself where there are none.
func (i Inventory) With(machines []*Machine) Inventory {
	if len(machines) == 0 {
		return i
	}
	i.Workloads = slices.Clone(i.Workloads)
	for _, m := range machines {
		i.Workloads = append(i.Workloads, m.Workload())
	}
	slices.SortStableFunc(i.Workloads, func(a, b *Workload) int { return cmp.Or(a.Name.Compare(b.Name), strings.Compare(a.Kind, b.Kind)) })
	return i
}

// SPIFFE is the name of its certificate, without the scheme, in a trust domain: a service
// account has that of Istio's. "" is that it has none.
// https://istio.io/latest/docs/concepts/security/#istio-identity
func (m *Machine) SPIFFE(trust string) string {
	if m.Account != "" {
		return trust + "/ns/" + m.Home.Namespace + "/sa/" + m.Account
	}
	return m.Identity
}

// Text says all of a machine but its name and where it is: equal texts are equal machines.
// Ports without a name, which nothing asks for, are left out.
func (m *Machine) Text(trust string) string {
	words := []string{strings.Join(m.Addresses, " and ")}
	if m.Many {
		words[0] = "any that joins"
	}
	if m.Bare {
		words = append(words, "without a proxy")
	}
	var ports []string
	for _, p := range m.Ports {
		if p.Name != "" {
			ports = append(ports, fmt.Sprint(p.Name, " ", p.Port))
		}
	}
	for _, part := range []struct{ label, text string }{
		{"labels", pairsText(m.Labels)}, {"ports", strings.Join(ports, ", ")}, {"certified as", m.SPIFFE(trust)},
	} {
		if part.text != "" {
			words = append(words, part.label+" "+part.text)
		}
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// Place says where a machine is and how much of what is sent it gets; "" is not said.
func (m *Machine) Place() string {
	var words []string
	for _, part := range []struct{ label, text string }{{"network", m.Network}, {"locality", m.Locality}} {
		if part.text != "" {
			words = append(words, part.label+" "+part.text)
		}
	}
	return strings.TrimSpace(strings.Join(append(words, number("weight", m.Weight)), " "))
}

// account is the service account that a workload runs as; "" is that a machine has none.
func (w *Workload) account() string {
	if w.Kind == MachineKind {
		return w.Account
	}
	return cmp.Or(w.Account, "default")
}

func (p *printer) machine(m *Machine, trust string) {
	p.line("machine", m.Name().String(), m.Text(trust), m.Place())
}
