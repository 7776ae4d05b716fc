package translate_test

import (
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

// Intentions without an apiVersion do not say in which form they name their
// destination: everything is withheld. Fails with: Guards asked for objects of no
// kind, which takes the object's name for the destination.
func TestHalfNamedIntentions(t *testing.T) {
	objects, problems := source.Parse("in.yaml", []byte("kind: ServiceIntentions\nmetadata: {name: pol, namespace: shop}\nspec: {destination: {name: bad}, sources: [{name: web, action: deny}]}\n"), source.Options{})
	result := translate.Run(translate.Input{Objects: objects, Problems: problems}, translate.Options{From: consul.Mesh, To: istio.Mesh})
	if d := result.Source.Default; len(d) == 0 || !d[0].Withheld || !match.IsTrue(d[0].Scope.Subject) {
		t.Errorf("not everything is withheld: %+v", d)
	}
	if !result.Unreadable {
		t.Error("the input counts as readable")
	}
}

// What a policy's kind or apiVersion lacks, or says twice, does not make another thing of
// it, of which nothing is told: all that it may guard is withheld. Fails with: "" for a
// group without a version in Group of pkg/source; mayGuard without kinds said twice; unknownKind without groups that are nearly named;
// halfNamed asked of entries; nameless asked whether there is a generateName.
func TestMisnamedPolicies(t *testing.T) {
	for _, c := range []struct {
		file, text, told string
		from             mesh.Mesh
	}{
		{"in.yaml", "apiVersion: security.istio.io\nkind: AuthorizationPolicy\nmetadata: {name: pol, namespace: shop}\nspec: {}\n", "Istio has no AuthorizationPolicy in security.istio.io", istio.Mesh},
		{"in.yaml", "apiVersion: securty.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: pol, namespace: shop}\nspec: {}\n", "Istio has no AuthorizationPolicy in securty.istio.io/v1", istio.Mesh},
		{"in.yaml", "apiVersion: security.istio.io/v1\nkind: VirtualService\nkind: AuthorizationPolicy\nmetadata: {name: pol}\nspec: {}\n", "Istio has no VirtualService in security.istio.io/v1", istio.Mesh},
		{"in.yaml", "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {generateName: pol-, namespace: shop}\nspec: {}\n", "an AuthorizationPolicy of shop has no name but a generateName, pol-", istio.Mesh},
		{"in.hcl", "Kind = \"service-defaults\"\nName = \"web\"\nKind = \"service-intentions\"\n", "Kind of service-defaults default/web is said already, in line 1", consul.Mesh},
		{"in.hcl", "Kind = \"ServiceIntentions\"\nName = \"web\"\n", "Consul has no configuration entry of kind ServiceIntentions", consul.Mesh},
		{"in.json", "{\"Kind\": \"Service-Intentions\", \"Name\": \"web\"}\n", "Consul has no configuration entry of kind Service-Intentions", consul.Mesh},
		{"in.hcl", "Name = \"web\"\nSources = []\n", "the document has a name and no Kind, without which it is no configuration entry", consul.Mesh},
	} {
		objects, problems := source.Parse(c.file, []byte(c.text), source.Options{})
		result := translate.Run(translate.Input{Objects: objects, Problems: problems}, translate.Options{From: c.from, To: linkerd.Mesh})
		if d := result.Source.Default; len(d) == 0 || !d[0].Withheld {
			t.Errorf("%s: nothing is withheld: %+v", c.told, d)
		}
		if !slices.ContainsFunc(result.Findings, func(d diag.Diagnostic) bool { return d.Severity == diag.Error && d.Summary == c.told }) {
			t.Errorf("nothing says %q of %s", c.told, c.text)
		}
		if slices.ContainsFunc(result.Findings, func(d diag.Diagnostic) bool { return d.Code == diag.UnknownField }) {
			t.Errorf("%s: what is said twice counts as unknown", c.told)
		}
	}
}
