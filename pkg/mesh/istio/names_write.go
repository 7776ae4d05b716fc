package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// hostName writes a host as a part of a name.
func hostName(h intent.Host) string {
	if !h.Service.IsZero() {
		return h.Service.Name
	}
	if name := strings.Trim(strings.NewReplacer("*", "any", ".", "-").Replace(h.DNS), "-"); name != "" {
		return name
	}
	return "any"
}

// exportTo writes who sees an object; nil is everyone.
func exportTo(client match.Expr, namespace string) []string {
	names, _ := callerNamespaces(client)
	for i, n := range names {
		if n == namespace {
			names[i] = "."
		}
	}
	slices.Sort(names)
	return names
}

// callerNamespaces lists the namespaces that a condition on callers names; ok is
// false where it says something else.
func callerNamespaces(client match.Expr) (names []string, ok bool) {
	if match.IsTrue(client) {
		return nil, true
	}
	or, isOr := client.(match.Or)
	if !isOr {
		or = match.Or{client}
	}
	for _, e := range or {
		a, isAtom := e.(match.Atom)
		if !isAtom || a.Field != match.ClientNamespace || a.Op != match.Exact {
			return nil, false
		}
		names = append(names, a.Value)
	}
	return names, len(names) > 0
}

// gatewayText names a gateway as an object of a namespace does.
func gatewayText(n intent.Name, namespace string) string {
	if n.Namespace == namespace && n.Name != "mesh" {
		return n.Name
	}
	return n.String()
}

// hostText names a host as an object of a namespace does: a Service of the same
// namespace by its short name, any other by its full one.
func (w *writer) hostText(h intent.Host, namespace string) string {
	switch {
	case h == intent.Host{}:
		return "*"
	case h.Service.Namespace == namespace && namespace != "":
		return h.Service.Name
	}
	return w.m.Env.DNS(h)
}
