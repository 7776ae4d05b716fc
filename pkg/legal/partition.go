package legal

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// The normal form of admission for targets that Combine by Partition.
//
// What such a target can say: for one port of some workloads (a server), who is
// let in, by regions of requests. Of the regions that a request is in, the
// best-ranked one alone decides (RouteForm.Prefers): its clients are let in, and
// those of the server as a whole. A request in no region is denied, where the
// server has regions; without any, and on connections that are not HTTP, only
// the clients of the server as a whole are let in. Ports without a server have
// one of a few policies that hang on the workload, the namespace or the mesh.
//
// After legalization a model for such a target has no Tokens, no served
// Transport but the target's own, no Access that denies, asks or is not
// enforced, and these facts:
//
//   - For a server, whose Subject is a conjunction of a Namespace, predicates on
//     labels, and one Port: one Default{Deny}, and Allow facts of the same
//     Subject. No two servers cover one workload's port.
//   - An Allow of a server has as When a conjunction of: the region, as Protocol
//     "http" and literals on request attributes that are not negated; then the
//     regions to leave out, each negated as a whole; then the clients, a
//     predicate of the shape that the target can say. Without the first two it
//     holds for the server as a whole. Without the last it is for everyone.
//   - For ports without a server (elsewhere), whose Subject is a conjunction of
//     a Namespace and, for single workloads, all their Labels: one Default, and
//     at most one Allow, whose Subject leaves out what more specific facts
//     cover. They come after those of servers, single workloads first.
//   - The target's own Default and Transport.
//
// The facts mean by themselves what the routes written for them do: a grant in a
// region leaves out the better-ranked regions in which it does not hold. A
// region that grants nothing is seen only as such an exception. Partitioned
// finds the regions again.

// Partitioned is the admission of a model in normal form, for writers.
type Partitioned struct {
	Servers []Server
	// Elsewhere is about ports without a server, single workloads first.
	Elsewhere []Elsewhere
}

// Server is the admission of one port of some workloads.
type Server struct {
	// Subject is the conjunction of Namespace, Labels and Port.
	Subject   match.Expr
	Namespace string
	// Labels is a predicate on labels; nil is every workload of the namespace.
	Labels match.Expr
	Port   int
	// Grants hold for every request and for connections that are not HTTP.
	Grants []Grant
	// Regions, if any, cover all requests that are let in; where the server has
	// Grants, the last one covers all requests.
	Regions []Region
	// Default is the fact that denies the rest.
	Default *intent.Default
}

// Region is a set of requests.
type Region struct {
	// When is a conjunction of request literals that are not negated; nil is
	// every request.
	When match.Expr
	// Grants hold where no better-ranked region holds; none denies all but the
	// server's own.
	Grants []Grant
}

// Grant lets clients in.
type Grant struct {
	// Clients is a predicate on clients; nil is everyone, identity or not.
	Clients match.Expr
	Fact    *intent.Access
}

// Elsewhere is the admission of ports without a server.
type Elsewhere struct {
	Namespace string
	// Labels are those of a single workload; empty is the whole namespace.
	Labels []intent.Pair
	// Clients are let in: True is everyone and False nobody.
	Clients match.Expr
	Default *intent.Default
	Fact    *intent.Access // nil where the Default decides alone
}
