package cilium

import (
	"regexp"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// routeForm answers are those of a route of Envoy: its conditions are taken in
// the order of the list.

// routeCan says why a route cannot say one condition, or "".
func routeCan(p intent.Protocol, l match.Literal) string {
	a := l.Atom
	if p != intent.HTTP && p != intent.GRPC {
		return "routes on Services are for HTTP and gRPC"
	}
	switch a.Field {
	case match.Path:
		return pathCan(l)
	case match.Method, match.Scheme, match.Authority, match.Header:
		return headerCan(l)
	case match.Query:
		if l.Not {
			return "conditions on the query are not negated"
		}
		return valueCan(a)
	}
	return "a route does not test the " + a.Field.String()
}

func pathCan(l match.Literal) string {
	a := l.Atom
	switch {
	case l.Not:
		return "conditions on the path are not negated"
	case a.Op == match.Regex && a.Fold, a.Op != match.Regex && a.Op != match.Exact && a.Op != match.Prefix && a.Op != match.Segments:
		return "a path is matched exactly, by prefix or by regular expression"
	case a.Op == match.Segments && a.Fold:
		return "a prefix of segments is matched with its case"
	case a.Op == match.Exact && !strings.HasPrefix(a.Value, "/"):
		return "an exact path begins with a slash"
	}
	return regexCan(a)
}

func headerCan(l match.Literal) string {
	a := l.Atom
	if l.Not && a.Op != match.Present && a.Holds("") {
		return "a negated condition does not hold for an empty value"
	}
	return valueCan(a)
}

func valueCan(a match.Atom) string {
	switch a.Op {
	case match.Present:
		return ""
	case match.Exact, match.Prefix, match.Suffix, match.Regex:
	default:
		return "a value is matched exactly, by prefix, by suffix or by regular expression"
	}
	switch {
	case a.Op == match.Regex && a.Fold:
		return "a regular expression says itself whether case counts"
	case a.Op != match.Exact && a.Value == "":
		return "an empty value is not matched"
	}
	return regexCan(a)
}

func regexCan(a match.Atom) string {
	if a.Op != match.Regex {
		return ""
	}
	if _, err := regexp.Compile(a.Value); err != nil || a.Value == "" {
		return "the regular expression does not compile"
	}
	return ""
}

// routeAlternatives offers other words for a condition: a host as the authority,
// everything else as a regular expression.
func routeAlternatives(_ intent.Protocol, l match.Literal) []match.Expr {
	a := l.Atom
	if a.Field == match.Host {
		text, ok := hostRegex(a)
		if !ok {
			return nil
		}
		a.Field, a.Op, a.Value, a.Fold = match.Authority, match.Regex, text, false
		return []match.Expr{orNot(a, l.Not)}
	}
	text, ok := gatewayapi.Regex(a)
	if !ok || l.Not {
		return nil
	}
	a.Op, a.Value, a.Fold = match.Regex, text, false
	return []match.Expr{a}
}

func orNot(a match.Atom, not bool) match.Expr {
	if not {
		return match.Not{X: a}
	}
	return a
}

// routeConjunction says why conditions cannot stand together in one match: a path
// has one.
func routeConjunction(_ intent.Protocol, ls []match.Literal) string {
	paths := 0
	for _, l := range ls {
		if l.Atom.Field == match.Path {
			paths++
		}
	}
	if paths > 1 {
		return "a route has one condition on the path"
	}
	return ""
}

// stepsOrder says why header steps cannot be said in their order: Envoy removes
// first, and a header is then set or added to once.
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
