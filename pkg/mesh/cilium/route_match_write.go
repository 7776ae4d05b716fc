package cilium

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// pathOf is the condition on the path among those of a route; any path begins
// with a slash.
func pathOf(ls []match.Literal) match.Atom {
	for _, l := range ls {
		if l.Atom.Field == match.Path {
			return l.Atom
		}
	}
	return match.Atom{Field: match.Path, Op: match.Prefix, Value: "/"}
}

// routeMatch prints the conditions of a route.
func routeMatch(ls []match.Literal) *manifest.Node {
	n := pathMatch(pathOf(ls))
	headers, query := manifest.List(), manifest.List()
	for _, l := range ls {
		switch l.Atom.Field {
		case match.Path:
		case match.Query:
			query.Append(queryMatch(l.Atom))
		default:
			headers.Append(headerMatch(l))
		}
	}
	if len(headers.Kids) > 0 {
		n.Set("headers", headers)
	}
	if len(query.Kids) > 0 {
		n.Set("queryParameters", query)
	}
	return n
}

func pathMatch(a match.Atom) *manifest.Node {
	n := manifest.Map().Because(intent.From(a.Place())...)
	segments := strings.TrimRight(a.Value, "/")
	switch {
	case a.Op == match.Present, a.Op == match.Prefix && a.Value == "", a.Op == match.Segments && segments == "":
		return n.Set("prefix", manifest.Str("/"))
	case a.Op == match.Exact:
		n.Set("path", manifest.Str(a.Value))
	case a.Op == match.Prefix:
		n.Set("prefix", manifest.Str(a.Value))
	case a.Op == match.Segments:
		return n.Set("pathSeparatedPrefix", manifest.Str(segments))
	case a.Op == match.Regex:
		return n.Set("safeRegex", regexNode(a.Value))
	default:
		panic("cilium: a path that Envoy does not compare so: " + a.String())
	}
	if a.Fold {
		n.Set("caseSensitive", manifest.Bool(false))
	}
	return n
}

// headerName is the name under which a route tests an attribute.
func headerOf(a match.Atom) string {
	switch a.Field {
	case match.Method:
		return ":method"
	case match.Scheme:
		return ":scheme"
	case match.Authority:
		return ":authority"
	}
	return a.Key
}

// headerMatch prints a condition on a header. A negated one holds also where the
// header is not there, which Envoy wants to be told.
func headerMatch(l match.Literal) *manifest.Node {
	n := manifest.Map().Set("name", manifest.Str(headerOf(l.Atom)))
	if l.Atom.Op == match.Present {
		n.Set("presentMatch", manifest.Bool(true)).Because(intent.From(l.Atom.Place())...)
	} else {
		n.Set("stringMatch", stringMatch(l.Atom))
	}
	if !l.Not {
		return n
	}
	n.Set("invertMatch", manifest.Bool(true))
	if l.Atom.Op != match.Present {
		n.Set("treatMissingHeaderAsEmpty", manifest.Bool(true))
	}
	return n
}

func queryMatch(a match.Atom) *manifest.Node {
	n := manifest.Map().Set("name", manifest.Str(a.Key))
	if a.Op == match.Present {
		return n.Set("presentMatch", manifest.Bool(true)).Because(intent.From(a.Place())...)
	}
	return n.Set("stringMatch", stringMatch(a))
}

// manyRoutes bounds the routes of one rule.
const manyRoutes = 256

// routeAlternativesOf are the matches of a rule, one for each route.
func routeAlternativesOf(when match.Expr) [][]match.Literal {
	all, ok := match.DNF(when, manyRoutes)
	if !ok {
		panic("cilium: a rule with too many matches")
	}
	return slices.Clip(all)
}
