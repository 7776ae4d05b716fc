// Command types takes a VirtualService as Istio's Go client has it, and prints the
// Gateway API's HTTPRoute that asks for the same, as its Go client has it.
package main

import (
	"fmt"
	"os"

	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	typedgateway "github.com/transmesh/transmesh/pkg/typed/gatewayapi"
	typedistio "github.com/transmesh/transmesh/pkg/typed/istio"
	"github.com/transmesh/transmesh/translate"
	"google.golang.org/protobuf/types/known/durationpb"
	api "istio.io/api/networking/v1"
	client "istio.io/client-go/pkg/apis/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
)

func main() {
	routes, err := routesFor(reviews())
	if err != nil {
		fmt.Fprintln(os.Stderr, "types:", err)
		os.Exit(1)
	}
	for _, r := range routes {
		fmt.Printf("HTTPRoute %s/%s for %s, %d rules\n", r.Namespace, r.Name, r.Spec.ParentRefs[0].Name, len(r.Spec.Rules))
	}
}

// reviews sends every tenth request to the next version.
func reviews() *client.VirtualService {
	to := func(host string, weight int32) *api.HTTPRouteDestination {
		return &api.HTTPRouteDestination{Weight: weight, Destination: &api.Destination{Host: host, Port: &api.PortSelector{Number: 80}}}
	}
	return &client.VirtualService{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "reviews"},
		Spec: api.VirtualService{
			Hosts: []string{"reviews"},
			Http: []*api.HTTPRoute{{
				Timeout: &durationpb.Duration{Seconds: 2},
				Route:   []*api.HTTPRouteDestination{to("reviews", 90), to("reviews-next", 10)},
			}},
		},
	}
}

// routesFor translates Istio's types to the routes of the Gateway API; findings
// that are errors are returned as one.
func routesFor(objs ...runtime.Object) ([]*gateway.HTTPRoute, error) {
	in, err := typedistio.From(objs...)
	if err != nil {
		return nil, err
	}
	result := translate.Run(translate.Input{Objects: in}, translate.Options{From: istio.Mesh, To: gatewayapi.Mesh, ToVersion: "istio"})
	for _, f := range result.Findings {
		if f.Severity.String() == "error" {
			return nil, fmt.Errorf("%s: %s", f.Code, f.Summary)
		}
	}
	out, err := typedgateway.Objects(result.Manifests)
	if err != nil {
		return nil, err
	}
	var routes []*gateway.HTTPRoute
	for _, o := range out {
		if r, ok := o.(*gateway.HTTPRoute); ok {
			routes = append(routes, r)
		}
	}
	return routes, nil
}
