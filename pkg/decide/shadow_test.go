package decide

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

func said(path string) intent.Origin { return intent.Origin{place.Ref{Object: "x", Path: path}} }

// Rules are shadowed by one rule or by several, and what is let in by a denial
// of all of it; what overlaps in part is not, nor are defaults. What no request meets is
// told where all facts of one origin are such.
func TestShadows(t *testing.T) {
	path := func(op match.Op, v string) match.Expr { return match.Atom{Field: match.Path, Op: op, Value: v} }
	get := match.Atom{Field: match.Method, Value: "GET"}
	rule := func(name string, when match.Expr) intent.Rule { return intent.Rule{When: when, From: said(name)} }
	m := &intent.Model{
		Routing: []*intent.Routing{{Rules: []intent.Rule{
			rule("prefix", path(match.Prefix, "/a")),
			rule("within", match.And{path(match.Exact, "/a/b"), get}),
			rule("get", get),
			rule("together", match.Or{match.And{get, path(match.Exact, "/c")}, path(match.Exact, "/a")}),
			rule("beside", match.Or{path(match.Exact, "/a"), path(match.Exact, "/c")}),
		}}},
		Access: []*intent.Access{
			{Effect: intent.Allow, When: path(match.Exact, "/admin/x"), From: said("denied")},
			{Effect: intent.Allow, When: path(match.Prefix, "/"), From: said("partly")},
			{Effect: intent.Allow, When: path(match.Exact, "/admin/x"), From: intent.Origin{place.Default("m", "k")}},
			{Effect: intent.Deny, When: path(match.Prefix, "/admin"), From: said("deny")},
			{Effect: intent.Deny, Mode: intent.DryRun, When: match.True, From: said("dry")},
			{Effect: intent.Deny, When: match.And{path(match.Exact, "/b"), match.Not{X: path(match.Prefix, "/b")}}, From: said("never")},
			{Effect: intent.Allow, When: match.And{get, match.Not{X: get}}, From: said("on http")},
			{Effect: intent.Deny, When: get, From: said("on http")},
			{Side: intent.Dialled, When: match.And{get, match.Not{X: get}}, From: said("dialled")},
			{Effect: intent.Allow, When: match.False, From: said("withheld")},
		},
	}
	want := [][2]string{{"within", "prefix"}, {"together", "get"}, {"denied", "deny"}, {"never", ""}}
	got := Shadows(m)
	if len(got) != len(want) {
		t.Fatalf("%d found, not %d: %v", len(got), len(want), got)
	}
	for i, s := range got {
		by := ""
		if len(s.FromBy) > 0 {
			by = s.FromBy[0].Path
		}
		if s.From[0].Path != want[i][0] || by != want[i][1] {
			t.Errorf("%s by %q, not %s by %q", s.From[0].Path, by, want[i][0], want[i][1])
		}
	}
}
