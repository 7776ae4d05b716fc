package intent

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/match"
)

// Sight tells which clients are told of which hosts of a model, for who asks of many. The
// model must not change meanwhile.
type Sight struct {
	m *Model
	// decides are the clients for whom each fact of the model's decides; nil until they
	// are asked for.
	decides []match.Expr
	// hidden are those from whom hosts are hidden, by the facts that hide them.
	hidden map[string]hidden
}

// hidden is from whom a host is hidden, and by what; told are the others.
type hidden struct {
	client, told match.Expr
	origin       Origin
}

// NewSight makes ready what the facts of a model tell clients of.
func NewSight(m *Model) *Sight {
	return &Sight{m, make([]match.Expr, len(m.Visible)), map[string]hidden{}}
}

// Hidden is Sight.Hidden for one question.
func (m *Model) Hidden(h Host) (match.Expr, Origin) { return NewSight(m).Hidden(h) }

// Hidden holds for the clients that are not told of a host: of a Service, or of a name of
// which no External tells them. The origin is that of the facts that hide it.
func (s *Sight) Hidden(h Host) (match.Expr, Origin) {
	if len(s.m.Visible) == 0 {
		return match.False, nil
	}
	if !h.Service.IsZero() && (s.m.Service(h.Service) != nil || !s.m.toldOutside(h)) {
		out := s.hiddenOf(h, h.Service.Namespace)
		return out.client, out.origin
	}
	var from []match.Expr
	var origin Origin
	for _, e := range s.m.External {
		if e.Home != nil && slices.ContainsFunc(e.Hosts, func(x Host) bool { return s.m.Env.Covers(x, h) }) {
			out := s.hiddenOf(h, e.Home.Namespace)
			from, origin = append(from, out.client), append(origin, out.origin...)
		}
	}
	if from == nil {
		return match.False, nil
	}
	return match.Conj(from...), origin
}

// Told holds for the clients that an External tells of a host of its. It is one and the
// same expression for hosts that the same facts hide.
func (s *Sight) Told(e *External, h Host) match.Expr {
	if e.Home == nil || len(s.m.Visible) == 0 {
		return match.True
	}
	return s.hiddenOf(h, e.Home.Namespace).told
}

func (m *Model) toldOutside(h Host) bool {
	return slices.ContainsFunc(m.External, func(e *External) bool { return slices.Contains(e.Hosts, h) })
}

// hiddenOf is Hidden of a host that something of a namespace tells of.
func (s *Sight) hiddenOf(h Host, namespace string) hidden {
	told := make([]match.Expr, len(s.m.Visible)) // of the fact's clients
	name := s.m.Env.DNS(h)
	key := make([]byte, 0, len(told))
	for i, v := range s.m.Visible {
		switch v.Host {
		case Host{}:
			told[i] = v.Tells(namespace, name)
		case h:
			told[i] = match.False
		default:
			told[i] = match.True
		}
		key = append(match.AppendKey(key, told[i]), ';')
	}
	out, known := s.hidden[string(key)]
	if !known {
		out = s.hiddenBy(told)
		s.hidden[string(key)] = out
	}
	return out
}

// hiddenBy is from whom a host is hidden of which each fact tells some of its clients.
func (s *Sight) hiddenBy(told []match.Expr) hidden {
	var out hidden
	var from []match.Expr
	for i, v := range s.m.Visible {
		if client := match.Conj(s.decidedBy(i), match.Negate(told[i])); !match.IsFalse(client) {
			from, out.origin = append(from, client), append(out.origin, v.From...)
		}
	}
	out.client = match.Disj(from...)
	out.told = match.Simplify(match.Negate(out.client))
	return out
}

// decidedBy holds for the clients for whom a fact decides: those that it covers, and for
// one without a Host, none of these before it does.
func (s *Sight) decidedBy(i int) match.Expr {
	if s.decides[i] == nil {
		client := match.Simplify(s.m.Visible[i].Scope.Client)
		if s.m.Visible[i].Host != (Host{}) {
			s.decides[i] = client
			return client
		}
		and := []match.Expr{client}
		for _, earlier := range s.m.Visible[:i] {
			if earlier.Host == (Host{}) && !apart(earlier.Scope.Client, client) {
				and = append(and, match.Negate(match.Simplify(earlier.Scope.Client)))
			}
		}
		s.decides[i] = match.Conj(and...)
	}
	return s.decides[i]
}
