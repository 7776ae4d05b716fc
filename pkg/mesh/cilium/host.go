package cilium

import (
	"regexp"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// Names outside of the cluster, as toFQDNs and serverNames spell them: a text; a
// pattern in which "*" is any characters of one label; and with "**." in front, the
// names below another.
// cilium pkg/fqdn/matchpattern/matchpattern.go

const (
	dnsLetters = `[-a-z0-9_]`
	// anyName is a name by which DNS was asked, and no address: its last label is no
	// number.
	anyName = `(?:` + dnsLetters + `+\.)*` + dnsLetters + `*[a-z_-]` + dnsLetters + `*`
	// below are the names below another.
	below = "**."
)

var (
	wholeName = regexp.MustCompile(`^\*+\.?$`)
	manyBelow = regexp.MustCompile(`^\*\*+\.`)
	someStars = regexp.MustCompile(`\*+`)
)

// hostOutside reads one of toFQDNs.
func hostOutside(n *source.Node) match.Expr {
	if name := n.Get("matchName"); name != nil {
		return nameExpr(match.DestHost, name)
	}
	return nameExpr(match.DestHost, n.Get("matchPattern"))
}

// nameExpr is what a name or a pattern holds for.
func nameExpr(f match.Field, n *source.Node) match.Expr {
	a := match.Atom{Field: f, Value: strings.TrimSuffix(strings.ToLower(n.Str()), "."), Ref: new(n.Ref())}
	rest := manyBelow.ReplaceAllString(a.Value, "")
	switch {
	case wholeName.MatchString(n.Str()):
		a.Op, a.Value = match.Regex, anyName
	case !strings.Contains(a.Value, "*"):
	case rest != a.Value && !strings.Contains(rest, "*"):
		a.Op, a.Value = match.Suffix, "."+rest
	default:
		a.Op, a.Value = match.Regex, starred(a.Value)
	}
	return a
}

// starred is a pattern as an expression.
func starred(pattern string) string {
	rest := manyBelow.ReplaceAllString(pattern, "")
	parts := someStars.Split(rest, -1)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	text := strings.Join(parts, dnsLetters+"*")
	if rest != pattern {
		text = `(?:` + dnsLetters + `+\.)+` + text
	}
	return text
}

// namePattern spells a condition on a name as toFQDNs and serverNames do; ok is false
// where no pattern says it. plain is a name without a pattern.
func namePattern(a match.Atom) (text string, plain, ok bool) {
	switch {
	case a.Fold && a.Field != match.SNI:
		return "", false, false
	case a.Op == match.Exact:
		return a.Value, true, namesForm.MatchString(a.Value) && !strings.Contains(a.Value, "*")
	case a.Op == match.Suffix && strings.HasPrefix(a.Value, "."):
		return below + a.Value[1:], false, namesForm.MatchString(a.Value[1:]) && !strings.Contains(a.Value, "*")
	case a.Op == match.Regex && a.Value == anyName:
		return "*", false, true
	case a.Op == match.Regex:
		text, ok := unstarred(a.Value)
		return text, false, ok
	}
	return "", false, false
}

// unstarred is the pattern that an expression of starred stands for.
func unstarred(expression string) (string, bool) {
	rest, deep := strings.CutPrefix(expression, `(?:`+dnsLetters+`+\.)+`)
	text := strings.ReplaceAll(strings.ReplaceAll(rest, dnsLetters+"*", "*"), `\.`, ".")
	if deep {
		text = below + text
	}
	return text, namesForm.MatchString(text) && starred(text) == expression
}
