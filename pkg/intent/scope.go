package intent

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// Scope says which points a fact covers. Subject is over the workload that the
// fact is about (fields Namespace, Label, Account, Service, Port), Client over
// who calls (client fields). nil covers all.
type Scope struct{ Subject, Client match.Expr }

// Name names a namespaced object.
type Name struct{ Namespace, Name string }

// String prints namespace/name.
func (n Name) String() string { return n.Namespace + "/" + n.Name }

// Compare orders names by namespace, then by name.
func (n Name) Compare(o Name) int {
	if by := strings.Compare(n.Namespace, o.Namespace); by != 0 {
		return by
	}
	return strings.Compare(n.Name, o.Name)
}

// IsZero reports whether no object is named.
func (n Name) IsZero() bool { return n == Name{} }

// Host is what clients address: a Service of the cluster, or a DNS name that is
// none. Exactly one of the two is set; the zero Host is every host.
type Host struct {
	Service Name
	// DNS is a lower-case name; a leading "*." or a lone "*" is a wildcard that
	// stands for one or more labels.
	DNS string
}

// String prints the host for people and as a stable key.
func (h Host) String() string {
	if !h.Service.IsZero() {
		return h.Service.String()
	}
	if h.DNS == "" {
		return "*"
	}
	return h.DNS
}

// Side tells whether something is enforced where the request arrives or where
// it is sent.
type Side uint8

const (
	Served  Side = iota // by the proxy of the workload that serves
	Dialled             // by the proxy of the workload that calls
)
