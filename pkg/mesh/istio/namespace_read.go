package istio

import (
	"regexp"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// namespace reads the namespace of an identity. A wildcard stands anywhere, for
// any characters, slashes too: the value is looked for between "/ns/" and a
// later "/", so that it may hold for the namespace together with the "/sa" that
// follows. pilot/pkg/security/authz/model/generator.go srcNamespaceGenerator
func (p *authorization) namespace(n *source.Node) match.Expr {
	s := n.Str()
	out := []match.Expr{namespacePattern(s, n)}
	for i := range s {
		if !globRegexp(s[i:]).MatchString("/sa") {
			continue
		}
		if s[i] == '*' {
			i++
		}
		out = append(out, namespacePattern(s[:i], n))
	}
	return match.Disj(out...)
}

func namespacePattern(s string, n *source.Node) match.Expr {
	a := match.Atom{Field: match.ClientNamespace, Value: s, Ref: n.Ref()}
	switch i := strings.Index(s, "*"); {
	case s == "*":
		a.Op, a.Value = match.Present, ""
	case i == len(s)-1 && i > 0:
		a.Op, a.Value = match.Prefix, s[:i]
	case i == 0 && strings.Count(s, "*") == 1:
		a.Op, a.Value = match.Suffix, s[1:]
	case i >= 0:
		a.Op, a.Value = match.Regex, globExpr(s)
	}
	return a
}

// globExpr is a pattern with wildcards as a regular expression.
func globExpr(s string) string { return strings.ReplaceAll(regexp.QuoteMeta(s), `\*`, ".*") }

func globRegexp(s string) *regexp.Regexp { return regexp.MustCompile(`\A(?:` + globExpr(s) + `)\z`) }
