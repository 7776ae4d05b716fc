package inventory

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
)

func readService(inv *intent.Inventory, o *source.Object) {
	meta, spec := o.Root.Get("metadata"), o.Root.Get("spec")
	s := &intent.Service{
		Name: name(o), Labels: pairs(meta.Get("labels")), Annotations: pairs(meta.Get("annotations")),
		Selector: pairs(spec.Get("selector")), Headless: spec.Get("clusterIP").Text() == "None", From: intent.From(o.Ref()),
	}
	if spec.Get("type").Text() == "ExternalName" {
		s.ExternalName = spec.Get("externalName").Text()
	}
	for _, n := range spec.Get("ports").Items() {
		if p := readServicePort(n); possible(s.Ports, p) {
			s.Ports = append(s.Ports, p)
		}
	}
	inv.Services = append(inv.Services, s)
}

// possible reports whether a Service can have a port beside others: the API server takes no
// number twice for one protocol, and none past 65535.
// kubernetes pkg/apis/core/validation/validation.go ValidateService
func possible(others []intent.ServicePort, p intent.ServicePort) bool {
	return p.Port > 0 && p.Port <= 65535 && !slices.ContainsFunc(others, func(o intent.ServicePort) bool {
		return o.Port == p.Port && o.Transport == p.Transport
	})
}

// readServicePort resolves the target as the API server does: it is the port
// itself where none is said.
func readServicePort(n *source.Node) intent.ServicePort {
	p := intent.ServicePort{
		Name: n.Get("name").Text(), Port: n.Get("port").Int(), AppProtocol: n.Get("appProtocol").Text(), Transport: n.Get("protocol").Text(),
	}
	if p.Transport == "" {
		p.Transport = "TCP"
	}
	switch target := n.Get("targetPort"); {
	case target == nil:
		p.Target = p.Port
	case target.IsNumber():
		p.Target = target.Int()
	default:
		p.TargetName = target.Text()
	}
	return p
}

// WriteService prints a Service, such as one that legalization added.
func WriteService(s *intent.Service) *manifest.Object {
	o := manifest.New("v1", "Service", s.Name.Namespace, s.Name.Name)
	o.From = s.From
	o.Root.Because(s.From...)
	if len(s.Labels) > 0 {
		o.Root.Get("metadata").Set("labels", stringMap(s.Labels))
	}
	ports := manifest.List()
	for _, p := range s.Ports {
		ports.Append(writeServicePort(p))
	}
	o.Root.Set("spec", manifest.Map().Set("selector", stringMap(s.Selector)).Set("ports", ports))
	return o
}

func writeServicePort(p intent.ServicePort) *manifest.Node {
	n := manifest.Map()
	if p.Name != "" {
		n.Set("name", manifest.Str(p.Name))
	}
	n.Set("port", manifest.Int(p.Port))
	switch {
	case p.TargetName != "":
		n.Set("targetPort", manifest.Str(p.TargetName))
	case p.Target != p.Port && p.Target != 0:
		n.Set("targetPort", manifest.Int(p.Target))
	}
	if p.AppProtocol != "" {
		n.Set("appProtocol", manifest.Str(p.AppProtocol))
	}
	if p.Transport != "" && p.Transport != "TCP" {
		n.Set("protocol", manifest.Str(p.Transport))
	}
	return n
}

func stringMap(pairs []intent.Pair) *manifest.Node {
	m := manifest.Map()
	for _, p := range pairs {
		m.Set(p.Key, manifest.Str(p.Value))
	}
	return m
}

// TargetPort is the workload port number behind a Service's port, with a name
// resolved by the workloads that the Service selects; ok is false where it is
// not known.
func TargetPort(inv *intent.Inventory, s *intent.Service, port int) (number int, ok bool) {
	for _, p := range s.Ports {
		if p.Port != port {
			continue
		}
		if p.TargetName == "" {
			return p.Target, p.Target != 0
		}
		return namedPort(inv, s, p.TargetName)
	}
	return 0, false
}

func namedPort(inv *intent.Inventory, s *intent.Service, port string) (int, bool) {
	if n, err := strconv.Atoi(port); err == nil {
		return n, true
	}
	for _, w := range inv.WorkloadsIn(s.Name.Namespace) {
		if !s.Selects(w.Labels) {
			continue
		}
		for _, p := range w.Ports {
			if p.Name == port {
				return p.Port, true
			}
		}
	}
	return 0, false
}
