package consul

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/source"
)

// The kinds that peer clusters.
const (
	kindAcceptor = "PeeringAcceptor"
	kindDialer   = "PeeringDialer"
)

// checkPeering refuses an object that does not say which Secret has the token by which
// clusters are peered.
// consul-k8s control-plane/api/v1alpha1/peeringacceptor_types.go, peeringdialer_types.go Validate
func checkPeering(o *source.Object) {
	spec := specOf(o)
	secret := spec.get("peer").get("secret")
	if secret.missing() {
		cmp.Or(spec.Node, o.Root).Reject("names no Secret for the token, in peer.secret")
		return
	}
	for _, key := range []string{"name", "key"} {
		if secret.get(key).text() == "" {
			secret.Node.Reject("has no " + key)
		}
	}
	if secret.get("backend").text() != "kubernetes" {
		secret.Node.Reject("has a backend that is not kubernetes, the only one")
	}
}
