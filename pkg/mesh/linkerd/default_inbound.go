package linkerd

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// annotationInbound is the default inbound policy of a pod or namespace.
const annotationInbound = "config.linkerd.io/default-inbound-policy"

// The policies that ports without a Server have, and that a Server has beside
// its grants.
const (
	policyDeny                 = "deny"
	policyAll                  = "all-unauthenticated"
	policyAuthenticated        = "all-authenticated"
	policyCluster              = "cluster-unauthenticated"
	policyClusterAuthenticated = "cluster-authenticated"
	policyAudit                = "audit"
)

var policies = []string{policyDeny, policyAll, policyAuthenticated, policyCluster, policyClusterAuthenticated, policyAudit}

// clientsOf is the predicate of the clients that a policy lets in. audit lets in
// everyone, and logs whom it would not.
// linkerd2 policy-controller/k8s/index/src/defaults.rs
func clientsOf(policy string, env intent.Environment, at place.Ref) match.Expr {
	switch policy {
	case policyAll, policyAudit:
		return match.True
	case policyAuthenticated:
		return authenticated(at)
	case policyCluster:
		return blocks(env.ClusterNetworks, at)
	case policyClusterAuthenticated:
		return match.Conj(authenticated(at), blocks(env.ClusterNetworks, at))
	}
	return match.False
}

// policyOfClients names the policy that lets in just these clients; "" is none.
func policyOfClients(clients match.Expr) string {
	switch {
	case match.IsTrue(clients):
		return policyAll
	case match.IsFalse(clients):
		return policyDeny
	case match.Equal(clients, authenticated(place.Ref{})):
		return policyAuthenticated
	}
	return ""
}

// elsewhere says why a scope without a port cannot have a policy for clients.
func elsewhere(_, clients match.Expr) string {
	if policyOfClients(clients) == "" {
		return "Linkerd's default inbound policies know everyone, nobody, and everyone with an identity"
	}
	return ""
}

// layer is a default inbound policy with what it is about.
type layer struct {
	subject match.Expr
	policy  string
	from    intent.Origin
}
