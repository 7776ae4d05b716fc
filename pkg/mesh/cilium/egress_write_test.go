package cilium

import (
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
)

// What callers may dial that no rule says is let out no longer, and the rest is: said at
// the servers it would let out of the cluster all that callers may not reach there.
func TestUnsayableDialling(t *testing.T) {
	scope := intent.Scope{Client: match.Conj(is(match.ClientNamespace, "shop"), is(match.ClientAccount, "job"))}
	dialled := func(when match.Expr) *intent.Access {
		return &intent.Access{Side: intent.Dialled, Scope: scope, When: when}
	}
	unsayable := match.Conj(onHTTP, match.Atom{Field: match.Query, Key: "a", Value: "1"})
	m := &intent.Model{
		Env:     intent.Defaults(),
		Access:  []*intent.Access{dialled(match.Disj(unsayable, match.Conj(onHTTP, is(match.Method, "PUT")))), dialled(unsayable)},
		Default: []*intent.Default{{Side: intent.Dialled, Effect: intent.Deny, Scope: scope}, {Effect: intent.Allow}},
	}
	tgt, _ := target("")
	fit, changes := legal.Legalize(m, tgt, legal.Options{From: Name})
	for _, a := range fit.Access {
		if a.Side != intent.Dialled || !match.Equal(a.When, is(match.Method, "PUT")) {
			t.Errorf("left is %v where %s", a.Side, match.String(a.When))
		}
	}
	kept := slices.ContainsFunc(fit.Default, func(d *intent.Default) bool { return d.Side == intent.Dialled && d.Effect == intent.Deny })
	if len(fit.Access) != 1 || !kept {
		t.Errorf("left are %d facts, and callers are closed: %t", len(fit.Access), kept)
	}
	narrower := 0
	for _, c := range changes {
		if c.Feature == legal.AccessDialled && c.Drift == intent.Narrower {
			narrower++
		}
	}
	if narrower != 2 {
		t.Errorf("%d changes tell of it", narrower)
	}
}
