package translate

import (
	"reflect"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// disjointRules reports whether models differ only in the order of rules of
// which no request meets both, or which say the same.
func disjointRules(a, b *intent.Model) bool {
	if len(a.Routing) != len(b.Routing) {
		return false
	}
	x, y := a.Clone(), b.Clone()
	for i, t := range x.Routing {
		if !reordered(t.Rules, y.Routing[i].Rules) {
			return false
		}
		t.Rules, y.Routing[i].Rules = nil, nil
	}
	d := dumper{nameless: true, sets: true, legs: true}
	return d.model(x) == d.model(y)
}

// reordered reports whether two lists hold the same rules, and those whose order
// differs do not meet or answer alike.
func reordered(a, b []intent.Rule) bool {
	d := dumper{nameless: true, sets: true, legs: true}
	text := func(r intent.Rule) string { return d.text(reflect.ValueOf(r)) }
	answer := func(r intent.Rule) string { r.When = nil; return text(r) }
	at := map[string]int{}
	for i, r := range b {
		at[text(r)] = i
	}
	if len(a) != len(b) || len(at) != len(b) {
		return false
	}
	for i := range a {
		p, ok := at[text(a[i])]
		if !ok {
			return false
		}
		for j := range i {
			if q := at[text(a[j])]; q < p || answer(a[i]) == answer(a[j]) {
				continue
			}
			if _, both := match.Overlap(a[i].When, a[j].When); both != match.No {
				return false
			}
		}
	}
	return true
}

// equivalentRules reports whether models differ only in conditions that hold for
// the same requests.
func equivalentRules(a, b *intent.Model) bool {
	x, y := a.Clone(), b.Clone()
	if len(x.Routing) != len(y.Routing) || len(x.Access) != len(y.Access) {
		return false
	}
	for i, t := range x.Routing {
		if len(t.Rules) != len(y.Routing[i].Rules) {
			return false
		}
		for j := range t.Rules {
			if !alike(&t.Rules[j].When, &y.Routing[i].Rules[j].When) {
				return false
			}
		}
	}
	if !alikeFacts(x.Access, y.Access) {
		return false
	}
	x.Access, y.Access = nil, nil
	d := dumper{nameless: true, sets: true, legs: true}
	return d.model(x) == d.model(y)
}

// alikeFacts reports whether each fact of one list has one in the other that says
// the same of the same requests, in any order.
func alikeFacts(a, b []*intent.Access) bool {
	rest := slices.Clone(b)
	for _, x := range a {
		i := slices.IndexFunc(rest, func(y *intent.Access) bool {
			p, q := *x, *y
			return alike(&p.When, &q.When) && (dumper{nameless: true, sets: true}).text(reflect.ValueOf(p)) == (dumper{nameless: true, sets: true}).text(reflect.ValueOf(q))
		})
		if i < 0 {
			return false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	return len(rest) == 0
}

// alike reports whether conditions hold for the same requests, and takes them
// away.
func alike(a, b *match.Expr) bool {
	_, less := match.Implies(*a, *b)
	_, more := match.Implies(*b, *a)
	*a, *b = nil, nil
	return less == match.Yes && more == match.Yes
}

// withoutIdle leaves out rules that send requests where they go without them, at
// the end of tables that do the same, and tables of only such rules.
func withoutIdle(m *intent.Model) *intent.Model {
	c := m.Clone()
	c.Routing = nil
	for _, t := range m.Clone().Routing {
		_, open := t.Else.(intent.Passthrough)
		for open && len(t.Rules) > 0 && idle(t.Rules[len(t.Rules)-1], t.Host) {
			t.Rules = t.Rules[:len(t.Rules)-1]
		}
		if !open || len(t.Rules) > 0 {
			c.Routing = append(c.Routing, t)
		}
	}
	return c
}

// namingNoHosts is a model without the hosts of listeners for plain TCP, which decide
// at most whose routes are taken.
func namingNoHosts(m *intent.Model) *intent.Model {
	c := m.Clone()
	c.Entries = nil
	for _, e := range m.Entries {
		e := *e
		e.Listeners = slices.Clone(e.Listeners)
		for i := range e.Listeners {
			if l := &e.Listeners[i]; l.Nameless() {
				l.Hosts = nil
			}
		}
		c.Entries = append(c.Entries, &e)
	}
	return c
}

func idle(r intent.Rule, host intent.Host) bool {
	if len(r.Steps) > 0 || r.Timeout != nil && !r.Timeout.From.Defaulted() || r.Retry != nil && !r.Retry.From.Defaulted() {
		return false
	}
	switch then := r.Then.(type) {
	case intent.Passthrough:
		return true
	case intent.Forward:
		return len(then.To) == 1 && then.To[0].Host == host && then.To[0].Subset == nil && len(then.To[0].Steps) == 0 && !then.To[0].Missing
	}
	return false
}

// bySubset puts policies of different subsets of one host and port, and of different
// hosts, into one order.
func bySubset(m *intent.Model) *intent.Model {
	c := m.Clone()
	for i := range c.Upstream {
		for j := i; j > 0; j-- {
			x, y := c.Upstream[j-1], c.Upstream[j]
			subsets := x.Host == y.Host && x.Port == y.Port && x.SubsetName != "" && y.SubsetName != "" && x.SubsetName > y.SubsetName
			if !subsets && !(otherPods(c, x.Host, y.Host) && x.Host.String() > y.Host.String()) {
				break
			}
			c.Upstream[j-1], c.Upstream[j] = y, x
		}
	}
	return c
}

// otherPods reports whether two hosts are Services that select by other labels.
func otherPods(m *intent.Model, a, b intent.Host) bool {
	x, y := m.Service(a.Service), m.Service(b.Service)
	return x != nil && y != nil && !slices.EqualFunc(x.Selector, y.Selector, func(a, b intent.Pair) bool { return a.Key == b.Key && a.Value == b.Value })
}
