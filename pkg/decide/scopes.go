package decide

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// scopes numbers the different subject scopes of several models, so that it is
// decided once for all of them which cover a workload.
type scopes struct {
	index map[string]int
	exprs []match.Expr
}

func newScopes() *scopes { return &scopes{index: map[string]int{}} }

func (s *scopes) add(e match.Expr) int {
	e = match.Simplify(e)
	k := match.Key(e)
	i, ok := s.index[k]
	if !ok {
		i = len(s.exprs)
		s.index[k], s.exprs = i, append(s.exprs, e)
	}
	return i
}

// scoped are the facts of one model with the numbers of their scopes.
type scoped struct {
	transport []scopedFact[*intent.Transport]
	access    []scopedFact[*intent.Access]
	def       []scopedFact[*intent.Default]
	tokens    []scopedFact[*intent.Tokens]
	all       *scopes
}

type scopedFact[T any] struct {
	scope int
	fact  T
}

func (s *scopes) of(m *intent.Model) *scoped {
	out := &scoped{all: s}
	for _, t := range m.Transport {
		if t.Side == intent.Served {
			out.transport = append(out.transport, scopedFact[*intent.Transport]{s.add(t.Scope.Subject), t})
		}
	}
	for _, a := range m.Access {
		out.access = append(out.access, scopedFact[*intent.Access]{s.add(a.Scope.Subject), a})
		s.addPorts(a.When)
	}
	for _, d := range m.Default {
		out.def = append(out.def, scopedFact[*intent.Default]{s.add(d.Scope.Subject), d})
	}
	for _, t := range m.Tokens {
		out.tokens = append(out.tokens, scopedFact[*intent.Tokens]{s.add(t.Scope.Subject), t})
	}
	return out
}

// addPorts makes conditions on the workload's port part of what tells subjects
// apart.
func (s *scopes) addPorts(e match.Expr) {
	match.Atoms(e, func(a match.Atom, _ bool) {
		if a.Field == match.Port {
			s.add(a)
		}
	})
}

// namespace is a namespace that some scope names, or any other.
type namespace struct {
	name  string
	other bool
}

func (n namespace) String() string {
	if n.other {
		return "any other namespace"
	}
	return n.name
}

// namespaces cuts the namespaces by the scopes.
func (s *scopes) namespaces() []namespace {
	var atoms []match.Atom
	named := map[string]bool{}
	for _, e := range s.exprs {
		match.Atoms(e, func(a match.Atom, _ bool) {
			if a.Field == match.Namespace {
				atoms = append(atoms, a)
				named[a.Value] = true
			}
		})
	}
	if len(atoms) == 0 {
		return []namespace{{"any", true}}
	}
	var out []namespace
	seen := map[string]bool{}
	for _, a := range atoms {
		if !seen[a.Value] {
			seen[a.Value] = true
			out = append(out, namespace{name: a.Value})
		}
	}
	slices.SortFunc(out, func(a, b namespace) int { return strings.Compare(a.name, b.name) })
	other := "elsewhere"
	for named[other] {
		other += "-x"
	}
	return append(out, namespace{other, true})
}

// within are the scopes as they read in one namespace. Scopes of other
// namespaces hold nowhere in it.
func (s *scopes) within(ns namespace) []match.Expr {
	out := make([]match.Expr, len(s.exprs))
	for i, e := range s.exprs {
		out[i] = match.Restrict(e, match.Namespace, "", ns.name, true)
	}
	return out
}

// covering lists the facts that cover a subject for which these scopes hold.
func (s *scoped) covering(holds []bool) covering {
	var c covering
	for _, t := range s.transport {
		if holds[t.scope] {
			c.transport = t.fact
			break
		}
	}
	for _, d := range s.def {
		if holds[d.scope] {
			c.def = d.fact
			break
		}
	}
	for _, a := range s.access {
		if holds[a.scope] {
			c.access = append(c.access, a.fact)
		}
	}
	for _, t := range s.tokens {
		if holds[t.scope] {
			c.tokens = append(c.tokens, t.fact)
		}
	}
	return c
}

// subjectText names a kind of workload.
func subjectText(q *match.Request, ns namespace) string {
	var parts []string
	for _, p := range q.Values(match.Label) {
		parts = append(parts, p.Key+"="+p.Value)
	}
	text := "workloads of " + ns.String()
	if len(parts) > 0 {
		text += " with " + strings.Join(parts, ",")
	}
	if port, ok := q.Lookup(match.Port, ""); ok {
		text += " on port " + port
	}
	return text
}
