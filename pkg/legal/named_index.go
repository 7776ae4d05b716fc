package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// namedIndex finds what concerns one name among many, so that a mesh of many
// services takes time in proportion to them.
type namedIndex struct {
	// subjects are those of the parties.
	access, defaults, subjects *scopeIndex
	// byAccount are the parties whose clients have an account; rest those of whom it
	// is not told.
	byAccount map[string][]int
	rest      []int
}

func (n *namer) buildIndex() {
	var access, defaults, subjects []match.Expr
	for _, a := range n.m.Access {
		access = append(access, n.subject(a.Scope.Subject))
	}
	for _, d := range n.m.Default {
		defaults = append(defaults, n.subject(d.Scope.Subject))
	}
	for _, p := range n.parties {
		subjects = append(subjects, p.Subject)
	}
	n.index = namedIndex{newScopeIndex(access), newScopeIndex(defaults), newScopeIndex(subjects), map[string][]int{}, nil}
	for i, p := range n.parties {
		if p.Client == nil {
			continue
		}
		values, all := valuesOf(n.alternatives(p.Client, match.Key(p.Client)), isAccount)
		if !all {
			n.index.rest = append(n.index.rest, i)
		}
		for _, v := range values {
			n.index.byAccount[v] = append(n.index.byAccount[v], i)
		}
	}
}

func isAccount(a match.Atom) bool { return a.Field == match.ClientAccount }

// near are the facts and defaults whose scopes may meet a server.
func (n *namer) near(p Party) (access []*intent.Access, defaults []*intent.Default) {
	subject := n.alternatives(p.Subject, match.Key(p.Subject))
	for _, i := range n.index.access.near(subject) {
		access = append(access, n.m.Access[i])
	}
	for _, i := range n.index.defaults.near(subject) {
		defaults = append(defaults, n.m.Default[i])
	}
	return access, defaults
}

// concerned are the parties of whose clients facts may say something else than of
// clients without a name: those with an account that a fact names, and those whose
// account is not told. Where a fact tells clients in another way, it is all.
func (n *namer) concerned(facts []*intent.Access) []int {
	out := slices.Clone(n.index.rest)
	for _, a := range facts {
		for _, t := range n.termsOf(a) {
			if match.IsTrue(t.who) {
				continue
			}
			values, all := valuesOf(n.alternatives(t.who, t.key), isAccount)
			if !all || n.whom(t, nil) != noneOf {
				return n.allParties()
			}
			for _, v := range values {
				out = append(out, n.index.byAccount[v]...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (n *namer) allParties() []int {
	out := make([]int, len(n.parties))
	for i := range out {
		out[i] = i
	}
	return out
}
