package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// scoped are the facts of admission of one model by the namespace that they are
// about.
type scoped struct {
	transport placed[*intent.Transport]
	access    placed[*intent.Access]
	def       placed[*intent.Default]
	tokens    placed[*intent.Tokens]
	// dialled are the facts of callers, which are about all subjects.
	dialled dialledFacts
}

// placed are facts with the numbers of their scopes, by place; those under "" are
// about more than one. order is their place in the model.
type placed[T any] map[string][]scopedFact[T]

type scopedFact[T any] struct {
	scope, order int
	fact         T
}

func (p placed[T]) add(s *scopes, scope int, fact T, order int) {
	at := s.home[scope]
	p[at] = append(p[at], scopedFact[T]{scope, order, fact})
}

// at are the facts that may hold in a namespace, in the model's order.
func (p placed[T]) at(ns namespace) []scopedFact[T] {
	var near, nearest []scopedFact[T]
	if !ns.other {
		near = p[ns.name]
	}
	if ns.service != "" {
		nearest = p[ns.key()]
	}
	if len(near)+len(nearest) == 0 {
		return p[""]
	}
	out := slices.Concat(p[""], near, nearest)
	slices.SortFunc(out, func(a, b scopedFact[T]) int { return a.order - b.order })
	return out
}

func (s *scopes) of(m *intent.Model) *scoped {
	out := &scoped{
		transport: placed[*intent.Transport]{}, access: placed[*intent.Access]{}, def: placed[*intent.Default]{}, tokens: placed[*intent.Tokens]{},
	}
	for i, t := range m.Transport {
		if t.Side == intent.Served {
			out.transport.add(s, s.add(t.Scope.Subject), t, i)
		}
	}
	for i, a := range m.Access {
		s.addSubject(a.When)
		if a.Side == intent.Served {
			out.access.add(s, s.add(a.Scope.Subject), a, i)
		}
	}
	for i, d := range m.Default {
		if d.Side == intent.Served {
			out.def.add(s, s.add(d.Scope.Subject), d, i)
		}
	}
	for i, t := range m.Tokens {
		out.tokens.add(s, s.add(t.Scope.Subject), t, i)
	}
	out.dialled = dialledOf(m)
	return out
}

// nearby are the facts of one model that may hold in one namespace.
type nearby struct {
	transport []scopedFact[*intent.Transport]
	access    []scopedFact[*intent.Access]
	def       []scopedFact[*intent.Default]
	tokens    []scopedFact[*intent.Tokens]
	dialled   dialledFacts
}

func (s *scoped) near(ns namespace) nearby {
	return nearby{s.transport.at(ns), s.access.at(ns), s.def.at(ns), s.tokens.at(ns), s.dialled}
}

// covering lists the facts that cover a subject for which these scopes hold.
func (n nearby) covering(holds []bool) covering {
	c := covering{dialled: n.dialled}
	if i := slices.IndexFunc(n.transport, func(t scopedFact[*intent.Transport]) bool { return holds[t.scope] }); i >= 0 {
		c.transport = n.transport[i].fact
	}
	if i := slices.IndexFunc(n.def, func(d scopedFact[*intent.Default]) bool { return holds[d.scope] }); i >= 0 {
		c.def = n.def[i].fact
	}
	for _, a := range n.access {
		if holds[a.scope] {
			c.access = append(c.access, a.fact)
		}
	}
	for _, t := range n.tokens {
		if holds[t.scope] {
			c.tokens = append(c.tokens, t.fact)
		}
	}
	return c
}
