package decide

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// rewriting is a model with one rule that forwards with a new path.
func rewriting(when match.Expr, to intent.PathRewrite) *intent.Model {
	shop := intent.Host{Service: intent.Name{Namespace: "shop", Name: "web"}}
	return &intent.Model{Routing: []*intent.Routing{{Host: shop, Else: intent.Respond{Status: 404}, Rules: []intent.Rule{{
		When: when, Steps: []intent.Step{intent.Rewrite{Path: &to}},
		Then: intent.Forward{To: []intent.Backend{{Host: shop, Weight: 1}}},
	}}}}}
}

// New paths are compared by what they are, not by how they are said.
func TestNewPaths(t *testing.T) {
	segments := rewriting(path(match.Segments, "/foo"), intent.PathRewrite{Kind: intent.SegmentPrefix, Match: "/foo", Replace: "/bar"})
	split := rewriting(path(match.Exact, "/foo"), intent.PathRewrite{Kind: intent.FullPath, Replace: "/bar"})
	below := rewriting(path(match.Prefix, "/foo/"), intent.PathRewrite{Kind: intent.PrefixPath, Match: "/foo/", Replace: "/bar/"})
	split.Routing[0].Rules = append(split.Routing[0].Rules, below.Routing[0].Rules...)
	if r := Compare(segments, split, Options{}); len(r.Differences) > 0 {
		t.Errorf("a prefix of segments and its two halves differ: %v", r.Differences)
	}
	below.Routing[0].Rules[0].Steps = []intent.Step{intent.Rewrite{Path: &intent.PathRewrite{Kind: intent.PrefixPath, Match: "/foo/", Replace: "/bar"}}}
	split.Routing[0].Rules[1] = below.Routing[0].Rules[0]
	if r := Compare(segments, split, Options{}); len(r.Differences) == 0 {
		t.Error("a lost slash is not seen")
	}
	for pattern, same := range map[string]bool{"^/foo": true, "/foo": false, "^/fo": false, "^/foo.": false} {
		a := rewriting(path(match.Prefix, "/foo"), intent.PathRewrite{Kind: intent.PrefixPath, Match: "/foo", Replace: "/bar"})
		b := rewriting(path(match.Prefix, "/foo"), intent.PathRewrite{Kind: intent.RegexPath, Match: pattern, Replace: "/bar"})
		if r := Compare(a, b, Options{}); (len(r.Differences) == 0) != same {
			t.Errorf("%s: %v", pattern, r.Differences)
		}
	}
}
