package istio

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// machines prints the workloads outside Kubernetes.
func (w *writer) machines() {
	for _, m := range w.m.Machines {
		kind, spec := "WorkloadEntry", machineSpec
		if m.Many {
			kind, spec = "WorkloadGroup", groupSpec
		}
		if w.isVerbatim(kind, m.Home) {
			continue
		}
		o := w.object(groupNetworking, kind, m.Home, m.Home.Name)
		o.From = append(o.From, m.From...)
		o.Root.Set("spec", spec(m))
		w.add(o)
	}
}

// machineSpec is what an entry says, but for the labels that stand in its metadata.
func machineSpec(m *intent.Machine) *manifest.Node {
	e := endpointOf(m)
	e.Labels = slices.DeleteFunc(slices.Clone(m.Labels), func(p intent.Pair) bool {
		v, ok := intent.Lookup(m.Home.Labels, p.Key)
		return ok && v == p.Value
	})
	return writeEndpoint(&e)
}

// groupSpec is a template, with the labels of those that register beside it.
func groupSpec(m *intent.Machine) *manifest.Node {
	spec, e := manifest.Map(), endpointOf(m)
	if len(m.Labels) > 0 {
		spec.Set("metadata", manifest.Map().Set("labels", pairsNode(m.Labels, manifest.Str)))
	}
	return spec.Set("template", writeEndpoint(&e))
}

// endpointOf is a machine as an endpoint, without labels.
func endpointOf(m *intent.Machine) intent.Endpoint {
	e := intent.Endpoint{Network: m.Network, Locality: m.Locality, Weight: m.Weight, Account: m.Account}
	for _, p := range m.Ports {
		if p.Name == "" {
			continue
		}
		e.Ports = append(e.Ports, intent.Pair{Key: p.Name, Value: strconv.Itoa(p.Port)})
	}
	if len(m.Addresses) > 0 {
		e.Address = m.Addresses[0]
	}
	return e
}

// entered says why a machine is no WorkloadEntry; "" is that it is.
func entered(p intent.Part) string {
	m, ok := p.(*intent.Machine)
	switch {
	case !ok:
		return ""
	case m.Identity != "":
		return "the certificate of an entry is for a service account"
	case len(m.Addresses) > 1:
		return "an entry has one address"
	case len(m.Addresses) == 0 && !m.Many && m.Network == "":
		return "an entry has an address"
	}
	return ""
}
