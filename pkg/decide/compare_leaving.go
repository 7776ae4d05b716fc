package decide

import (
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// leaving compares what becomes of connections to one destination, but at ports at
// which others are; excused is what becomes of them before and after steps that may let out
// more.
func (c *comparison) leaving(k outsideKey, others match.Expr, of [2][]treatment, excused func() [][2][]treatment) {
	a, b := of[0], of[1]
	if alikeAll(a, b) {
		c.same(k, intent.Admission)
		return
	}
	numbers := map[string]int{notOut: notLetOut}
	lists := leavingLists([][2][]treatment{of}, others, numbers)
	found, answer := c.leavings(lists)
	if found[Wider] != nil {
		if more := excused(); len(more) > 0 {
			found, answer = c.leavings(append(lists, leavingLists(more, others, numbers)...))
		}
	}
	for _, v := range []Verdict{Wider, Narrower, Different} {
		if found[v] != nil {
			c.leavesOtherwise(k, v, of, found[v])
		}
	}
	switch {
	case answer == match.Unsure:
		c.add(unsure(intent.Admission, k.String(), tooMuch))
	case len(found) == 0:
		c.same(k, intent.Admission)
	}
}

// notLetOut is the answer of connections that are not let out.
const notLetOut = 0

// leavingLists are treatments as tables, but for callers and ports that are not asked about.
func leavingLists(sides [][2][]treatment, others match.Expr, numbers map[string]int) []match.Table {
	var out []match.Table
	beside := match.Line{When: match.Disj(others, stranger), Answer: notLetOut}
	for _, s := range sides {
		for _, ts := range s {
			out = append(out, match.Table{Lines: append([]match.Line{beside}, listed(ts, numbers).Lines...)})
		}
	}
	return out
}

// left is what becomes of connections: those that differ, one of each kind.
type left struct {
	found  map[Verdict]*match.Request
	answer match.Answer
}

// leavings compares two tables of what becomes of connections, beside others of steps that
// may let out more. Most destinations have tables that another one has too.
func (c *comparison) leavings(lists []match.Table) (map[Verdict]*match.Request, match.Answer) {
	if c.left == nil {
		c.left = map[string]left{}
	}
	var key []byte
	for _, t := range lists {
		c.spent += stepsOfFact * len(t.Lines)
		for _, l := range t.Lines {
			key = strconv.AppendInt(key, int64(c.keys.of(l.When)), 10)
			key = append(strconv.AppendInt(append(key, ' '), int64(l.Answer), 10), '\n')
		}
		key = append(key, '\n')
	}
	was, known := c.left[string(key)]
	if !known {
		was.found = map[Verdict]*match.Request{}
		was.answer = c.space.Differ(lists, c.budget(), func(o match.Outcome) bool {
			x, y := o.Answers[0], o.Answers[1]
			v := leavingVerdict(x == notLetOut, y == notLetOut)
			if x == y || was.found[v] != nil || v == Wider && letsOutBesides(o.Answers[2:], notLetOut) {
				return true
			}
			was.found[v] = o.Request()
			return true
		})
		c.left[string(key)] = was
	}
	return was.found, was.answer
}

// letsOutBesides reports whether one of some steps, each with its answers before
// and after, lets out what was closed.
func letsOutBesides(answers []int, closed int) bool {
	for i := 0; i+1 < len(answers); i += 2 {
		if answers[i] == closed && answers[i+1] != closed {
			return true
		}
	}
	return false
}

func leavingVerdict(closedA, closedB bool) Verdict {
	switch {
	case closedA:
		return Wider
	case closedB:
		return Narrower
	}
	return Different
}

// leavesOtherwise reports a connection of which something else becomes.
func (c *comparison) leavesOtherwise(k outsideKey, v Verdict, sides [2][]treatment, q *match.Request) {
	d := Difference{Aspect: intent.Admission, Verdict: v, Scope: k.String()}
	if v == Different {
		d.Aspect = intent.Routed
	}
	shows := func(q *match.Request) bool {
		x, y := treating(sides[0], q).text, treating(sides[1], q).text
		return x != y && leavingVerdict(x == notOut, y == notOut) == v
	}
	w, all := c.cast(k.request(q), scene{shows: shows, asks: true})
	x, y := treating(sides[0], w), treating(sides[1], w)
	d.A, d.B, d.FromA, d.FromB = leavingText(x), leavingText(y), x.from, y.from
	if !c.o.Brief {
		r := Request{Host: c.a.Env.Host(k.host), Port: portOf(w, k.port), At: *w, Client: c.senderText(w, all, shows), trust: c.a.Env.TrustDomain}
		d.Witness, d.Request, d.Clients = r.String(), &r, c.names(all)
	}
	c.add(d)
}

func leavingText(t treatment) string {
	if t.text == "" {
		return "is let out"
	}
	return t.text
}
