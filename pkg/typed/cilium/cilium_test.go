package cilium

import (
	"testing"

	ciliumv2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	"github.com/cilium/cilium/pkg/policy/api"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A rule for nobody stays one: the type's own JSON would make it one for everyone.
func TestNobody(t *testing.T) {
	policy := &ciliumv2.CiliumNetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "closed", Namespace: "shop"},
		Spec: &api.Rule{Ingress: []api.IngressRule{{
			IngressCommonRule: api.IngressCommonRule{FromEndpoints: []api.EndpointSelector{}},
			ToPorts:           []api.PortRule{{Ports: []api.PortProtocol{{Port: "80", Protocol: api.ProtoTCP}}}},
		}}},
	}
	objs, err := From(policy)
	if err != nil {
		t.Fatal(err)
	}
	entry := objs[0].Root.Get("spec").Get("ingress").Items()[0]
	if peers := entry.Get("fromEndpoints"); peers == nil || peers.Kind() != source.List || len(peers.Items()) != 0 {
		t.Error("the empty list of peers is gone")
	}
	if port := entry.Get("toPorts").Items()[0].Get("ports").Items()[0].Get("port").Text(); port != "80" {
		t.Errorf("port %q", port)
	}
	if entry.Get("fromEntities") != nil || entry.Get("fromCIDR") != nil {
		t.Error("lists that were not said are there")
	}
}

// What is written decodes into the types, strictly; a resource that the type
// would drop is an error.
func TestObjects(t *testing.T) {
	o := manifest.New("cilium.io/v2", "CiliumEnvoyConfig", "shop", "cart")
	cluster := manifest.Map().Set("@type", manifest.Str("type.googleapis.com/envoy.config.cluster.v3.Cluster")).Set("name", manifest.Str("cart"))
	o.Root.Set("spec", manifest.Map().Set("resources", manifest.List(cluster)))
	if _, err := Objects([]*manifest.Object{o}); err != nil {
		t.Error(err)
	}
	cluster.Set("nonsense", manifest.Int(1))
	if _, err := Objects([]*manifest.Object{o}); err == nil {
		t.Error("a field that no cluster has passes")
	}
}
