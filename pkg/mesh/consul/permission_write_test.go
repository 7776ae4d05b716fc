package consul

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/match"
)

// Lists deny first, then let in, and then deny the rest; what must not be is said
// by a permission before the others.
func TestPermissionLists(t *testing.T) {
	path := func(v string) match.Expr { return is(match.Path, v) }
	below := func(v string) match.Expr { return match.Atom{Field: match.Path, Op: match.Prefix, Value: v} }
	regex := func(v string) match.Expr { return match.Atom{Field: match.Path, Op: match.Regex, Value: v} }
	method := func(v string) match.Expr { return is(match.Method, v) }
	not := func(e match.Expr) match.Expr { return match.Not{X: e} }
	for name, c := range map[string]struct {
		deny, allow []match.Expr
		want        string
	}{
		"nothing but":                                {nil, []match.Expr{path("/a")}, "allow exact /a; deny"},
		"first what is denied":                       {[]match.Expr{below("/admin")}, []match.Expr{match.True}, "deny prefix /admin; allow"},
		"methods together":                           {nil, []match.Expr{match.Or{match.And{path("/a"), method("GET")}, match.And{path("/a"), method("PUT")}}}, "allow exact /a GET PUT; deny"},
		"all but a path":                             {nil, []match.Expr{not(path("/admin"))}, "deny exact /admin; allow"},
		"all but a method":                           {nil, []match.Expr{match.And{below("/a/"), not(method("DELETE"))}}, "deny prefix /a/ DELETE; allow prefix /a/; deny"},
		"the longer prefix first":                    {nil, []match.Expr{match.And{below("/a/"), not(below("/a/b/"))}}, "deny prefix /a/b/; allow prefix /a/; deny"},
		"two paths of which one is within the other": {nil, []match.Expr{match.And{below("/a/"), path("/a/b")}}, "allow exact /a/b; deny"},
		"a denial of what lacks a header":            {[]match.Expr{not(match.Atom{Field: match.Header, Key: "x", Op: match.Present})}, []match.Expr{match.True}, "allow header x; deny"},
		"one expression but another":                 {nil, []match.Expr{match.And{regex("/a.*"), not(regex(".*b"))}}, "deny regex .*b; allow regex /a.*; deny"},
		"two expressions at once":                    {nil, []match.Expr{match.And{regex("/a.*"), regex(".*b")}}, "!"},
	} {
		t.Run(name, func(t *testing.T) {
			deny, _ := clausesOf(c.deny)
			allow, _ := clausesOf(c.allow)
			lines, why := linesOf(deny, allow)
			got := linesText(lines)
			if why != "" {
				got = "!"
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if whether := together(c.deny, c.allow); (whether != "") != (c.want == "!") {
				t.Errorf("together: %q", whether)
			}
		})
	}
}

// linesText spells a list in one line.
func linesText(lines []line) string {
	words := map[match.Op]string{match.Exact: "exact ", match.Prefix: "prefix ", match.Regex: "regex "}
	var out []string
	for _, l := range lines {
		text := actions[l.allow]
		for _, c := range l.cond {
			if c.Atom.Field == match.Path {
				text += " " + words[c.Atom.Op] + c.Atom.Value
			} else {
				text += " " + c.Atom.Field.String() + " " + c.Atom.Key
			}
		}
		for _, m := range l.methods {
			text += " " + m.Value
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}
