package consul

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Paths are rewritten where the route tests the prefix or path that is replaced.
func TestRewritten(t *testing.T) {
	for name, c := range map[string]struct {
		kind     intent.PathRewriteKind
		from, to string
		op       match.Op
		tested   string
		want     string
	}{
		"an exact path as a whole":         {intent.FullPath, "", "/new", match.Exact, "/old", "/new"},
		"not a prefix as a whole":          {intent.FullPath, "", "/new", match.Prefix, "/old", ""},
		"the prefix that is tested":        {intent.PrefixPath, "/old", "/new", match.Prefix, "/old", "/new"},
		"not another prefix":               {intent.PrefixPath, "/old", "/new", match.Prefix, "/old/x", ""},
		"a prefix of an exact path":        {intent.PrefixPath, "/old", "/new", match.Exact, "/old/x", "/new/x"},
		"segments of an exact path":        {intent.SegmentPrefix, "/old", "/", match.Exact, "/old", "/"},
		"segments below":                   {intent.SegmentPrefix, "/old", "/new", match.Prefix, "/old/", "/new/"},
		"the prefix of all paths":          {intent.PrefixPath, "/", "/new/", match.Prefix, "/", "/new/"},
		"nothing that an expression finds": {intent.RegexPath, "/old", "/new", match.Prefix, "/old", ""},
	} {
		to, _ := replacement(intent.PathRewrite{Kind: c.kind, Match: c.from, Replace: c.to}, match.Atom{Field: match.Path, Op: c.op, Value: c.tested})
		if to != c.want {
			t.Errorf("%s: %q", name, to)
		}
	}
}
