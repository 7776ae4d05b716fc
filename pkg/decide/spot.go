package decide

import "github.com/transmesh/transmesh/pkg/match"

// spot is a kind of workloads during the visit of it; most need no sample.
type spot struct {
	namespace namespace
	scopes    local
	way       match.Way
	sample    *match.Request // nil until it is asked for
	// excused holds for requests that are left out; nil is none.
	excused match.Expr
}

// subject is a workload of the kind.
func (s *spot) subject() *match.Request {
	if s.sample == nil {
		s.sample = s.way.Request().Set(match.Namespace, "", s.namespace.name)
		if s.namespace.service != "" {
			s.sample.Set(match.Service, "", s.namespace.service)
		}
	}
	return s.sample
}

// kind is the kind for longer than the visit.
func (s *spot) kind() kind {
	holds := make([]bool, len(s.scopes.exprs))
	for i := range holds {
		holds[i] = s.way.Holds(i)
	}
	return kind{s.namespace, s.scopes, holds, s.subject(), s.excused}
}

// settle replaces the subject's attributes in a condition.
func (s *spot) settle(e match.Expr) match.Expr {
	return match.Map(e, func(x match.Atom) match.Expr {
		if !x.Field.Subject() {
			return nil
		}
		v, ok := s.subject().Lookup(x.Field, x.Key)
		if x.Field == match.Port && !ok {
			return nil
		}
		return constant(ok && x.Holds(v))
	})
}
