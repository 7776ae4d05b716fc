package translate

import "testing"

// istioTraps are the ways in which a translation from or to Istio lets in more
// than was asked for, and what of Istio has no equal elsewhere.
var istioTraps = []trap{
	{item: "istio 01", says: "a negated identity holds for clients without one", cases: []string{"trap-negation"}},
	{item: "istio 03", says: "no rules allow nothing, an empty rule allows all", cases: []string{"trap-empty-rules"}},
	{item: "istio 04", says: "what speaks of HTTP does not hold on connections that are not", cases: []string{"trap-deny-on-tcp"}},
}

func TestIstioTraps(t *testing.T) {
	checkTraps(t, "istio", istioTraps)
}
