package decide

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/parallel"
)

// Compare decides whether b means what a means.
func Compare(a, b *intent.Model, o Options) Result { return new(Comparer).Compare(a, b, o) }

// Comparer makes one comparison after the other, and keeps memory and compiled
// patterns for the next. The zero Comparer is ready. It is not for concurrent use.
type Comparer struct {
	space match.Space
	lines [2][]line // of the tables that are compared
}

// Compare is the function of that name.
func (r *Comparer) Compare(a, b *intent.Model, o Options) Result {
	c := &comparison{a: a, b: b, o: o, space: &r.space, lines: &r.lines, before: r.space.Spent()}
	return c.all()
}

// all compares what is asked for.
func (c *comparison) all() Result {
	asked := make([]func(*comparison), 0, len(parts))
	for _, part := range parts {
		if slices.ContainsFunc(part.aspects, c.asked) {
			asked = append(asked, part.compare)
		}
	}
	if parallel.Several() && facts(c.a)+facts(c.b) >= manyFacts {
		c.apart(asked)
		return c.result()
	}
	for _, compare := range asked {
		compare(c)
	}
	return c.result()
}

// manyFacts make it worth while to compare the parts of a comparison at the same time.
const manyFacts = 200

// apart compares part by part, each by itself: what is found of one, and what it may
// take, does not depend on the others.
func (c *comparison) apart(asked []func(*comparison)) {
	done := make([]comparison, len(asked))
	parallel.Each(len(asked), func(i int) {
		own := new(Comparer)
		done[i] = comparison{a: c.a, b: c.b, o: c.o, space: &own.space, lines: &own.lines}
		asked[i](&done[i])
	})
	for i := range done {
		c.found, c.scopes = append(c.found, done[i].found...), append(c.scopes, done[i].scopes...)
	}
}

// parts are what a comparison consists of, with the aspects that each may show.
var parts = []struct {
	aspects []intent.Aspect
	compare func(*comparison)
}{
	{append(routedAspects[:], intent.Admission), (*comparison).routing},
	{[]intent.Aspect{intent.Admission, intent.Tokening, intent.Auditing}, (*comparison).admission},
	{blockAspects[:], (*comparison).upstream},
	{[]intent.Aspect{intent.Limiting}, (*comparison).intake},
	{[]intent.Aspect{intent.Securing}, (*comparison).dialled},
	{[]intent.Aspect{intent.Entering}, (*comparison).entries},
	{[]intent.Aspect{intent.Admission, intent.Routed}, (*comparison).outside},
	{[]intent.Aspect{intent.Admission}, (*comparison).visibility},
	{[]intent.Aspect{intent.Admission, intent.Routed, intent.Balancing}, (*comparison).machines},
	{[]intent.Aspect{intent.Admission, intent.Routed}, (*comparison).exports},
	{[]intent.Aspect{intent.Rating}, (*comparison).rates},
	{[]intent.Aspect{intent.Auditing}, (*comparison).logs},
	{[]intent.Aspect{intent.Admission, intent.Routed, intent.Running}, (*comparison).opaque},
	{[]intent.Aspect{intent.Admission}, (*comparison).network},
	{[]intent.Aspect{intent.Retrying, intent.Timing}, (*comparison).inspection},
}

// comparison collects what is found.
type comparison struct {
	a, b   *intent.Model
	o      Options
	found  []Difference
	scopes []ScopeVerdict
	space  *match.Space
	lines  *[2][]line
	before int // steps of the space when the comparison began
	// spent are the steps that were taken beside questions.
	spent int
	// callers are the clients of both inventories; nil until they are asked for.
	callers []caller
	// left is what was found of connections that leave, by the tables that say so.
	left map[string]left
	keys keys // of what the tables of these hold
}

// maxSteps bounds the steps of a whole comparison, of about a microsecond each, and
// stepsPerFact those that each fact adds to them: far more than large sets of
// ordinary manifests take.
const (
	maxSteps     = 50 * match.DefaultBudget
	stepsPerFact = 500
)

// budget is what one more question may take.
func (c *comparison) budget() int {
	return min(match.DefaultBudget, c.most()-c.spent-(c.space.Spent()-c.before))
}

// most is what the whole comparison may take.
func (c *comparison) most() int { return maxSteps + stepsPerFact*(facts(c.a)+facts(c.b)) }

// facts counts what a model is compared by.
func facts(m *intent.Model) int {
	return len(m.Routing) + len(m.Upstream) + len(m.Intake) + len(m.Access) + len(m.Default) + len(m.Transport) + len(m.Tokens) + len(m.External) + len(m.Logs)
}

func (c *comparison) asked(a intent.Aspect) bool {
	return len(c.o.Aspects) == 0 || slices.Contains(c.o.Aspects, a)
}

func (c *comparison) add(d Difference) {
	if c.asked(d.Aspect) {
		c.spent += stepsOfDifference
		c.found = append(c.found, d)
		c.list(d.Scope, d.Aspect, d.Verdict)
	}
}

func (c *comparison) same(scope fmt.Stringer, a intent.Aspect) {
	if c.o.Scopes && c.asked(a) {
		c.list(scope.String(), a, Same)
	}
}

func (c *comparison) list(scope string, a intent.Aspect, v Verdict) {
	if c.o.Scopes {
		c.scopes = append(c.scopes, ScopeVerdict{scope, a, v})
	}
}

// text is a scope whose name is known.
type text string

func (n text) String() string { return string(n) }

// weight orders verdicts: wider counts before all, then unsure, then different.
func weight(v Verdict) int {
	return slices.Index([]Verdict{Same, Narrower, Different, Unsure, Wider}, v)
}

// Sum is the verdict of several differences.
func Sum(ds []Difference) Verdict {
	out := Same
	for _, d := range ds {
		if weight(d.Verdict) > weight(out) {
			out = d.Verdict
		}
	}
	return out
}

// Sort orders differences, the gravest first.
func Sort(ds []Difference) {
	slices.SortStableFunc(ds, func(x, y Difference) int {
		return cmp.Or(weight(y.Verdict)-weight(x.Verdict), strings.Compare(x.Scope, y.Scope), strings.Compare(string(x.Aspect), string(y.Aspect)))
	})
}

// result sums up.
func (c *comparison) result() Result {
	r := Result{Verdict: Sum(c.found), Differences: c.found, Scopes: c.scopes}
	Sort(r.Differences)
	slices.SortStableFunc(r.Scopes, func(x, y ScopeVerdict) int {
		return cmp.Or(strings.Compare(x.Scope, y.Scope), strings.Compare(string(x.Aspect), string(y.Aspect)), weight(y.Verdict)-weight(x.Verdict))
	})
	r.Scopes = slices.Compact(r.Scopes)
	return r
}
