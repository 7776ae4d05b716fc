package translate_test

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
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
