// Package gatewayapi is the Kubernetes Gateway API, 1.6 standard and
// experimental: HTTPRoute and GRPCRoute on Services and Gateways, Gateway and
// ReferenceGrant. It is a mesh of its own, and the dialect of routes that other
// meshes speak too (Dialect).
//
// https://gateway-api.sigs.k8s.io/reference/spec/ and, for routes on Services,
// GEP-1294 https://gateway-api.sigs.k8s.io/geps/gep-1294/
package gatewayapi

const (
	group = "gateway.networking.k8s.io"
)
