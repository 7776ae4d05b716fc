package translate_test

import (
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

// What other meshes say of workloads is said in Consul of a Service that selects a part of
// them, too; what Consul says of a service is of that name alone. Fails with: no partsOf in
// intentions of pkg/mesh/consul/intentions_write.go, or no saidByName.
func TestPartsOfServers(t *testing.T) {
	const services = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n---\n" +
		"apiVersion: v1\nkind: Service\nmetadata: {name: web-new, namespace: shop}\nspec: {selector: {app: web, track: new}, ports: [{port: 80}]}\n---\n"
	for _, c := range []struct {
		from   mesh.Mesh
		policy string
		part   bool
	}{
		{istio.Mesh, "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: web, namespace: shop}\nspec: {selector: {matchLabels: {app: web}}, action: DENY, rules: [{}]}\n", true},
		{consul.Mesh, "apiVersion: consul.hashicorp.com/v1alpha1\nkind: ServiceIntentions\nmetadata: {name: web, namespace: shop}\nspec: {destination: {name: web}, sources: [{name: \"*\", action: deny}]}\n", false},
	} {
		objects, problems := source.Parse("in.yaml", []byte(services+c.policy), source.Options{})
		out := translate.Run(translate.Input{Objects: objects, Problems: problems}, translate.Options{From: c.from, To: consul.Mesh}).Manifests
		about := func(name string) bool {
			return slices.ContainsFunc(out, func(m *manifest.Object) bool { return m.Kind == "ServiceIntentions" && m.Name == name })
		}
		if !about("web") || about("web-new") != c.part {
			t.Errorf("of %s: web %t, web-new %t, not %t", c.from.Name, about("web"), about("web-new"), c.part)
		}
	}
}
