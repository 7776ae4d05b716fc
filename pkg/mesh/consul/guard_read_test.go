package consul

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// TrafficPermissions of another API guard an account by its name, all of the
// namespace where any is meant, and may guard everything where no account can have
// the name: no target could select it. Fails with: the name taken as it is.
func TestGuardsByAccount(t *testing.T) {
	for account, want := range map[string]string{
		"cart": "namespace shop and account cart", `"*"`: "namespace shop", "/a/*": "any", `""`: "any",
	} {
		objs, _ := source.Parse("in.yaml", []byte("apiVersion: auth.consul.hashicorp.com/v2beta1\nkind: TrafficPermissions\nmetadata: {name: x, namespace: shop}\nspec: {destination: {identityName: "+account+"}}\n"), source.Options{})
		got := "any"
		if e := guards(objs[0], &intent.Inventory{}); !match.IsTrue(e) {
			got = match.String(e)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", account, got, want)
		}
	}
}
