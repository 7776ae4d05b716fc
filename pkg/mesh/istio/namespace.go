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
// follows. A lone wildcard is every identity that has a namespace: those of
// service accounts. pilot/pkg/security/authz/model/generator.go srcNamespaceGenerator
func (p *authorization) namespace(n *source.Node) match.Expr {
	a := match.Atom{Field: match.ClientNamespace, Value: inNamespace(n.Str()), Ref: new(n.Ref())}
	switch s, i := a.Value, strings.Index(a.Value, "*"); {
	case s == "*":
		a.Field, a.Op, a.Value = match.ClientAccount, match.Present, ""
	case i == len(s)-1 && i > 0:
		a.Op, a.Value = match.Prefix, s[:i]
	case i == 0 && strings.Count(s, "*") == 1:
		a.Op, a.Value = match.Suffix, s[1:]
	case i >= 0:
		a.Op, a.Value = match.Regex, globExpr(s)
	}
	if glob := inNamespace(n.Str()); withNS(glob) {
		a.Op, a.Value = match.Regex, globExpr(glob)+orNS
	}
	return a
}

// orNS ends the expression for a glob that holds for the namespace ns as well.
const orNS = "|ns"

// withNS reports whether a glob that is looked for behind a "/ns/" finds itself
// in any identity of the namespace ns, "/ns/ns/sa/x", since it holds for "sa".
func withNS(glob string) bool {
	re := globRegexp(glob)
	return re.MatchString("sa") && !re.MatchString("ns")
}

// inNamespace is the part of a glob that is about the namespace itself: all of
// it, or what is left before an end that "/sa" matches.
func inNamespace(glob string) string {
	for i := range glob {
		switch {
		case !globRegexp(glob[i:]).MatchString("/sa"):
		case glob[i] == '*':
			return glob[:i+1]
		default:
			return glob[:i]
		}
	}
	return glob
}

// namespaceGlob spells a condition on a namespace; ok is false where no glob
// means it.
func namespaceGlob(a match.Atom) (glob string, ok bool) {
	if a.Fold || a.Op != match.Regex && strings.Contains(a.Value, "*") {
		return "", false
	}
	switch a.Op {
	case match.Present:
		return "*", true
	case match.Exact:
		glob = a.Value
	case match.Prefix:
		glob = a.Value + "*"
	case match.Suffix:
		glob = "*" + a.Value
	case match.Regex:
		text, ns := strings.CutSuffix(a.Value, orNS)
		if glob = unglobbed(text); globExpr(glob) == text && ns && withNS(glob) {
			return glob, inNamespace(glob) == glob
		}
		if glob = unglobbed(a.Value); globExpr(glob) != a.Value {
			return "", false
		}
	default:
		return "", false
	}
	return glob, glob != "" && inNamespace(glob) == glob && !withNS(glob)
}

// unglobbed is the glob that an expression may have been made of.
func unglobbed(expr string) string {
	return unescaped.ReplaceAllString(strings.ReplaceAll(expr, ".*", "*"), "$1")
}

var unescaped = regexp.MustCompile(`\\(.)`)

// globExpr is a pattern with wildcards as a regular expression.
func globExpr(s string) string { return strings.ReplaceAll(regexp.QuoteMeta(s), `\*`, ".*") }

func globRegexp(s string) *regexp.Regexp { return regexp.MustCompile(`\A(?:` + globExpr(s) + `)\z`) }
