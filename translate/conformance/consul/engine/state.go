package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Put writes a configuration entry, in JSON.
func (a *Agent) Put(entry []byte) error {
	var ok bool
	if err := a.call("PUT", "/v1/config", entry, &ok); err != nil {
		return err
	}
	if !ok {
		return errors.New("the server answers false")
	}
	var of struct{ Kind, Name string }
	if err := json.Unmarshal(entry, &of); err != nil {
		return err
	}
	if of.Kind == "mesh" {
		of.Name = "mesh"
	}
	if path := of.Kind + "/" + of.Name; !slices.Contains(a.entries, path) {
		a.entries = append(a.entries, path)
	}
	return nil
}

// Service is a service with a sidecar.
type Service struct {
	Name string
	Port int
	// Meta is what subsets choose instances by.
	Meta map[string]string
	// Upstreams are the services that it may call.
	Upstreams []string
}

// Register makes a service known.
func (a *Agent) Register(s Service) error {
	type upstream struct {
		DestinationName string
		LocalBindPort   int
	}
	var ups []upstream
	for i, u := range s.Upstreams {
		ups = append(ups, upstream{u, 20000 + i})
	}
	service, err := json.Marshal(map[string]any{
		"ID": s.Name, "Name": s.Name, "Port": s.Port, "Address": "127.0.0.1", "Meta": s.Meta,
		"Connect": map[string]any{"SidecarService": map[string]any{"Port": s.Port + 10000, "Meta": s.Meta, "Proxy": map[string]any{"Upstreams": ups}}},
	})
	if err != nil {
		return err
	}
	a.services = append(a.services, s.Name)
	return a.call("PUT", "/v1/agent/service/register", service, nil)
}

// Instance is an instance of a service without a proxy, as the catalog has it.
type Instance struct {
	Node, Address, Service string
	Port                   int
	Meta                   map[string]string
	Weights                Weights
}

// Weights are those of an instance in states of health.
type Weights struct{ Passing, Warning int }

// RegisterOutside makes an instance known as consul-k8s does.
// consul-k8s control-plane/api/v1alpha1/registration_types.go ToCatalogRegistration
func (a *Agent) RegisterOutside(i Instance) error {
	text, err := json.Marshal(map[string]any{
		"Node": i.Node, "Address": i.Address,
		"Service": map[string]any{"Service": i.Service, "Port": i.Port, "Meta": i.Meta, "Weights": i.Weights},
	})
	if err != nil {
		return err
	}
	a.nodes = append(a.nodes, i.Node)
	return a.call("PUT", "/v1/catalog/register", text, nil)
}

// Catalogued are the weights and metadata of the instances of a service, by node.
func (a *Agent) Catalogued(service string) (map[string]Instance, error) {
	var all []struct {
		Node, Address  string
		ServicePort    int
		ServiceMeta    map[string]string
		ServiceWeights Weights
	}
	out := map[string]Instance{}
	err := a.call("GET", "/v1/catalog/service/"+service, nil, &all)
	for _, i := range all {
		out[i.Node] = Instance{i.Node, i.Address, service, i.ServicePort, i.ServiceMeta, i.ServiceWeights}
	}
	return out, err
}

// Clean takes back what was written, the last first.
func (a *Agent) Clean() error {
	for _, s := range a.services {
		if err := a.call("PUT", "/v1/agent/service/deregister/"+s, nil, nil); err != nil {
			return fmt.Errorf("deregister %s: %w", s, err)
		}
	}
	for _, n := range a.nodes {
		if err := a.call("PUT", "/v1/catalog/deregister", []byte(`{"Node":"`+n+`"}`), nil); err != nil {
			return fmt.Errorf("deregister node %s: %w", n, err)
		}
	}
	slices.Reverse(a.entries)
	for _, path := range a.entries {
		if err := a.call("DELETE", "/v1/config/"+path, nil, nil); err != nil {
			return fmt.Errorf("delete %s: %w", path, err)
		}
	}
	a.entries, a.services, a.nodes = nil, nil, nil
	return nil
}
