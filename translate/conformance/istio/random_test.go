package conformance

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate"
)

const (
	seed       = 20
	sets       = 500
	perSet     = 24
	leastPairs = 10_000
	// Of the values in policies the reader must understand, and of the requests
	// each answer must have, at least so many in a hundred.
	leastSaid, leastSide = 60, 30
)

// tally counts what random policies and requests came to.
type tally struct {
	pairs, allowed int
	atoms, said    int
	// readers counts pairs about which model and engine must agree; of the
	// others, in sets with a policy that cannot be read, the model must not let in
	// more.
	agreed, withheld int
	// same and narrower count pairs by the verdict of the translation.
	same, narrower int
}

// TestRandom holds Istio's engine, the model, and Istio's engine on what
// transmesh writes to the same answers.
func TestRandom(t *testing.T) {
	var n tally
	for i := range uint64(sets) {
		g := newGenerator(seed, i)
		manifests := g.policies()
		r := rewritten([]byte(manifests), nil)
		n.atoms, n.said = n.atoms+g.atoms, n.said+said(r.Source)
		compareSet(t, g, manifests, r, &n)
		if t.Failed() {
			t.Fatalf("in set %d:\n%s", i, manifests)
		}
	}
	n.report(t)
}

func compareSet(t *testing.T, g *generator, manifests string, r *translate.Result, n *tally) {
	t.Helper()
	before, after := enforce(t, []byte(manifests), nil), enforce(t, printed(t, r), nil)
	for range perSet {
		q := g.question()
		engine := before.judge(q.request)
		n.pairs++
		if engine.Allowed {
			n.allowed++
		}
		model := decide.Admit(r.Source, q.request, q.token)
		n.lifted(t, q, r, engine.Allowed, model.Allowed)
		n.written(t, q, r, engine.Allowed, after.judge(q.request).Allowed)
	}
}

// lifted judges the reader.
func (n *tally) lifted(t *testing.T, q question, r *translate.Result, engine, model bool) {
	t.Helper()
	if r.Unreadable {
		n.withheld++
		if model && !engine {
			t.Errorf("the model lets in what the engine keeps out: %s", q.request)
		}
		return
	}
	n.agreed++
	if model != engine {
		t.Errorf("the engine says %v, the model %v: %s", engine, model, q.request)
	}
}

// written judges the writer.
func (n *tally) written(t *testing.T, q question, r *translate.Result, before, after bool) {
	t.Helper()
	switch {
	case r.Verdict == decide.Same && !r.Unreadable:
		n.same++
		if before != after {
			t.Errorf("the engine said %v, and says %v of what was written: %s\n%s", before, after, q.request, printed(t, r))
		}
	default:
		n.narrower++
		if after && !before {
			t.Errorf("what was written lets in (verdict %s): %s\n%s", r.Verdict, q.request, printed(t, r))
		}
	}
}

// said counts the values of policies that some predicate of the model rests on.
func said(m *intent.Model) int {
	seen := map[string]bool{}
	for _, a := range m.Access {
		match.Atoms(a.When, func(x match.Atom, _ bool) {
			if at := x.Place(); at.Path != "" {
				seen[at.Object+at.Path] = true
			}
		})
	}
	return len(seen)
}

func (n *tally) report(t *testing.T) {
	t.Helper()
	allowed, understood := 100*n.allowed/n.pairs, 100*n.said/n.atoms
	t.Logf("%d pairs, %d%% allowed, %d%% denied; %d values in policies, %d%% understood", n.pairs, allowed, 100-allowed, n.atoms, understood)
	t.Logf("reader: %d pairs agree, %d in sets withheld; writer: %d pairs the same, %d in narrower sets", n.agreed, n.withheld, n.same, n.narrower)
	if n.pairs < leastPairs || understood < leastSaid || min(allowed, 100-allowed) < leastSide {
		t.Error("too few pairs, too few values understood, or too few requests on one side")
	}
}
