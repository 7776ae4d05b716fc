package decide

import (
	"reflect"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// manyScopes cut a namespace into so many kinds of workloads that it is worth while to see
// first whether the facts about it are the same; of those that are, so many kinds are told.
const (
	manyScopes = 12
	kindsTold  = 64
)

// alikeIn reports whether two models are seen to say the same of who is let in in a
// namespace: the same facts in the same order, of the same workloads, beside the same trust
// domains. Then every kind of workload is treated alike. False is that it is not seen.
func (c *comparison) alikeIn(s *scopes, ns namespace, a, b *nearby) bool {
	return len(s.within(ns).numbers) > manyScopes && slices.Equal(c.a.Baseline.Trusts, c.b.Baseline.Trusts) &&
		inOrder(a.transport, b.transport) && inOrder(a.access, b.access) && inOrder(a.def, b.def) && inOrder(a.tokens, b.tokens) &&
		alikeFacts(a.model(), b.model())
}

// alikeFacts reports whether two models are seen to be the same facts. What is printed for
// people may be the same of different conditions and rules, which are compared apart.
func alikeFacts(a, b *intent.Model) bool {
	return slices.EqualFunc(a.Access, b.Access, func(x, y *intent.Access) bool {
		return x.FailOpen == y.FailOpen && x.Status == y.Status && x.Provider == y.Provider && alikeScope(x.Scope, y.Scope) && match.Equal(x.When, y.When)
	}) &&
		slices.EqualFunc(a.Default, b.Default, func(x, y *intent.Default) bool { return alikeScope(x.Scope, y.Scope) }) &&
		slices.EqualFunc(a.Transport, b.Transport, func(x, y *intent.Transport) bool { return alikeScope(x.Scope, y.Scope) }) &&
		slices.EqualFunc(a.Tokens, b.Tokens, func(x, y *intent.Tokens) bool {
			return x.Lenient == y.Lenient && alikeScope(x.Scope, y.Scope) && slices.EqualFunc(x.Rules, y.Rules, alikeRule)
		}) &&
		intent.Print(a) == intent.Print(b)
}

func alikeScope(x, y intent.Scope) bool {
	return match.Equal(x.Subject, y.Subject) && match.Equal(x.Client, y.Client)
}

// alikeRule compares all of two rules but where they are said.
func alikeRule(x, y intent.TokenRule) bool {
	x.Home, x.From, y.Home, y.From = nil, nil, nil, nil
	return reflect.DeepEqual(x, y)
}

// inOrder reports whether two lists of facts have the same scopes.
func inOrder[T any](a, b []scopedFact[T]) bool {
	return slices.EqualFunc(a, b, func(x, y scopedFact[T]) bool { return x.scope == y.scope })
}

// model is a model of these facts alone.
func (n *nearby) model() *intent.Model {
	m := &intent.Model{Access: slices.Clone(n.dialled.access), Default: slices.Clone(n.dialled.def)}
	for _, x := range n.transport {
		m.Transport = append(m.Transport, x.fact)
	}
	for _, x := range n.access {
		m.Access = append(m.Access, x.fact)
	}
	for _, x := range n.def {
		m.Default = append(m.Default, x.fact)
	}
	for _, x := range n.tokens {
		m.Tokens = append(m.Tokens, x.fact)
	}
	return m
}

// sameIn tells of a namespace of which two models say the same: of its kinds of workloads
// where these are few, or else of all at once. It takes none of the steps of others.
func (c *comparison) sameIn(s *scopes, ns namespace, a, b *nearby, held []bool, done map[string]bool) {
	if !c.o.Scopes {
		return
	}
	spent, before := c.spent, c.space.Spent()
	told := 0
	if all := c.eachKind(s, ns, held, func(at *spot) bool {
		if told++; told <= kindsTold {
			c.subject(a.covering(held), b.covering(held), at, done)
		}
		return told <= kindsTold
	}); !all || told > kindsTold {
		c.same(text("admission in "+ns.String()), intent.Admission)
	}
	c.spent, c.before = spent, c.before+c.space.Spent()-before
}
