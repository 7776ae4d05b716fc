package intent

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/match"
)

// Sight tells which clients are told of which hosts of a model, for who asks of many. The
// model must not change meanwhile.
type Sight struct {
	m *Model
	// decides are the clients that each fact of the model's covers; those without any are
	// not asked for yet.
	decides []deciding
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
	return &Sight{m, make([]deciding, len(m.Visible)), map[string]hidden{}}
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

// hiddenBy is from whom a host is hidden of which each fact tells some of its clients. It
// is as long as the facts are together: from whom the later ones hide it is said once, and
// taken back for the clients for whom an earlier one decides.
func (s *Sight) hiddenBy(told []match.Expr) hidden {
	var out hidden
	var from, beside []match.Expr // the last fact's first
	hides := make([]bool, len(told))
	for i, v := range slices.Backward(s.m.Visible) {
		d := s.deciding(i)
		client := match.Conj(d.client, match.Negate(told[i]))
		hides[i] = !match.IsFalse(client)
		if hides[i] {
			out.origin = append(out.origin, reversed(v.From)...)
		}
		switch {
		case v.Host != Host{} && hides[i]:
			beside = append(beside, client)
		case v.Host == Host{}:
			if !match.IsFalse(told[i]) && slices.ContainsFunc(d.before, func(j int) bool { return hides[j] }) {
				from = []match.Expr{match.Conj(match.Disj(reversed(from)...), match.Negate(d.client))}
			}
			if hides[i] {
				from = append(from, client)
			}
		}
	}
	slices.Reverse(out.origin)
	out.client = match.Disj(reversed(append(beside, from...))...)
	out.told = match.Simplify(match.Negate(out.client))
	return out
}

// deciding are the clients that a fact covers; of one without a Host, also the later ones
// that may cover some of them, for whom it decides before these.
type deciding struct {
	client match.Expr
	before []int
}

func (s *Sight) deciding(i int) *deciding {
	d := &s.decides[i]
	if d.client == nil {
		d.client = match.Simplify(s.m.Visible[i].Scope.Client)
		for j := i + 1; j < len(s.m.Visible) && s.m.Visible[i].Host == (Host{}); j++ {
			if later := s.m.Visible[j]; later.Host == (Host{}) && !match.Apart(match.Simplify(later.Scope.Client), d.client) {
				d.before = append(d.before, j)
			}
		}
	}
	return d
}

// reversed is a list from its end.
func reversed[T any](list []T) []T {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}
