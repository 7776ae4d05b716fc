package consul

import (
	"strings"
	"testing"

	"github.com/hashicorp/consul/api"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// An entry arrives with its kind, its name and its fields.
func TestFrom(t *testing.T) {
	objs, err := From(&api.ServiceConfigEntry{Kind: api.ServiceDefaults, Name: "cart", Protocol: "http"})
	if err != nil {
		t.Fatal(err)
	}
	if o := objs[0]; o.Kind != "service-defaults" || o.Name != "cart" || o.Root.Get("Protocol").Str() != "http" {
		t.Errorf("got %+v", o)
	}
}

// What is written becomes an entry, and a field that the type lacks is an error.
func TestObjects(t *testing.T) {
	o := manifest.New("consul.hashicorp.com/v1alpha1", "ServiceResolver", "shop", "cart")
	o.Root.Set("spec", manifest.Map().Set("connectTimeout", manifest.Str("3s")))
	entries, _, err := Objects([]*manifest.Object{o})
	if err != nil {
		t.Fatal(err)
	}
	if r := entries[0].(*api.ServiceResolverConfigEntry); r.Name != "cart" || r.ConnectTimeout.Seconds() != 3 {
		t.Errorf("got %+v", r)
	}
	o.Root.Get("spec").Set("connectTimeoutt", manifest.Str("3s"))
	if _, _, err := Objects([]*manifest.Object{o}); err == nil || !strings.Contains(strings.ToLower(err.Error()), "connecttimeoutt") {
		t.Errorf("unknown field: %v", err)
	}
}
