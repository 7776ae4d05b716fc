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

// Hidden holds for the clients that are not told of a host: of a Service, or of a name of
// which no External tells them. The origin is that of the facts that hide it.
func (m *Model) Hidden(h Host) (match.Expr, Origin) {
	if len(m.Visible) == 0 {
		return match.False, nil
	}
	if !h.Service.IsZero() && (m.Service(h.Service) != nil || !m.toldOutside(h)) {
		return m.hiddenOf(h, h.Service.Namespace)
	}
	var from []match.Expr
	var origin Origin
	for _, e := range m.External {
		if e.Home != nil && slices.ContainsFunc(e.Hosts, func(x Host) bool { return m.Env.Covers(x, h) }) {
			hidden, by := m.hiddenOf(h, e.Home.Namespace)
			from, origin = append(from, hidden), append(origin, by...)
		}
	}
	if from == nil {
		return match.False, nil
	}
	return match.Conj(from...), origin
}

// HiddenExternal holds for the clients that an External does not tell of a host of its.
func (m *Model) HiddenExternal(e *External, h Host) match.Expr {
	if e.Home == nil || len(m.Visible) == 0 {
		return match.False
	}
	hidden, _ := m.hiddenOf(h, e.Home.Namespace)
	return hidden
}

func (m *Model) toldOutside(h Host) bool {
	return slices.ContainsFunc(m.External, func(e *External) bool { return slices.Contains(e.Hosts, h) })
}

// hiddenOf is Hidden of a host that something of a namespace tells of.
func (m *Model) hiddenOf(h Host, namespace string) (match.Expr, Origin) {
	var out []match.Expr
	var origin Origin
	name := m.Env.DNS(h)
	for i := range m.Visible {
		if hidden := m.hides(i, h, namespace, name); !match.IsFalse(hidden) {
			out, origin = append(out, hidden), append(origin, m.Visible[i].From...)
		}
	}
	return match.Disj(out...), origin
}

// hides holds for the clients from which one fact hides a host.
func (m *Model) hides(i int, h Host, namespace, name string) match.Expr {
	v := m.Visible[i]
	client := match.Simplify(v.Scope.Client)
	if v.Host != (Host{}) {
		if v.Host != h {
			return match.False
		}
		return client
	}
	told := v.Tells(namespace, name)
	if match.IsTrue(told) {
		return match.False
	}
	and := []match.Expr{client, match.Negate(told)}
	for _, earlier := range m.Visible[:i] {
		if earlier.Host == (Host{}) && !apart(earlier.Scope.Client, client) {
			and = append(and, match.Negate(match.Simplify(earlier.Scope.Client)))
		}
	}
	return match.Conj(and...)
}

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

// apart reports whether two conditions on clients name namespaces that differ.
func apart(a, b match.Expr) bool {
	x, named := namespaceOf(a)
	y, also := namespaceOf(b)
	return named && also && x != y
}

// namespaceOf is the namespace that a condition demands of clients.
func namespaceOf(e match.Expr) (string, bool) {
	and, ok := e.(match.And)
	if !ok {
		and = match.And{e}
	}
	for _, x := range and {
		if a, is := x.(match.Atom); is && a.Field == match.ClientNamespace && a.Op == match.Exact && !a.Fold {
			return a.Value, true
		}
	}
	return "", false
}
