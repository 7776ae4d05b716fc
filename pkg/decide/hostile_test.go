package decide

import (
	"fmt"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// allowing is a model that lets in at the cart what the predicate says.
func allowing(when match.Expr) *intent.Model {
	return &intent.Model{Access: []*intent.Access{{Scope: inShop("cart"), Effect: intent.Allow, When: when}}, Default: []*intent.Default{{Effect: intent.Deny}}}
}

// routedBy is a model with a rule for each predicate.
func routedBy(whens []match.Expr, to func(i int) string) *intent.Model {
	t := &intent.Routing{Host: cart, Port: 80, Else: intent.Respond{Status: 404}}
	for i, w := range whens {
		t.Rules = append(t.Rules, intent.Rule{When: w, Then: intent.Forward{To: []intent.Backend{{Host: intent.Host{DNS: to(i)}, Weight: 1}}}})
	}
	return &intent.Model{Routing: []*intent.Routing{t}}
}

func patterns(ps ...string) match.Expr {
	var or match.Or
	for _, p := range ps {
		or = append(or, path(match.Regex, p))
	}
	return or
}

// Policies that are made to be hard neither hang a comparison nor let it guess: it
// stays within its steps, and says that it is unsure, and why, where these are not
// enough.
func TestHostilePoliciesStayWithinBudget(t *testing.T) {
	var paths, headers, keys []match.Expr
	for i := range 1000 {
		paths = append(paths, path(match.Exact, fmt.Sprint("/", i)))
	}
	for i := range 60 {
		headers = append(headers, match.Atom{Field: match.Header, Key: fmt.Sprint("x-", i), Value: "1"})
		keys = append(keys, match.Atom{Field: match.Label, Key: fmt.Sprint("k", i), Value: "1"})
	}
	scoped := func(effect intent.Effect) *intent.Model {
		m := &intent.Model{}
		for _, k := range keys {
			m.Access = append(m.Access, &intent.Access{Scope: intent.Scope{Subject: k}, Effect: effect, When: path(match.Exact, fmt.Sprint("/", len(m.Access)))})
		}
		return m
	}
	for name, c := range map[string]struct {
		a, b *intent.Model
		want Verdict
	}{
		"thousands of paths":       {allowing(match.Or(paths[1:])), allowing(match.Or(paths)), Wider},
		"the same in other order":  {allowing(match.Or(paths)), allowing(match.Or{match.Or(paths[500:]), match.Or(paths[:500])}), Same},
		"many headers":             {routedBy(headers, func(i int) string { return fmt.Sprint("a", i%2) }), routedBy(headers, func(i int) string { return fmt.Sprint("a", (i+i/3)%2) }), Different},
		"many labels":              {scoped(intent.Allow), scoped(intent.Deny), Unsure},
		"alternations":             {allowing(patterns(`/(` + strings.Repeat("(a|b)", 300) + `)*`)), allowing(patterns(`/((a|b)*c?){40}`)), ""},
		"counted repetitions":      {allowing(patterns(`/((a{1,30}){1,30}b){1,10}`)), allowing(patterns(`/((a|b){1,30}){1,30}`)), ""},
		"far back":                 {allowing(patterns(`/.*a.{200}`)), allowing(patterns(`/.*a.{201}`, `/.*b.{199}c`)), ""},
		"larger than can be said":  {allowing(patterns(`/` + strings.Repeat(`(ab|cd){1,1000}`, 100))), allowing(patterns(`/x`)), Unsure},
		"classes of many letters":  {allowing(patterns(`/(\pL{1,9}\pN)+`)), allowing(patterns(`/(\PL{1,9}\pN)+`)), ""},
		"no pattern":               {allowing(patterns(`/(`)), allowing(patterns(`/x`)), Unsure},
		"templates in their dozen": {allowing(match.Atom{Field: match.Path, Op: match.Template, Value: strings.Repeat("/{*}", 40)}), allowing(match.Atom{Field: match.Path, Op: match.Template, Value: strings.Repeat("/{*}", 39) + "/{**}"}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			cmp := &comparison{space: new(match.Space), lines: new([2][]line), a: c.a, b: c.b, o: Options{Reasons: 8, Arrivals: true}}
			cmp.spent = cmp.most() - 2*match.DefaultBudget
			r := cmp.all()
			if r.Verdict != c.want && c.want != "" {
				t.Errorf("%s: %.2000v", r.Verdict, r.Differences)
			}
			for _, d := range r.Differences {
				if d.Verdict == Unsure && d.A != tooMuch && d.A != tooHard && d.A != tooMuch+", or it "+tooHard {
					t.Errorf("unsure, and not why: %+v", d)
				}
			}
			if cmp.spent > cmp.most()+12*match.DefaultBudget { // the last workload asks a few questions
				t.Errorf("took %d steps", cmp.spent)
			}
		})
	}
}

// A comparison of many hard things ends when all its steps are spent: what is left
// is unsure.
func TestComparisonsEnd(t *testing.T) {
	m := routedBy([]match.Expr{path(match.Exact, "/a")}, func(int) string { return "a" })
	o := routedBy([]match.Expr{path(match.Exact, "/a")}, func(int) string { return "b" })
	cmp := &comparison{space: new(match.Space), lines: new([2][]line), a: m, b: o}
	cmp.spent = cmp.most()
	if r := cmp.all(); r.Verdict != Unsure || r.Differences[0].A != tooMuch {
		t.Errorf("%s: %+v", r.Verdict, r.Differences)
	}
}
