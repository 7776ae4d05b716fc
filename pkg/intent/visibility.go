package intent

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/match"
)

// Visibility says which hosts inside and outside of the cluster the clients in
// Scope.Client are told of. What they send to others goes as if there were no mesh: no
// table and no policy of theirs is about it, it is sent as it is to where the host's
// address leads, or, where Egress denies the client, nowhere. Gateways are told of all.
//
// Of the facts without a Host the first that covers a client decides; where none does,
// it is told of all. Those with one hold beside these.
type Visibility struct {
	Home  *Home
	Scope Scope // Subject is unused
	// Host, where it is set, is the only one that the fact is about: the clients are not
	// told of it. Shows and Hides are unused then.
	Host Host
	// Shows are the hosts that the clients are told of, but for Hides.
	Shows, Hides []HostsOf
	From         Origin
}

// HostsOf are hosts that Services or Externals of some namespaces tell of.
type HostsOf struct {
	// Namespace is that of the Service or External; "" is any. Own is that of the client.
	Namespace string
	Own       bool
	// Pattern is a full DNS name, or a wildcard as CoversName has it.
	Pattern string
	From    Origin
}

// Origin is where the fact stands.
func (v *Visibility) Origin() Origin { return v.From }

// Origin is where the hosts are named.
func (h *HostsOf) Origin() Origin { return h.From }

// Tells holds for the clients of the fact that are told of a name of a namespace.
func (v *Visibility) Tells(namespace, name string) match.Expr {
	return match.Conj(listed(v.Shows, namespace, name), match.Negate(listed(v.Hides, namespace, name)))
}

// HidesAny reports whether the fact hides some host from some client.
func (v *Visibility) HidesAny() bool {
	return v.Host != (Host{}) || len(v.Hides) > 0 ||
		!slices.ContainsFunc(v.Shows, func(s HostsOf) bool { return s.Namespace == "" && !s.Own && s.Pattern == "*" })
}

// listed holds for the clients for which a list names a host.
func listed(all []HostsOf, namespace, name string) match.Expr {
	var own match.Expr = match.False
	for _, s := range all {
		switch {
		case s.Pattern != name && !(Host{DNS: s.Pattern}.Wide() && CoversName(s.Pattern, name)):
		case s.Own:
			own = match.Atom{Field: match.ClientNamespace, Value: namespace}
		case s.Namespace == "" || s.Namespace == namespace:
			return match.True
		}
	}
	return own
}
