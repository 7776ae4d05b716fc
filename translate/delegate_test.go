package translate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

// cart is routed by two VirtualServices of unknown age, one of which has the delegate
// that orders has too.
const sharedDelegate = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: web}
spec: {hosts: [cart.shop.svc.cluster.local], http: [{route: [{destination: {host: cart.shop.svc.cluster.local}}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec: {hosts: [cart], http: [{match: [{uri: {prefix: /items}}], delegate: {name: items, namespace: teams}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: orders, namespace: shop}
spec: {hosts: [orders], http: [{match: [{uri: {prefix: /items}}], delegate: {name: items, namespace: teams}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: items, namespace: teams}
spec: {http: [{timeout: 1s, route: [{destination: {host: cart.shop.svc.cluster.local}}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
`

// The rules of a delegate are withheld with a VirtualService only where no other that is in
// force has them. Fails with: no test of used in withheldDelegates of
// pkg/mesh/istio/delegate_read.go; without withheldDelegates.
func TestSharedDelegate(t *testing.T) {
	fates := map[bool]int{}
	for i := range 2 {
		input, problems := source.Parse("in.yaml", []byte(sharedDelegate), source.Options{})
		if i == 1 {
			input = slices.Delete(input, 2, 3)
		}
		result := translate.Run(translate.Input{Objects: input, Problems: problems}, translate.Options{From: istio.Mesh, To: linkerd.Mesh})
		for e := range result.Ledger.All() {
			if e.Ref.Object == "VirtualService teams/items" && strings.HasPrefix(e.Ref.Path, "spec.") {
				fates[i == 0]++
				if withheld := e.Fate == ledger.Withheld; withheld == (i == 0) {
					t.Errorf("%s is %s, with orders: %v", e.Ref, e.Fate, i == 0)
				}
			}
		}
	}
	if fates[true] == 0 || fates[true] != fates[false] {
		t.Errorf("values of the delegate: %v", fates)
	}
}
