package gatewayapi

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// RouteCan says why a match of a route cannot say one condition, or "".
func RouteCan(p intent.Protocol, l match.Literal) string {
	a := l.Atom
	switch {
	case layer4(p):
		return l4Can(p, l)
	case l.Not:
		return "no match of a route is a negation"
	case a.Op == match.Regex && badRegex(a.Value):
		return "the regular expression does not compile"
	}
	switch a.Field {
	case match.Path:
		return canPath(p, a)
	case match.Method:
		if p == intent.HTTP && a.Op == match.Exact && !a.Fold && slices.Contains(methods, a.Value) {
			return ""
		}
		return "a match names one of the standard methods"
	case match.Header:
		return canNamed(a, formHeader, formValue)
	case match.Query:
		if p == intent.GRPC {
			return "gRPC requests have no query"
		}
		return canNamed(a, formHeader, formQuery)
	}
	return "no match of a route tests the " + a.Field.String()
}

// LinkerdRouteCan is RouteCan for an implementation that reads hostnames of
// routes on Services.
func LinkerdRouteCan(p intent.Protocol, l match.Literal) string {
	a := l.Atom
	if a.Field == match.Host && !l.Not && !a.Fold && (a.Op == match.Exact || a.Op == match.Suffix) && formHost.fits(hostnameOf(a)) {
		return ""
	}
	return RouteCan(p, l)
}

func badRegex(s string) bool {
	return match.BadPattern(s) != nil
}

func canPath(p intent.Protocol, a match.Atom) string {
	if p == intent.GRPC {
		if _, _, _, ok := grpcMethod(a); !ok {
			return "a match of a gRPC route names a service and a method"
		}
		return ""
	}
	switch a.Op {
	case match.Exact, match.Segments:
		if a.Fold {
			return "paths are matched with their case"
		}
		if why := badPath(a.Value); why != "" {
			return "the path " + why
		}
		return ""
	case match.Regex:
		if len(pattern(a)) > 1024 {
			return "the regular expression is longer than 1024 bytes"
		}
		return ""
	}
	return "a path is matched exactly, by prefix of segments, or by regular expression"
}

func canNamed(a match.Atom, names, values form) string {
	switch {
	case a.Fold && a.Op != match.Regex:
		return "values are matched with their case"
	case a.Op != match.Exact && a.Op != match.Regex:
		return "a value is matched exactly or by regular expression"
	case !names.fits(a.Key):
		return "the name is not one of a header"
	case !values.fits(pattern(a)):
		return "the value is empty or too long"
	}
	return ""
}

// RouteAlternatives offers other conditions with the same meaning for one that
// cannot be said, best first.
func RouteAlternatives(p intent.Protocol, l match.Literal) []match.Expr {
	a := l.Atom
	if l.Not || p == intent.GRPC && a.Field == match.Path {
		return nil
	}
	if p == intent.HTTP && a.Field == match.Path && !a.Fold && a.Op == match.Prefix && (a.Value == "/" || a.Value == "") || a.Field == match.Path && a.Op == match.Present {
		a.Op, a.Value = match.Segments, "/"
		return []match.Expr{a}
	}
	if a.Field != match.Path && a.Field != match.Header && a.Field != match.Query {
		return nil
	}
	text, ok := Regex(a)
	if !ok {
		return nil
	}
	a.Op, a.Value, a.Fold = match.Regex, text, false
	return []match.Expr{a}
}

// eitherCase writes a quoted text so that ASCII letters match in both cases, and
// nothing else: with (?i), k would also match the Kelvin sign.
func eitherCase(quoted string) string {
	var b strings.Builder
	for _, c := range quoted {
		if lower, upper := unicode.ToLower(c), unicode.ToUpper(c); c < unicode.MaxASCII && lower != upper {
			b.WriteString("[" + string(lower) + string(upper) + "]")
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

// Regex writes a condition on a string as a regular expression for the whole
// value; ok is false where it has none.
func Regex(a match.Atom) (text string, ok bool) {
	quoted := regexp.QuoteMeta(a.Value)
	literal := a.Op != match.Regex && a.Op != match.Search && a.Op != match.Template
	if a.Fold && literal {
		quoted = eitherCase(quoted)
	}
	switch a.Op {
	case match.Exact:
		text = quoted
	case match.Prefix:
		text = quoted + ".*"
	case match.Suffix:
		text = ".*" + quoted
	case match.Segments:
		text = strings.TrimRight(quoted, "/") + "(/.*)?"
	case match.Present:
		return ".*", true
	case match.Regex:
		text = a.Value
	case match.Search:
		text = ".*(?:" + a.Value + ").*"
	case match.Template:
		text = templateRegex(a.Value)
	default:
		return "", false
	}
	switch {
	case a.Fold && !literal:
		text = "(?i:" + text + ")"
	case text == "":
		text = "^$"
	}
	return text, true
}

// templateRegex writes a path template: "{*}" is one segment, "{**}" any number.
func templateRegex(s string) string {
	text := regexp.QuoteMeta(s)
	text = strings.ReplaceAll(text, regexp.QuoteMeta("{**}"), ".*")
	return strings.ReplaceAll(text, regexp.QuoteMeta("{*}"), "[^/]+")
}

// RouteConjunction says why conditions cannot stand together in one match.
func RouteConjunction(_ intent.Protocol, ls []match.Literal) string {
	seen := map[match.Field]int{}
	keys := map[string]bool{}
	for _, l := range ls {
		a := l.Atom
		seen[a.Field]++
		switch a.Field {
		case match.Path:
			if seen[a.Field] > 1 {
				return "a match has one condition on the path"
			}
		case match.SNI:
			if seen[a.Field] > 1 {
				return "a route names a server once"
			}
		case match.Method:
			if seen[a.Field] > 1 {
				return "a match names one method"
			}
		case match.Header, match.Query:
			key := map[match.Field]string{match.Header: "header ", match.Query: "query parameter "}[a.Field] + a.Key
			if keys[key] {
				return "a match has one condition on the " + key
			}
			keys[key] = true
		}
	}
	if seen[match.Header] > 16 || seen[match.Query] > 16 {
		return "a match has at most 16 conditions on headers or query parameters"
	}
	return ""
}
