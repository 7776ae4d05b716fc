package decide

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// scopes numbers the different subject scopes of several models, so that it is
// decided once for all of them which cover a workload. Scopes that name one
// namespace are looked at only there.
type scopes struct {
	index map[string]int
	exprs []match.Expr
	home  []string // of a scope: the one namespace that it is about, or ""
	open  []int    // scopes without one
	in    map[string][]int
}

func newScopes() *scopes { return &scopes{index: map[string]int{}, in: map[string][]int{}} }

func (s *scopes) add(e match.Expr) int {
	e = match.Map(match.Simplify(e), inOwnNamespace)
	k := match.Key(e)
	i, ok := s.index[k]
	if ok {
		return i
	}
	i = len(s.exprs)
	ns := match.Demanded(e, match.Namespace)
	s.index[k], s.exprs, s.home = i, append(s.exprs, e), append(s.home, ns)
	if ns == "" {
		s.open = append(s.open, i)
	} else {
		s.in[ns] = append(s.in[ns], i)
	}
	return i
}

// inOwnNamespace says of a Service where its workloads are: in its namespace.
func inOwnNamespace(a match.Atom) match.Expr {
	ns, _, named := strings.Cut(a.Value, "/")
	if a.Field != match.Service || a.Op != match.Exact || a.Fold || !named {
		return nil
	}
	return match.Conj(match.Atom{Field: match.Namespace, Value: ns}, a)
}

// addSubject makes conditions on the workload part of what tells subjects apart.
func (s *scopes) addSubject(e match.Expr) {
	match.Atoms(e, func(a match.Atom, _ bool) {
		if a.Field.Subject() {
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

// local are the scopes that may hold in a namespace, as they read there.
type local struct {
	numbers []int
	exprs   []match.Expr
}

func (s *scopes) within(ns namespace) local {
	l := local{numbers: s.open}
	if !ns.other {
		l.numbers = merged(s.open, s.in[ns.name])
	}
	for _, i := range l.numbers {
		l.exprs = append(l.exprs, match.Restrict(s.exprs[i], match.Namespace, "", ns.name, true))
	}
	return l
}

// merged merges two ascending lists.
func merged(a, b []int) []int {
	if len(a) == 0 || len(b) == 0 {
		return slices.Concat(a, b)
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return out
}
