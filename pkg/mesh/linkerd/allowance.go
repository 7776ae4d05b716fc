package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// allowance is a grant with the requests for which it counts at a Server.
type allowance struct {
	grant
	requests match.Expr
}

var (
	overHTTP = match.Atom{Field: match.Protocol, Op: match.Exact, Value: "http"}
	overTCP  = match.Atom{Field: match.Protocol, Op: match.Exact, Value: "tcp"}
)

// heeds reports whether a Server looks at a route: one that detects or declares
// HTTP at HTTPRoutes, one that declares gRPC at GRPCRoutes, the others at none.
// linkerd2 policy-controller/grpc/src/inbound.rs to_server
func (s *server) heeds(t *inboundRoute) bool {
	switch s.protocol {
	case protocolGRPC:
		return t.grpc
	case protocolOpaque, protocolTLS:
		return false
	}
	return !t.grpc
}

// allow computes who may send what to a Server. Its own grants, and those of its
// namespace, count in every route; those of a route count where it is the
// best-ranked match. Where it has routes, a request that none matches is denied.
func (r *reader) allow(s *server) []allowance {
	routes := r.enforced(s)
	var out []allowance
	general := s.grants
	if s.own != nil {
		general = append(slices.Clone(general), *s.own)
	}
	for _, g := range general {
		g.from = append(slices.Clone(g.from), objectsOf(routes)...)
		out = append(out, allowance{g, s.matched(routes)})
	}
	for _, t := range routes {
		for _, g := range t.grants {
			if e := r.wins(t, g, routes, general); !match.IsFalse(e) {
				g.from = append(slices.Clone(g.from), t.object.Ref())
				out = append(out, allowance{g, match.Conj(overHTTP, e)})
				r.counts[g.policy] = true
			}
		}
	}
	return out
}

// redundant reports policies for routes that let nobody in whom the Server's own
// grants, or better-ranked routes, do not let in or keep out already.
func (r *reader) redundant() {
	for _, p := range r.policies {
		_, routes := r.targets(p)
		if p.opaque != "" || p.inert || len(routes) == 0 || r.counts[p.object] || slices.ContainsFunc(routes, func(t *inboundRoute) bool { return t.opaque != "" || t.probes }) {
			continue
		}
		p.inert = true
		r.inert(p.object.Root, "AuthorizationPolicy "+p.object.Namespace+"/"+p.object.Name+" has no effect: its clients are let in, or its requests taken by better-ranked routes, without it")
	}
}

// objectsOf are where routes stand. A condition on requests does not speak of one
// that matches only what others do.
func objectsOf(routes []*inboundRoute) (out intent.Origin) {
	for _, t := range routes {
		out = append(out, t.object.Ref())
	}
	return out
}

// enforced lists the routes that a Server heeds, without those that only let in
// the kubelet's probes.
func (r *reader) enforced(s *server) []*inboundRoute {
	var out []*inboundRoute
	for _, t := range s.routes {
		switch {
		case !s.heeds(t):
			r.diags.Add(diag.Inert, t.object.Kind+" "+t.object.Namespace+"/"+t.object.Name+" has no effect on Server "+s.name().String()+
				", which declares "+s.protocol, "declare the protocol of the route, or use the other kind", t.object.Ref())
		case !r.onlyProbes(s, t):
			t.more = true
			out = append(out, t)
		default:
			t.probes = true
		}
	}
	return out
}

// matched is where a Server with routes admits its own clients.
func (s *server) matched(routes []*inboundRoute) match.Expr {
	if len(routes) == 0 {
		return match.True
	}
	var or match.Or
	for _, t := range routes {
		for _, l := range t.lines {
			if match.IsTrue(l.when) {
				return match.True
			}
			or = append(or, l.when)
		}
	}
	some := match.Conj(overHTTP, match.Simplify(or))
	if s.protocol == protocolUnknown {
		return match.Disj(overTCP, some)
	}
	return some
}

// everyPath reports whether a predicate holds for every HTTP request.
func everyPath(e match.Expr) bool {
	a, ok := e.(match.Atom)
	return match.IsTrue(e) || ok && a.Field == match.Path && a.Op == match.Segments && a.Value == "/"
}

// withoutEveryPath leaves out the prefix of all paths, which every request has.
func withoutEveryPath(e match.Expr) match.Expr {
	return match.Simplify(match.Map(e, func(a match.Atom) match.Expr {
		if everyPath(a) {
			return match.True
		}
		return nil
	}))
}

// wins is where a grant of a route counts: where a line of the route matches and
// no line of another route that does not let the same clients in beats it.
func (r *reader) wins(t *inboundRoute, g grant, routes []*inboundRoute, general []grant) match.Expr {
	if admits(general, g) {
		return match.False
	}
	at := slices.Index(routes, t)
	var or match.Or
	for _, l := range t.lines {
		and := match.And{l.when}
		for i, other := range routes {
			if other == t || admits(other.grants, g) {
				continue
			}
			for _, x := range other.lines {
				if _, answer := match.Overlap(l.when, x.when); answer != match.No {
					and = append(and, match.Negate(match.Conj(x.when, r.beats(x, l, i < at))))
				}
			}
		}
		or = append(or, match.Simplify(and))
	}
	return match.Simplify(or)
}

// admits reports whether some grants let in all clients of one.
func admits(grants []grant, g grant) bool {
	return slices.ContainsFunc(grants, func(h grant) bool {
		_, answer := match.Implies(g.clients, h.clients)
		return answer == match.Yes
	})
}

// beats is where x wins over l, of those requests that both match. Of lines that
// rank alike the older route's wins; where its age is not known, both lose.
func (r *reader) beats(x, l line, first bool) match.Expr {
	prefers := gatewayapi.PrefersLinkerd
	if x.route.grpc {
		prefers = gatewayapi.PrefersLinkerdGRPC
	}
	xWins, lWins := prefers(l.when, x.when), prefers(x.when, l.when)
	tie := match.Conj(match.Negate(xWins), match.Negate(lWins))
	known := x.route.created != "" && l.route.created != ""
	switch {
	case known && !first:
		return xWins
	case known:
		return match.Disj(xWins, tie)
	}
	if _, answer := match.Overlap(match.Conj(x.when, l.when), tie); answer != match.No {
		r.orderUnknown(x.route.object, l.route.object, "they match the same requests alike, and the older route wins")
	}
	return match.Disj(xWins, tie)
}
