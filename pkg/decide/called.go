package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// treatment is how some clients treat a host, in one aspect; of a list, the first
// that is about a client counts.
type treatment struct {
	client match.Expr
	text   string
	from   intent.Origin
}

// treatments are those of the facts that may decide; the last is of all clients.
func treatments[T any](facts []ruling[*T], say func(*T) (string, intent.Origin)) []treatment {
	out := make([]treatment, 0, len(facts)+1)
	for _, f := range facts {
		text, from := say(f.fact)
		out = append(out, treatment{f.client, text, from})
	}
	text, from := say(nil)
	return append(out, treatment{match.True, text, from})
}

// called compares how clients treat a host.
func (c *comparison) called(scope string, aspect intent.Aspect, a, b []treatment) {
	if !c.asked(aspect) {
		return
	}
	if alikeAll(a, b) {
		c.same(text(scope), aspect)
		return
	}
	if all := c.calling(a, b); all != nil {
		c.calledBy(all, scope, aspect, a, b)
		return
	}
	numbers := map[string]int{}
	lists := []match.Table{listed(a, numbers), listed(b, numbers)}
	var found *match.Request
	doubt := false
	answer := c.space.Differ(lists, c.budget(), func(o match.Outcome) bool {
		if o.Answers[0] != o.Answers[1] {
			if doubt = o.Doubt; !doubt {
				found = o.Request()
			}
		}
		return found == nil
	})
	switch {
	case found != nil:
		c.differCalled(scope, aspect, [2][]treatment{a, b}, found)
	case answer == match.Unsure:
		c.add(unsure(aspect, scope, tooMuch))
	case doubt:
		c.add(unsure(aspect, scope, tooHard))
	default:
		c.same(text(scope), aspect)
	}
}

// alikeAll reports whether all clients treat a host alike, on both sides.
func alikeAll(a, b []treatment) bool {
	other := func(t treatment) bool { return t.text != a[0].text }
	return !slices.ContainsFunc(a, other) && !slices.ContainsFunc(b, other)
}

// calling are the clients that there are; nil where there may be others, or where
// treatments ask for more than what tells workloads apart.
func (c *comparison) calling(a, b []treatment) (all []*match.Request) {
	if !c.a.Env.Complete.Workloads {
		return nil
	}
	told := true
	for _, t := range slices.Concat(a, b) {
		match.Atoms(t.client, func(x match.Atom, _ bool) {
			told = told && (x.Field == match.ClientNamespace || x.Field == match.ClientAccount || x.Field == match.ClientLabel)
		})
	}
	for _, w := range c.a.Inventory.Workloads {
		if told {
			all = append(all, w.Calling())
		}
	}
	return all
}

// calledBy compares how some clients treat a host, and no others.
func (c *comparison) calledBy(all []*match.Request, scope string, aspect intent.Aspect, a, b []treatment) {
	for _, q := range all {
		if treating(a, q).text != treating(b, q).text {
			c.differCalled(scope, aspect, [2][]treatment{a, b}, q)
			return
		}
	}
	c.same(text(scope), aspect)
}

// treating is the treatment that counts for a client.
func treating(ts []treatment, q *match.Request) treatment {
	return ts[slices.IndexFunc(ts, func(t treatment) bool { return match.Eval(t.client, q) })]
}

// listed are treatments as a table whose answers are equal numbers for equal texts.
func listed(ts []treatment, numbers map[string]int) match.Table {
	var t match.Table
	for _, x := range ts {
		n, ok := numbers[x.text]
		if !ok {
			n = len(numbers)
			numbers[x.text] = n
		}
		t.Lines = append(t.Lines, match.Line{When: x.client, Answer: n})
	}
	return t
}

// differCalled reports a client that treats a host differently; where all do, it is
// not named.
func (c *comparison) differCalled(scope string, aspect intent.Aspect, sides [2][]treatment, q *match.Request) {
	shows := func(q *match.Request) bool { return treating(sides[0], q).text != treating(sides[1], q).text }
	q, all := c.cast(q, scene{shows: shows, asks: true})
	x, y := treating(sides[0], q), treating(sides[1], q)
	whose := ""
	if !match.IsTrue(x.client) || !match.IsTrue(y.client) {
		whose = ", of " + c.senderText(q, all, shows)
	}
	c.add(Difference{
		Aspect: aspect, Verdict: Different, Scope: scope, Clients: c.names(all), A: x.text + whose, B: y.text + whose, FromA: x.from, FromB: y.from,
	})
}
