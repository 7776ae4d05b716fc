package legal_test

import (
	"math/rand/v2"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
)

// taking is a target whose denials know clients and ports, and which lets in by
// all else.
func taking() legal.Target {
	t := denying()
	t.Mesh = "taking"
	t.Access.TakesOff = true
	t.Access.Can = func(e intent.Effect, l match.Literal) string {
		if e != intent.Allow && (l.Atom.Field.HTTP() || l.Atom.Field == match.Protocol) || l.Atom.Field == match.Token || l.Atom.Field == match.Header {
			return "it knows no such condition"
		}
		return ""
	}
	t.Access.Scope = func(subject match.Expr) string {
		bad := ""
		match.Atoms(subject, func(a match.Atom, _ bool) {
			if a.Field == match.Port {
				bad = "it selects workloads by their labels"
			}
		})
		return bad
	}
	return t
}

// What is taken off what is let in is kept out as it was, and every step shows
// the drift that it declares.
func TestTakenOff(t *testing.T) {
	drifts := map[decide.Verdict]intent.Drift{decide.Narrower: intent.Narrower, decide.Wider: intent.Wider, decide.Different: intent.Other}
	taken := 0
	for seed := range uint64(200) {
		g := gen{Rand: rand.New(rand.NewPCG(seed, 9))}
		m := g.model()
		fit, changes := legal.Legalize(m, taking(), legal.Options{})
		for _, c := range changes {
			if c.Pass == "take-off" {
				taken++
			}
			if c.Before == nil || c.After == nil {
				continue
			}
			for _, d := range decide.Compare(c.Before, c.After, decide.Options{Defaults: true}).Differences {
				if d.Aspect != c.Aspect || drifts[d.Verdict] != c.Drift {
					t.Fatalf("seed %d: %s %q shows %s: %s, %s, by %s\nbefore:\n%s\nafter:\n%s", seed, c.Pass, c.Summary, d.Verdict, d.A, d.B, d.Witness, intent.Print(c.Before), intent.Print(c.After))
				}
			}
		}
		for _, d := range decide.Compare(m, fit, decide.Options{}).Differences {
			if d.Aspect == intent.Admission && d.Verdict != decide.Narrower {
				t.Fatalf("seed %d lets in what was kept out: %+v\n%s\n%s", seed, d, intent.Print(m), intent.Print(fit))
			}
		}
	}
	if taken < 50 {
		t.Errorf("only %d denials were taken off", taken)
	}
}

// One denial of requests, by itself, leaves all others.
func TestTakenOffOpen(t *testing.T) {
	path := match.Atom{Field: match.Path, Value: "/admin"}
	shop := match.Atom{Field: match.Namespace, Value: "shop"}
	m := &intent.Model{Env: intent.Defaults(), Access: []*intent.Access{{
		Scope: intent.Scope{Subject: shop}, Effect: intent.Deny,
		When: match.Or{match.And{match.Atom{Field: match.Protocol, Value: "http"}, path}, match.Atom{Field: match.Protocol, Value: "tcp"}},
	}}, Default: []*intent.Default{{Effect: intent.Allow}}}
	fit, _ := legal.Legalize(m, taking(), legal.Options{})
	if r := decide.Compare(m, fit, decide.Options{}); r.Verdict != decide.Same {
		t.Errorf("%+v\n%s", r.Differences, intent.Print(fit))
	}
	for _, a := range fit.Access {
		if a.Effect == intent.Deny {
			t.Errorf("a denial is left: %s", intent.Print(fit))
		}
	}
}
