package consul

import "github.com/transmesh/transmesh/pkg/source"

// The kinds that peer clusters.
const (
	kindAcceptor = "PeeringAcceptor"
	kindDialer   = "PeeringDialer"
)

// checkPeering refuses an object that does not say which Secret has the token by which
// clusters are peered.
// consul-k8s control-plane/api/v1alpha1/peeringacceptor_types.go, peeringdialer_types.go Validate
func checkPeering(o *source.Object) {
	secret := o.Root.Get("spec").Get("peer").Get("secret")
	said := func(key string) string { return leafAt(o, "spec.peer.secret."+key) }
	switch {
	case secret == nil:
		o.Root.Reject("names no Secret for the token, in spec.peer.secret")
	case said("name") == "" || said("key") == "":
		secret.Reject("has no name, or no key")
	case said("backend") != "kubernetes":
		secret.Reject("has a backend that is not kubernetes, the only one")
	}
}
