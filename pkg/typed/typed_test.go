package typed_test

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/typed/gatewayapi"
	"github.com/transmesh/transmesh/pkg/typed/istio"
	"github.com/transmesh/transmesh/pkg/typed/linkerd"
	apinetworking "istio.io/api/networking/v1alpha3"
	networking "istio.io/client-go/pkg/apis/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
)

// A typed object arrives with its kind, without what only the API server sets.
func TestFrom(t *testing.T) {
	objs, err := istio.From(&networking.VirtualService{
		ObjectMeta: metav1.ObjectMeta{Name: "cart", Namespace: "shop"},
		Spec:       apinetworking.VirtualService{Hosts: []string{"cart"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := objs[0]
	if o.APIVersion != "networking.istio.io/v1" || o.Kind != "VirtualService" || o.Namespace != "shop" || o.Name != "cart" {
		t.Errorf("got %+v", o)
	}
	if got := o.Root.Get("spec").Get("hosts").Items()[0].Str(); got != "cart" {
		t.Errorf("host %q", got)
	}
	if o.Root.GetNull("status") != nil || o.Root.Get("metadata").GetNull("creationTimestamp") != nil {
		t.Error("what the API server sets is still there")
	}
}

// A manifest becomes its type, and a field that the type lacks is an error.
func TestObjects(t *testing.T) {
	route := manifest.New("gateway.networking.k8s.io/v1", "HTTPRoute", "shop", "cart")
	route.Root.Set("spec", manifest.Map().Set("hostnames", manifest.Strs("cart.example")))
	objs, err := gatewayapi.Objects([]*manifest.Object{route})
	if err != nil {
		t.Fatal(err)
	}
	if got := objs[0].(*gateway.HTTPRoute); got.Name != "cart" || got.Spec.Hostnames[0] != "cart.example" {
		t.Errorf("got %+v", got)
	}
	route.Root.Get("spec").Set("hostname", manifest.Str("x"))
	if _, err := gatewayapi.Objects([]*manifest.Object{route}); err == nil || !strings.Contains(err.Error(), "hostname") {
		t.Errorf("unknown field: %v", err)
	}
}

// An empty list of authentications, which grants everyone access, survives.
func TestEmptyAuthentications(t *testing.T) {
	p := manifest.New("policy.linkerd.io/v1alpha1", "AuthorizationPolicy", "shop", "open")
	p.Root.Set("spec", manifest.Map().
		Set("targetRef", manifest.Map().Set("group", manifest.Str("policy.linkerd.io")).Set("kind", manifest.Str("Server")).Set("name", manifest.Str("cart"))).
		Set("requiredAuthenticationRefs", manifest.List()))
	objs, err := linkerd.Objects([]*manifest.Object{p})
	if err != nil {
		t.Fatal(err)
	}
	back, err := linkerd.From(objs...)
	if err != nil {
		t.Fatal(err)
	}
	if refs := back[0].Root.Get("spec").Get("requiredAuthenticationRefs"); refs == nil || len(refs.Items()) != 0 {
		t.Error("the empty list is gone")
	}
}
