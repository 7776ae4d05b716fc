package intent

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// What begins the identities of clients that are known by where they are, and not by a
// certificate: an Entity is no workload, such as a node or the ingress, and those of
// another cluster are known by its name alone.
const (
	Entity       = "reserved:"
	OtherCluster = "cluster:"
)

// Placed reports whether an atom is about a client that is known by where it is: a mesh
// that tells clients by certificates knows it not, neither to let it in nor to keep it out.
func Placed(a match.Atom) bool {
	return a.Field == match.ClientIdentity && a.Op == match.Exact && (strings.HasPrefix(a.Value, Entity) || strings.HasPrefix(a.Value, OtherCluster))
}
