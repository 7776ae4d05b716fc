package legal

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// deniesBesides reports whether a denial at a server is also, or only, of its
// workloads' other ports.
func (n *namer) deniesBesides(p Party, a *intent.Access) bool {
	return p.Port != 0 && slices.ContainsFunc(n.termsOf(a), func(t term) bool {
		return slices.ContainsFunc(t.requests, func(l match.Literal) bool {
			return l.Atom.Field == match.Port && l.Atom.Holds(strconv.Itoa(p.Port)) == l.Not
		})
	})
}

// ported reports whether a fact is about some ports only.
func (n *namer) ported(a *intent.Access) bool {
	return len(ports(a.Scope.Subject)) > 0 || slices.ContainsFunc(n.termsOf(a), func(t term) bool { return len(ports(t.requests.expr())) > 0 })
}
