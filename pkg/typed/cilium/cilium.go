// Package cilium takes and gives Cilium configuration as the types of
// github.com/cilium/cilium, the Gateway API's for routes, the Multi-Cluster Services
// API's for exports, and Kubernetes' for NetworkPolicies.
//
// Policies are taken by reflection: their own JSON leaves empty lists out, so that
// a rule for nobody (fromEndpoints: []) would become one for everyone.
package cilium

import (
	"encoding/json"
	"fmt"

	_ "github.com/cilium/cilium/pkg/envoy/resource" // knows the types of Envoy that a CiliumEnvoyConfig may hold
	ciliumv2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/pkg/typed"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
	clusters "sigs.k8s.io/mcs-api/pkg/apis/v1beta1"
)

// scheme knows the kinds that Cilium reads, and core objects.
func scheme() *runtime.Scheme {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{ciliumv2.AddToScheme, gateway.Install, clusters.Install, networking.AddToScheme, core.AddToScheme} {
		if err := add(s); err != nil {
			panic("typed/cilium: " + err.Error())
		}
	}
	return s
}

// From turns typed objects into what transmesh reads.
func From(objs ...runtime.Object) ([]*source.Object, error) {
	return typed.FromEncoded(scheme(), func(o runtime.Object) ([]byte, error) { return json.Marshal(whole(o)) }, objs...)
}

// Objects turns what transmesh wrote into typed objects; other kinds become
// *unstructured.Unstructured. A resource of a CiliumEnvoyConfig that its type
// does not know, which the type itself would drop, is an error.
func Objects(manifests []*manifest.Object) ([]runtime.Object, error) {
	objs, err := typed.To(scheme(), manifests)
	if err != nil {
		return nil, err
	}
	for _, o := range objs {
		if err := checkResources(o); err != nil {
			return nil, err
		}
	}
	return objs, nil
}

func checkResources(o runtime.Object) error {
	config, ok := o.(*ciliumv2.CiliumEnvoyConfig)
	if !ok {
		return nil
	}
	for i, r := range config.Spec.Resources {
		if r.Any == nil || r.GetTypeUrl() == "" {
			return fmt.Errorf("CiliumEnvoyConfig %s/%s: resource %d is not of a type that Cilium knows", config.Namespace, config.Name, i)
		}
	}
	return nil
}
