// Package gatewayapi takes and gives Gateway API configuration as the types of
// sigs.k8s.io/gateway-api.
package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/pkg/typed"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
	gatewayalpha2 "sigs.k8s.io/gateway-api/apis/v1alpha2"
	gatewayalpha3 "sigs.k8s.io/gateway-api/apis/v1alpha3"
	gatewaybeta "sigs.k8s.io/gateway-api/apis/v1beta1"
	experimental "sigs.k8s.io/gateway-api/apisx/v1alpha1"
)

// scheme knows the kinds of Gateway API in all versions, those of its experiments, and core objects.
func scheme() *runtime.Scheme {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		gateway.Install, gatewaybeta.Install, gatewayalpha2.Install, gatewayalpha3.Install, experimental.Install, core.AddToScheme,
	} {
		if err := add(s); err != nil {
			panic("typed/gatewayapi: " + err.Error())
		}
	}
	return s
}

// From turns typed objects into what transmesh reads.
func From(objs ...runtime.Object) ([]*source.Object, error) { return typed.From(scheme(), objs...) }

// Objects turns what transmesh wrote into typed objects; other kinds become
// *unstructured.Unstructured.
func Objects(manifests []*manifest.Object) ([]runtime.Object, error) {
	return typed.To(scheme(), manifests)
}
