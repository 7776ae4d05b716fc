package engine

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"istio.io/istio/pilot/pkg/config/kube/gateway"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pilot/pkg/serviceregistry/kube/controller"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/schema/gvk"
	"istio.io/istio/pkg/config/schema/gvr"
	"istio.io/istio/pkg/kube"
	"istio.io/istio/pkg/kube/kclient/clienttest"
	"istio.io/istio/pkg/test"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/gateway-api/pkg/consts"
)

// routeKinds are the kinds that Istio's controller of the Gateway API waits for.
var routeKinds = []schema.GroupVersionResource{
	gvr.KubernetesGateway, gvr.ReferenceGrant, gvr.ListenerSet, gvr.GatewayClass, gvr.HTTPRoute, gvr.GRPCRoute, gvr.TCPRoute, gvr.TLSRoute,
	gvr.ServiceEntry, gvr.XBackendTrafficPolicy, gvr.BackendTLSPolicy, gvr.InferencePool,
}

// Attached are the VirtualServices that Istio's controller makes of routes of the Gateway API
// among manifests.
func Attached(t test.Failer, manifests []byte) []config.Config {
	objects, err := decoded(manifests)
	if err != nil {
		t.Fatal(err)
	}
	services, err := servicesOf(manifests)
	if err != nil {
		t.Fatal(err)
	}
	stop := test.NewStop(t)
	client := kube.NewFakeClient(objects...)
	for _, kind := range routeKinds {
		clienttest.MakeCRDWithAnnotations(t, client, kind, map[string]string{consts.BundleVersionAnnotation: consts.BundleVersion})
	}
	ready := func(schema.GroupVersionResource, <-chan struct{}) bool { return true }
	c := gateway.NewController(client, ready, controller.Options{DomainSuffix: Domain}, nil)
	go c.Run(stop)
	client.RunAndWait(stop)
	c.Reconcile(pushOf(t, services))
	kube.WaitForCacheSync("routes", stop, c.HasSynced)
	return c.List(gvk.VirtualService, "")
}

func pushOf(t test.Failer, services []*model.Service) *model.PushContext {
	return core.NewConfigGenTest(t, core.TestOptions{Services: services}).PushContext()
}

// decoded are the manifests as objects of the kinds that Istio's clients know.
func decoded(manifests []byte) ([]runtime.Object, error) {
	var out []runtime.Object
	docs := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(manifests)))
	for {
		doc, err := docs.Read()
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		case len(bytes.TrimSpace(doc)) == 0:
			continue
		}
		o, _, err := kube.IstioCodec.UniversalDeserializer().Decode(doc, nil, nil)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
}
