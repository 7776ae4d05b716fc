// Package consul is Consul 1.20: service-defaults, service-resolver,
// service-splitter, service-router, service-intentions, proxy-defaults, mesh and
// jwt-provider, and its gateways with their routes, as custom resources of consul-k8s and
// as configuration entries; and Gateways of its class with what is attached to them.
package consul

import "github.com/transmesh/transmesh/pkg/mesh"

// Name is the mesh's name.
const Name = "consul"

// The versions: the community edition, and the enterprise edition with
// namespaces, partitions and rate limits.
const (
	versionCommunity  = "1.20"
	versionEnterprise = "1.20-enterprise"
)

// group is the API group of consul-k8s.
const group = "consul.hashicorp.com"

// Mesh is Consul.
var Mesh = mesh.Mesh{
	Name: Name, Title: "Consul", Versions: []string{versionCommunity, versionEnterprise}, Kinds: kinds,
	Environment: []string{"clusterDomain", "trustDomain", "consul.acls", "consul.defaultIntentionPolicy", "consul.transparentProxy"},
	Injection:   mesh.Injection{Marks: []string{annotationInject}, Ask: "the annotation " + annotationInject + `: "true"`, Past: past, Alone: &alone},
	Configure:   configure, Guards: guards, Keeps: mayKeep, Keepers: keepers, Leaving: leaving, Obeys: obeys, Takes: takes, Read: read, Target: target, Write: write, Order: kindOrder,
}
