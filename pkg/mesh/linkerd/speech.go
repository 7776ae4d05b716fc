package linkerd

import (
	"net/netip"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// routeCan says why a match of a route cannot say one condition, or "". Linkerd
// ignores GRPCRoutes that match methods by regular expression.
func routeCan(p intent.Protocol, l match.Literal) string {
	if why := gatewayapi.LinkerdRouteCan(p, l); why != "" {
		return why
	}
	if p == intent.GRPC && l.Atom.Field == match.Path {
		for _, m := range gatewayapi.WriteMatches(l.Atom, p).Items() {
			if m.Get("method").Get("type") != nil {
				return "Linkerd ignores routes that match methods by regular expression"
			}
		}
	}
	return ""
}

// accessCan says why whom a Server lets in cannot depend on a condition, or "".
// Conditions on requests are those of inbound routes, on clients those of
// authentications.
func accessCan(_ intent.Effect, l match.Literal) string {
	a := l.Atom
	switch {
	case a.Field == match.ClientIP:
		return canAddress(a)
	case a.Field == match.Found:
		return "no policy looks at findings of the proxy"
	case a.Field.Identity():
		return canIdentity(l)
	case a.Field.HTTP() && a.Field != match.Token:
		return routeCan(intent.HTTP, l)
	}
	return "Linkerd's policies do not know the " + a.Field.String()
}

func canAddress(a match.Atom) string {
	if p, ok := parseBlock(a.Value); !ok || a.Op != match.CIDR || p == (netip.Prefix{}) {
		return "a NetworkAuthentication names blocks of addresses"
	}
	return ""
}

// canIdentity looks at one part of an identity; accessShape sees them together.
func canIdentity(l match.Literal) string {
	a := l.Atom
	ok := !a.Fold
	switch a.Field {
	case match.ClientNamespace:
		ok = ok && (a.Op == match.Exact || a.Op == match.Present)
	case match.ClientTrust:
		ok = ok && a.Op == match.Exact
	case match.ClientAccount:
		ok = ok && (a.Op == match.Present || accountText(a) != "")
	case match.ClientIdentity:
		ok = ok && (wholeText(a) != "" || a.Op == match.Present)
	}
	switch {
	case l.Not:
		return "Linkerd's policies cannot leave out identities"
	case !ok:
		return "no entry of a MeshTLSAuthentication means that"
	}
	return ""
}

// accessShape says why one policy cannot demand a predicate on clients. Which
// names of control plane and trust domain a mesh has makes no difference.
func accessShape(_ intent.Effect, clients match.Expr) string {
	_, why := identities{}.authentication(clients)
	return why
}

// accessScope says why no Server is about a scope, or "": one selects pods of a
// namespace by their labels, for one port.
func accessScope(subject match.Expr) string {
	namespaces, ports := 0, 0
	for _, e := range conditions(subject) {
		a, ok := e.(match.Atom)
		switch {
		case ok && a.Field == match.Namespace && a.Op == match.Exact:
			namespaces++
		case ok && a.Field == match.Port && a.Op == match.Exact:
			ports++
		case !selectable(e):
			return "a Server selects pods by their labels"
		}
	}
	if namespaces != 1 || ports != 1 {
		return "a Server is about one port of pods in one namespace"
	}
	return ""
}

// conditions are the members of a conjunction.
func conditions(e match.Expr) []match.Expr {
	if and, ok := match.Simplify(e).(match.And); ok {
		return and
	}
	return []match.Expr{e}
}

// selectable reports whether a condition is one of a label selector: In, NotIn,
// Exists or DoesNotExist of one label.
func selectable(e match.Expr) bool {
	if not, ok := e.(match.Not); ok {
		e = not.X
	}
	or, ok := e.(match.Or)
	if !ok {
		or = match.Or{e}
	}
	key := ""
	for i, x := range or {
		a, ok := x.(match.Atom)
		if !ok || a.Field != match.Label || a.Fold || a.Op != match.Exact && (a.Op != match.Present || len(or) > 1) || i > 0 && a.Key != key {
			return false
		}
		key = a.Key
	}
	return len(or) > 0
}
