// Package istio takes and gives Istio configuration as the types of
// istio.io/client-go.
package istio

import (
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/pkg/typed"
	extensions "istio.io/client-go/pkg/apis/extensions/v1alpha1"
	networking "istio.io/client-go/pkg/apis/networking/v1"
	networkingalpha "istio.io/client-go/pkg/apis/networking/v1alpha3"
	networkingbeta "istio.io/client-go/pkg/apis/networking/v1beta1"
	security "istio.io/client-go/pkg/apis/security/v1"
	securitybeta "istio.io/client-go/pkg/apis/security/v1beta1"
	telemetry "istio.io/client-go/pkg/apis/telemetry/v1"
	telemetryalpha "istio.io/client-go/pkg/apis/telemetry/v1alpha1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// scheme knows the kinds of Istio in all served versions, and core objects.
func scheme() *runtime.Scheme {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		networking.AddToScheme, networkingbeta.AddToScheme, networkingalpha.AddToScheme, security.AddToScheme, securitybeta.AddToScheme,
		telemetry.AddToScheme, telemetryalpha.AddToScheme, extensions.AddToScheme, core.AddToScheme,
	} {
		if err := add(s); err != nil {
			panic("typed/istio: " + err.Error())
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
