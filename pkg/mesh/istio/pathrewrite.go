package istio

import (
	"regexp"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// pathWords are how a new path is said beside a match: as what replaces the
// matched prefix or the whole path, or by a regular expression.
type pathWords struct {
	// pattern is of a rewrite by regular expression; "" for others.
	pattern, to string
	// prefix says that to replaces the prefix that was matched.
	prefix bool
}

// rewriteParts splits a rule into parts whose alternatives say a new path in the
// same words: Istio replaces the prefix that matched, or, beside an exact path
// or a regular expression, the whole path.
func rewriteParts(r intent.Rule, alts [][]match.Literal) []part {
	to := newPath(r)
	if to == nil {
		return []part{{rule: r, alts: alts}}
	}
	var out []part
	for _, ls := range alts {
		words := wordsFor(*to, ls)
		if last := len(out) - 1; last >= 0 && *out[last].path == words {
			out[last].alts = append(out[last].alts, ls)
			continue
		}
		out = append(out, part{rule: r, alts: [][]match.Literal{ls}, path: &words})
	}
	return out
}

// newPath is the path that a rule rewrites or redirects to, or nil.
func newPath(r intent.Rule) *intent.PathRewrite {
	if to, ok := r.Then.(intent.Redirect); ok {
		return to.Path
	}
	var out *intent.PathRewrite
	for _, s := range r.Steps {
		if rw, ok := s.(intent.Rewrite); ok && rw.Path != nil {
			out = rw.Path
		}
	}
	return out
}

// wordsFor says a new path beside the conditions of one alternative.
func wordsFor(to intent.PathRewrite, ls []match.Literal) pathWords {
	on := match.Atom{Field: match.Path, Op: match.Prefix, Value: "/"}
	for _, l := range ls {
		if l.Atom.Field == match.Path && !l.Not {
			on = l.Atom
		}
	}
	prefix := on.Op == match.Prefix
	switch {
	case to.Kind == intent.FullPath && !prefix:
		return pathWords{to: to.Replace}
	case to.Kind == intent.FullPath:
		return pathWords{pattern: "^.*$", to: literalReplacement(to.Replace)}
	case to.Kind == intent.PrefixPath && prefix && (on.Value == to.Match || to.Match == ""):
		return pathWords{to: to.Replace, prefix: true}
	case to.Kind == intent.PrefixPath && on.Op == match.Exact && !on.Fold && strings.HasPrefix(on.Value, to.Match):
		return pathWords{to: to.Replace + on.Value[len(to.Match):]}
	case to.Kind == intent.SegmentPrefix && on.Op == match.Exact && !on.Fold && strings.TrimRight(on.Value, "/") == strings.TrimRight(to.Match, "/"):
		return pathWords{to: orSlash(strings.TrimRight(to.Replace, "/"))}
	case to.Kind == intent.SegmentPrefix && prefix && on.Value == strings.TrimRight(to.Match, "/")+"/":
		return pathWords{to: strings.TrimRight(to.Replace, "/") + "/", prefix: true}
	}
	return byPattern(to)
}

// byPattern says a new path by a regular expression: what it finds is replaced.
func byPattern(to intent.PathRewrite) pathWords {
	prefix := strings.TrimRight(to.Match, "/")
	with := strings.TrimRight(to.Replace, "/")
	switch {
	case to.Kind == intent.RegexPath:
		return pathWords{pattern: to.Match, to: to.Replace}
	case to.Kind == intent.PrefixPath:
		return pathWords{pattern: "^" + regexp.QuoteMeta(to.Match), to: literalReplacement(to.Replace)}
	case with == "":
		return pathWords{pattern: "^" + regexp.QuoteMeta(prefix) + "/*", to: "/"}
	}
	return pathWords{pattern: "^" + regexp.QuoteMeta(prefix), to: literalReplacement(with)}
}

// literalReplacement writes text as the replacement of a pattern, where a
// backslash begins a group.
func literalReplacement(s string) string { return strings.ReplaceAll(s, `\`, `\\`) }

func orSlash(s string) string {
	if s == "" {
		return "/"
	}
	return s
}
