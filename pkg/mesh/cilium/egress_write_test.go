package cilium

import (
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
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

// Of whom a denial of what is dialled cannot be said, more are closed, and told of: said at
// the servers it would let out of the cluster all that these callers may not reach there.
func TestUnsayableCallersAreClosed(t *testing.T) {
	ns := is(match.ClientNamespace, "shop")
	part := match.Disj(is(match.ClientAccount, "job"), is(match.ClientNamespace, "log"))
	m := &intent.Model{
		Env:     intent.Defaults(),
		Default: []*intent.Default{{Side: intent.Dialled, Effect: intent.Deny, Scope: intent.Scope{Client: match.Conj(ns, part)}}, {Effect: intent.Allow}},
	}
	tgt, _ := target("")
	fit, changes := legal.Legalize(m, tgt, legal.Options{From: Name})
	closed := slices.ContainsFunc(fit.Default, func(d *intent.Default) bool {
		_, implied := match.Implies(match.Conj(ns, part), d.Scope.Client)
		return d.Side == intent.Dialled && d.Effect == intent.Deny && implied == match.Yes
	})
	if !closed {
		t.Error("clients of a denial may dial all that is outside")
	}
	if !slices.ContainsFunc(changes, func(c legal.Change) bool { return c.Code == diag.Withheld && c.Drift == intent.Narrower }) {
		t.Error("nothing tells that more clients are closed")
	}
}

// What neither of two may be is asked of each apart.
func TestScopeOfNeither(t *testing.T) {
	neither := match.Conj(match.Atom{Field: match.ClientNamespace, Op: match.Present}, match.Negate(match.Disj(is(match.ClientNamespace, "a"), is(match.ClientNamespace, "b"))))
	if s, why := callers.scope(neither); why != "" || len(s.rest) != 3 {
		t.Errorf("%v, %s", s.rest, why)
	}
}
