package gatewayapi

import "github.com/transmesh/transmesh/pkg/match"

// PrefersLinkerd ranks as Linkerd's proxy does: by host, then by the number of
// characters of the path that matched, whatever the kind of match, then by
// headers, query parameters, and method last. A regular expression counts the
// whole path, so that its rank depends on the request.
// linkerd2-proxy linkerd/http/route/src/http/match.rs and match/path.rs
func PrefersLinkerd(a, b match.Expr) match.Expr { return prefers(a, b, linkerdOrder) }

// PrefersLinkerdGRPC ranks gRPC routes as Linkerd's proxy does: by host, length
// of the service, length of the method, and headers.
// linkerd2-proxy linkerd/http/route/src/grpc/match.rs
func PrefersLinkerdGRPC(a, b match.Expr) match.Expr { return prefers(a, b, fixed(linkerdGRPCOrder)) }

func linkerdOrder(a, b rank) match.Expr {
	rest := func(a, b rank) standing {
		return first(more(a.headers, b.headers), more(a.queries, b.queries), flag(a.method, b.method))
	}
	if s := hostStanding(a.host, b.host); s != level {
		return won(s)
	}
	regexA, regexB := opOf(a.path) == match.Regex, opOf(b.path) == match.Regex
	switch {
	case regexA == regexB:
		// Two regular expressions, or an exact path and one, tie: both count
		// the whole path. Exact and prefix have fixed lengths.
		return won(first(lengths(a, b), rest(a, b)))
	case regexA:
		return againstRegex(b.path, match.False, won(rest(a, b)))
	}
	return againstRegex(a.path, match.True, won(rest(a, b)))
}

// won is the region where b wins, for a standing of a against b.
func won(s standing) match.Expr {
	if s == behind {
		return match.True
	}
	return match.False
}

// lengths compares what two paths of no or both regular expressions match.
func lengths(a, b rank) standing {
	if opOf(a.path) == match.Regex {
		return level
	}
	return more(linkerdLength(a.path), linkerdLength(b.path))
}

func linkerdLength(a *match.Atom) int {
	if a != nil && a.Op == match.Exact {
		return len(a.Value)
	}
	return prefixLength(a)
}

// againstRegex is the region where b wins, of a regular expression and another
// path: longer on every path but the one that the other spells out, where the
// rest decides.
func againstRegex(other *match.Atom, longer, tie match.Expr) match.Expr {
	if other != nil && other.Op == match.Exact || match.Equal(longer, tie) {
		return tie
	}
	shortest := match.Atom{Field: match.Path, Op: match.Exact, Value: "/"}
	if n := prefixLength(other); n > 1 {
		shortest.Value = other.Value[:n]
	}
	return match.Disj(match.Conj(match.Negate(shortest), longer), match.Conj(shortest, tie))
}

func linkerdGRPCOrder(a, b rank) standing {
	return first(hostStanding(a.host, b.host), grpcOrder(a, b))
}
