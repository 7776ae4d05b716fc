package legal

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Servers finds the servers and their regions in a model that is in normal form.
func Servers(m *intent.Model, t Target) Partitioned {
	var out Partitioned
	at := map[string]int{}
	for _, d := range m.Default {
		if s, ok := serverOf(d); ok {
			at[match.Key(s.Subject)] = len(out.Servers)
			out.Servers = append(out.Servers, s)
		} else if e, ok := elsewhereOf(d); ok {
			out.Elsewhere = append(out.Elsewhere, e)
		}
	}
	for _, a := range m.Access {
		if i, ok := at[match.Key(a.Scope.Subject)]; ok {
			out.Servers[i].take(a)
			continue
		}
		for i := range out.Elsewhere {
			out.Elsewhere[i].take(a)
		}
	}
	for i := range out.Servers {
		out.Servers[i].complete(t)
	}
	return out
}

// serverOf reads a Default as that of a server, if it is for one port.
func serverOf(d *intent.Default) (Server, bool) {
	s := Server{Subject: d.Scope.Subject, Default: d}
	var labels []match.Expr
	for _, e := range members(d.Scope.Subject) {
		switch a, ok := e.(match.Atom); {
		case ok && a.Field == match.Namespace:
			s.Namespace = a.Value
		case ok && a.Field == match.Port:
			s.Port, _ = strconv.Atoi(a.Value)
		default:
			labels = append(labels, e)
		}
	}
	s.Labels = match.Conj(labels...)
	return s, s.Namespace != "" && s.Port != 0
}

// elsewhereOf reads a Default as one for ports without a server; the target's
// own names no namespace.
func elsewhereOf(d *intent.Default) (Elsewhere, bool) {
	e := Elsewhere{Clients: match.False, Default: d}
	if d.Effect == intent.Allow {
		e.Clients = match.True
	}
	for _, m := range members(d.Scope.Subject) {
		switch a, ok := m.(match.Atom); {
		case ok && a.Field == match.Namespace:
			e.Namespace = a.Value
		case ok && labelled(a):
			e.Labels = append(e.Labels, intent.Pair{Key: a.Key, Value: a.Value})
		default:
			return e, false
		}
	}
	return e, e.Namespace != ""
}

// members are the parts of a conjunction.
func members(e match.Expr) []match.Expr {
	if and, ok := match.Simplify(e).(match.And); ok {
		return and
	}
	return []match.Expr{e}
}

// take adds a grant to the server, and the regions that it names. One to nobody is
// none.
func (s *Server) take(a *intent.Access) {
	var where, clients []match.Expr
	var inside bool
	for _, e := range members(a.When) {
		switch about := fieldOf(e); {
		case about == match.Protocol:
			inside = true
		case !request(about):
			clients = append(clients, e)
		default:
			if _, negated := e.(match.Not); !negated {
				where = append(where, e)
			}
		}
	}
	g := Grant{Clients: match.Conj(clients...), Fact: a}
	if match.IsFalse(g.Clients) {
		return // to nobody
	}
	if !inside {
		s.Grants = append(s.Grants, g)
		return
	}
	r := s.region(match.Conj(where...))
	r.Grants = append(r.Grants, g)
}

// fieldOf is the attribute that the first atom of e tests.
func fieldOf(e match.Expr) match.Field {
	field, found := match.ClientIP, false
	match.Atoms(e, func(a match.Atom, _ bool) {
		if !found {
			field, found = a.Field, true
		}
	})
	return field
}

// region is the server's region of a predicate; it is added if it is not there.
func (s *Server) region(when match.Expr) *Region {
	for i := range s.Regions {
		if match.Equal(s.Regions[i].When, when) {
			return &s.Regions[i]
		}
	}
	s.Regions = append(s.Regions, Region{When: when})
	return &s.Regions[len(s.Regions)-1]
}

// complete adds regions that grant nothing: those that grants leave out and no
// other region explains, and one for all requests where the server as a whole
// has grants.
func (s *Server) complete(t Target) {
	for _, r := range slices.Clone(s.Regions) {
		for _, g := range r.Grants {
			for _, e := range members(g.Fact.When) {
				if not, ok := e.(match.Not); ok && request(fieldOf(e)) && !s.explains(r, g, not.X, t.inbound()) {
					s.region(not.X)
				}
			}
		}
	}
	if len(s.Regions) > 0 && len(s.Grants) > 0 {
		rest := s.region(match.True)
		all := *rest
		s.Regions = slices.DeleteFunc(s.Regions, func(r Region) bool { return match.IsTrue(r.When) })
		s.Regions = append(s.Regions, all)
	}
}

// explains reports whether a region that is there beats r, without the grant,
// wherever the predicate holds.
func (s *Server) explains(r Region, g Grant, left match.Expr, form RouteForm) bool {
	return slices.ContainsFunc(s.Regions, func(x Region) bool {
		if match.Equal(x.When, r.When) || x.grants(g) {
			return false
		}
		wins := match.True
		if form.Prefers != nil {
			wins = match.Negate(form.Prefers(x.When, r.When))
		}
		return implied(match.Conj(r.When, left), match.Conj(x.When, wins))
	})
}

// grants reports whether all clients of a grant are let in, by one grant or by
// several.
func (r Region) grants(g Grant) bool {
	var or match.Or
	for _, other := range r.Grants {
		or = append(or, other.Clients)
	}
	return implied(g.Clients, or)
}

// take adds the fact that lets in clients on these ports, if it is that.
func (e *Elsewhere) take(a *intent.Access) {
	if e.Fact == nil && implied(a.Scope.Subject, e.Default.Scope.Subject) && covers(e, a.Scope.Subject) {
		e.Clients, e.Fact = a.When, a
	}
}

// covers reports whether a subject is that of e but for what others decide.
func covers(e *Elsewhere, subject match.Expr) bool {
	var rest []match.Expr
	for _, m := range members(subject) {
		if _, negated := m.(match.Not); !negated {
			rest = append(rest, m)
		}
	}
	return match.Equal(match.Conj(rest...), e.Default.Scope.Subject)
}
