package consul

import (
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// routeCan says why one match of a router cannot say a condition, or "".
func routeCan(_ intent.Protocol, l match.Literal) string {
	a := l.Atom
	switch a.Field {
	case match.Path:
		if l.Not {
			return "only conditions on headers are inverted"
		}
		return pathCan(a)
	case match.Method:
		if l.Not {
			return "only conditions on headers are inverted"
		}
		return methodCan(a)
	case match.Header, match.Authority, match.Scheme:
		if a.Fold {
			return "a router compares headers with their case"
		}
		return headerCan(a)
	case match.Query:
		return queryCan(l)
	}
	return "a router does not test the " + a.Field.String()
}

// pathCan holds for paths as routers and permissions know them; a regular
// expression says itself whether it ignores case.
func pathCan(a match.Atom) string {
	switch {
	case a.Op == match.Regex && !a.Fold:
		return regexCan(a.Value)
	case a.Op != match.Exact && a.Op != match.Prefix:
		return "a path is matched exactly, by prefix or by regular expression"
	case !strings.HasPrefix(a.Value, "/"):
		return "a path begins with /"
	}
	return ""
}

func methodCan(a match.Atom) string {
	if a.Op != match.Exact || a.Fold || !slices.Contains(methods, a.Value) {
		return "a method is one of " + strings.Join(methods, ", ")
	}
	return ""
}

// headerCan holds for conditions on headers, of which an empty value says nothing.
func headerCan(a match.Atom) string {
	switch a.Op {
	case match.Present:
		return ""
	case match.Regex:
		if a.Fold {
			return "a regular expression says itself whether it ignores case"
		}
		return regexCan(a.Value)
	case match.Exact, match.Prefix, match.Suffix:
		if a.Value == "" {
			return "an empty value is not matched"
		}
		return ""
	}
	return "a header is matched exactly, by prefix, by suffix or by regular expression"
}

func queryCan(l match.Literal) string {
	a := l.Atom
	switch {
	case l.Not:
		return "only conditions on headers are inverted"
	case a.Op == match.Present && !a.Fold:
		return ""
	case a.Op == match.Regex && !a.Fold:
		return regexCan(a.Value)
	case a.Op == match.Exact && !a.Fold && a.Value != "":
		return ""
	}
	return "a query parameter is matched exactly, by regular expression or by presence"
}

func regexCan(text string) string {
	if _, err := regexp.Compile(text); err != nil || text == "" {
		return "the regular expression does not compile"
	}
	return ""
}

// routeAlternatives offers other words for a condition: a prefix of segments as
// the path itself and what is below it, everything else as a regular expression.
func routeAlternatives(_ intent.Protocol, l match.Literal) []match.Expr {
	a := l.Atom
	switch {
	case a.Field == match.Host:
		return []match.Expr{maybeNot(gatewayapi.OnAuthority(a), l.Not)}
	case a.Field == match.Path && a.Op == match.Present && !l.Not:
		return []match.Expr{match.True}
	case a.Field == match.Path && a.Op == match.Segments:
		return []match.Expr{maybeNot(gatewayapi.AsPrefix(a), l.Not)}
	case a.Field == match.Path && a.Op == match.Prefix && a.Value == "" && !l.Not:
		return []match.Expr{match.True}
	case !slices.Contains([]match.Field{match.Path, match.Header, match.Authority, match.Scheme, match.Query}, a.Field), a.Op == match.Regex && !a.Fold:
		return nil
	}
	text, ok := gatewayapi.Regex(a)
	if !ok {
		return nil
	}
	a.Op, a.Value, a.Fold = match.Regex, text, false
	return []match.Expr{maybeNot(a, l.Not)}
}

func maybeNot(e match.Expr, not bool) match.Expr {
	if not {
		return match.Negate(e)
	}
	return e
}

// routeConjunction says why conditions cannot stand together in one match.
func routeConjunction(_ intent.Protocol, ls []match.Literal) string {
	count := map[match.Field]int{}
	for _, l := range ls {
		count[l.Atom.Field]++
	}
	for _, f := range []match.Field{match.Path, match.Method} {
		if count[f] > 1 {
			return "a match has one condition on the " + f.String()
		}
	}
	return ""
}

// stepsOrder says why header steps cannot be said in their order: a header is set or
// added to once.
func stepsOrder(steps []intent.Step) string {
	for _, on := range []intent.Message{intent.OnRequest, intent.OnResponse} {
		seen := map[string]bool{}
		for _, h := range gatewayapi.OneChange(steps, on) {
			if seen[h.Name] {
				return "a header is set or added to once, and both are said of " + h.Name
			}
			seen[h.Name] = true
		}
	}
	return ""
}
