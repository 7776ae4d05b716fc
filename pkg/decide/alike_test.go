package decide

import (
	"fmt"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// tangled is a model of policies that select workloads by labels which overlap, so that
// there are more kinds of workloads than can be asked for.
func tangled(n int) *intent.Model {
	m := &intent.Model{Default: []*intent.Default{{Effect: intent.Deny}}}
	for i := range n {
		scope := intent.Scope{Subject: match.And{
			match.Atom{Field: match.Namespace, Value: "shop"},
			match.Atom{Field: match.Label, Key: fmt.Sprint("k", i), Value: "1"},
		}}
		m.Access = append(m.Access, &intent.Access{Scope: scope, Effect: intent.Allow, When: path(match.Exact, fmt.Sprint("/", i))})
	}
	return m
}

// What is written alike is the same, however many kinds of workloads it tells apart, and
// takes none of the steps that others need.
func TestTanglesAreLikeThemselves(t *testing.T) {
	for _, scopes := range []bool{false, true} {
		c := &comparison{space: new(match.Space), lines: new([2][]line), a: tangled(60), b: tangled(60), o: Options{Scopes: scopes}}
		r := c.all()
		if r.Verdict != Same || len(r.Differences) > 0 {
			t.Errorf("%s: %.500v", r.Verdict, r.Differences)
		}
		if scopes && len(r.Scopes) == 0 {
			t.Error("tells of no scope")
		}
		if c.budget() != match.DefaultBudget {
			t.Errorf("took %d steps", c.spent+c.space.Spent()-c.before)
		}
	}
}

// A tangle that differs in anything is not like itself.
func TestTanglesDiffer(t *testing.T) {
	for name, change := range map[string]func(*intent.Model){
		"effect":    func(m *intent.Model) { m.Access[59].Effect = intent.Deny },
		"mode":      func(m *intent.Model) { m.Access[59].Mode = intent.DryRun },
		"condition": func(m *intent.Model) { m.Access[59].When = path(match.Exact, "/else") },
		"scope":     func(m *intent.Model) { m.Access[59].Scope.Subject = match.True },
		"default":   func(m *intent.Model) { m.Default[0].Effect = intent.Allow },
		"one more":  func(m *intent.Model) { m.Access = append(m.Access, &intent.Access{Effect: intent.Allow}) },
		"transport": func(m *intent.Model) {
			m.Transport = append(m.Transport, &intent.Transport{Side: intent.Served, Mode: intent.Strict})
		},
		"provider": func(m *intent.Model) { m.Access[59].Effect, m.Access[59].Provider = intent.Ask, "opa" },
		"trust":    func(m *intent.Model) { m.Baseline.Trusts = []string{"example.com"} },
	} {
		b := tangled(60)
		change(b)
		if r := Compare(tangled(60), b, Options{}); r.Verdict == Same {
			t.Errorf("%s: same", name)
		}
	}
}

// Of kinds of workloads that differ, no more are told than can be read, and the verdict is
// that of all.
func TestFewOfManyDifferencesAreTold(t *testing.T) {
	open := func(n int, last intent.Effect) *intent.Model {
		m := &intent.Model{Default: []*intent.Default{{Effect: intent.Deny}}}
		for i := range n {
			scope := intent.Scope{Subject: match.And{match.Atom{Field: match.Namespace, Value: "shop"}, match.Atom{Field: match.Account, Value: fmt.Sprintf("a%04d", i)}}}
			m.Access = append(m.Access, &intent.Access{Scope: scope, Effect: intent.Allow, When: path(match.Exact, fmt.Sprint("/", i))})
		}
		m.Access[n-1].Effect = last
		return m
	}
	n := 3 * manyDifferences
	shut := open(n, intent.Allow)
	for _, a := range shut.Access {
		a.Effect = intent.Deny
	}
	for verdict, r := range map[Verdict]Result{Wider: Compare(shut, open(n, intent.Allow), Options{}), Narrower: Compare(open(n, intent.Allow), shut, Options{})} {
		rest := r.Differences[len(r.Differences)-1]
		for _, d := range r.Differences {
			if strings.Contains(d.A, "other kinds of workloads") {
				rest = d
			}
		}
		if r.Verdict != verdict || len(r.Differences) > manyDifferences+2 || !strings.Contains(rest.A, "other kinds of workloads") {
			t.Errorf("%s: %d differences, %+v", r.Verdict, len(r.Differences), rest)
		}
	}
}
