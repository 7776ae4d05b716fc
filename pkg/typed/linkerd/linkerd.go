// Package linkerd takes and gives Linkerd configuration as Go types: those of
// github.com/linkerd/linkerd2 where they exist in the present version, the
// Gateway API's for routes, SMI's for TrafficSplit, and this package's own for
// the rest.
package linkerd

import (
	profile "github.com/linkerd/linkerd2/controller/gen/apis/serviceprofile/v1alpha2"
	split "github.com/servicemeshinterface/smi-sdk-go/pkg/apis/split/v1alpha2"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/pkg/typed"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
	gatewayalpha "sigs.k8s.io/gateway-api/apis/v1alpha2"
)

// scheme knows the kinds that Linkerd reads, and core objects.
func scheme() *runtime.Scheme {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{profile.AddToScheme, split.AddToScheme, gateway.Install, gatewayalpha.Install, core.AddToScheme} {
		if err := add(s); err != nil {
			panic("typed/linkerd: " + err.Error())
		}
	}
	alpha := schema.GroupVersion{Group: "policy.linkerd.io", Version: "v1alpha1"}
	beta := schema.GroupVersion{Group: "policy.linkerd.io", Version: "v1beta3"}
	s.AddKnownTypes(alpha, &AuthorizationPolicy{}, &MeshTLSAuthentication{}, &NetworkAuthentication{}, &EgressNetwork{}, &HTTPLocalRateLimitPolicy{})
	s.AddKnownTypes(beta, &Server{}, &HTTPRoute{})
	s.AddKnownTypes(schema.GroupVersion{Group: "workload.linkerd.io", Version: "v1beta1"}, &ExternalWorkload{})
	s.AddKnownTypes(schema.GroupVersion{Group: "multicluster.linkerd.io", Version: "v1alpha3"}, &Link{})
	return s
}

// From turns typed objects into what transmesh reads.
func From(objs ...runtime.Object) ([]*source.Object, error) { return typed.From(scheme(), objs...) }

// Objects turns what transmesh wrote into typed objects; other kinds become
// *unstructured.Unstructured.
func Objects(manifests []*manifest.Object) ([]runtime.Object, error) {
	return typed.To(scheme(), manifests)
}
