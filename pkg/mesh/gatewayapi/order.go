package gatewayapi

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// The comparators say in which region b, listed later, wins over a. They look
// at a and b as predicates of rules, each an Or of matches that rank alone.

// PrefersSpec ranks as the specification says; where it is silent, on regular
// expressions, as Istio does.
// https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
func PrefersSpec(a, b match.Expr) match.Expr { return prefers(a, b, fixed(istioOrder)) }

// PrefersIstio ranks Exact over Prefix over Regex, then by length, method,
// headers and query parameters.
// istio pilot/pkg/config/kube/gateway/conversion.go sortHTTPRoutes
func PrefersIstio(a, b match.Expr) match.Expr { return prefers(a, b, fixed(istioOrder)) }

// PrefersCilium ranks Exact over Regex over Prefix, then by length, method,
// headers and query parameters.
// cilium operator/pkg/model/translation/envoy_virtual_host.go SortableRoute
func PrefersCilium(a, b match.Expr) match.Expr { return prefers(a, b, fixed(ciliumOrder)) }

// PrefersAny is the region where one of the implementations prefers b: what is
// written for all of them must avoid it.
func PrefersAny(a, b match.Expr) match.Expr {
	return match.Disj(PrefersIstio(a, b), PrefersCilium(a, b), PrefersLinkerd(a, b))
}

// PrefersAnyGRPC is PrefersAny for gRPC routes.
func PrefersAnyGRPC(a, b match.Expr) match.Expr {
	return match.Disj(PrefersIstioGRPC(a, b), PrefersCilium(a, b), PrefersLinkerdGRPC(a, b))
}

// PrefersSpecGRPC ranks gRPC routes as the specification says: by service,
// method and headers.
// https://gateway-api.sigs.k8s.io/reference/spec/#grpcrouterule
func PrefersSpecGRPC(a, b match.Expr) match.Expr { return prefers(a, b, fixed(grpcOrder)) }

// PrefersIstioGRPC ranks gRPC routes as Istio does HTTP routes, but for matches
// without a method, which come last.
func PrefersIstioGRPC(a, b match.Expr) match.Expr {
	return prefers(a, b, fixed(func(a, b rank) standing { return first(flag(a.path != nil, b.path != nil), istioOrder(a, b)) }))
}

// disagree is the region in which implementations choose differently between
// two matches of which one is a regular expression: the specification leaves
// their rank to implementations.
func disagree(p intent.Protocol, a, b match.Expr) match.Expr {
	if !hasRegex(a) && !hasRegex(b) {
		return match.False
	}
	istio, cilium, linkerd := PrefersIstio(a, b), PrefersCilium(a, b), PrefersLinkerd(a, b)
	if p == intent.GRPC {
		istio, linkerd = PrefersIstioGRPC(a, b), PrefersLinkerdGRPC(a, b)
	}
	some := match.Disj(istio, cilium, linkerd)
	return match.Conj(some, match.Negate(match.Conj(istio, cilium, linkerd)))
}

func hasRegex(e match.Expr) bool {
	found := false
	match.Atoms(e, func(a match.Atom, _ bool) { found = found || a.Field == match.Path && a.Op == match.Regex })
	return found
}

// comparator is the region where rank b wins over a rank listed before it.
type comparator func(a, b rank) match.Expr

// fixed makes a comparator of an order that does not depend on the request.
func fixed(order func(a, b rank) standing) comparator {
	return func(a, b rank) match.Expr {
		if order(a, b) == behind {
			return match.True
		}
		return match.False
	}
}

// prefers compares all matches of two rules: b wins where one of its matches
// holds and beats each match of a that holds. A predicate past the bound of
// alternatives is never safe behind another, so b wins everywhere.
func prefers(a, b match.Expr, better comparator) match.Expr {
	as, okA := match.DNF(a, alternatives)
	bs, okB := match.DNF(b, alternatives)
	if !okA || !okB {
		return match.True
	}
	if len(as) == 1 && len(bs) == 1 {
		return better(rankOf(as[0]), rankOf(bs[0]))
	}
	var wins match.Or
	for _, lb := range bs {
		beats := match.And{conjunction(lb)}
		for _, la := range as {
			beats = append(beats, match.Disj(match.Negate(conjunction(la)), better(rankOf(la), rankOf(lb))))
		}
		wins = append(wins, beats)
	}
	return match.Simplify(wins)
}

func conjunction(ls []match.Literal) match.Expr {
	and := make(match.And, len(ls))
	for i, l := range ls {
		and[i] = l.Atom
		if l.Not {
			and[i] = match.Not{X: l.Atom}
		}
	}
	return match.Simplify(and)
}

func istioOrder(a, b rank) standing {
	return first(
		more(istioKind[opOf(a.path)], istioKind[opOf(b.path)]),
		more(pathLength(a.path), pathLength(b.path)),
		conditions(a, b),
	)
}

// istioKind ranks the kinds of paths; gRPC services are raw prefixes.
var istioKind = map[match.Op]int{match.Exact: 3, match.Prefix: 2, match.Segments: 2, match.Regex: 1}

func ciliumOrder(a, b rank) standing {
	return first(
		more(ciliumKind[opOf(a.path)], ciliumKind[opOf(b.path)]),
		more(pathLength(a.path), pathLength(b.path)),
		conditions(a, b),
	)
}

var ciliumKind = map[match.Op]int{match.Exact: 3, match.Regex: 2, match.Prefix: 1, match.Segments: 1}

// conditions compares all that is not the path, as the specification orders it.
func conditions(a, b rank) standing {
	return first(flag(a.method, b.method), more(a.headers, b.headers), more(a.queries, b.queries))
}

// pathLength is the number of characters by which paths of one kind are ranked.
func pathLength(a *match.Atom) int {
	if a == nil || a.Op == match.Segments {
		return prefixLength(a)
	}
	return len(a.Value)
}

// grpcOrder compares the literal service and method, and headers.
func grpcOrder(a, b rank) standing {
	serviceA, methodA := rpc(a.path)
	serviceB, methodB := rpc(b.path)
	return first(more(len(serviceA), len(serviceB)), more(len(methodA), len(methodB)), more(a.headers, b.headers))
}

// hostStanding compares hostnames: exact over wildcard, then the longer; none is last.
func hostStanding(a, b *match.Atom) standing {
	if a == nil || b == nil {
		return flag(a != nil, b != nil)
	}
	return first(flag(a.Op == match.Exact, b.Op == match.Exact), more(len(a.Value), len(b.Value)))
}

// rpc splits the path of a gRPC match into the literal service and method, ""
// for one that is not said literally.
func rpc(a *match.Atom) (service, method string) {
	if a == nil {
		return "", ""
	}
	switch a.Op {
	case match.Exact, match.Prefix:
		service, method, _ = strings.Cut(strings.TrimPrefix(a.Value, "/"), "/")
		return service, method
	case match.Regex:
		if rest, ok := strings.CutPrefix(a.Value, anyService); ok {
			return "", rest
		}
	}
	return "", ""
}
