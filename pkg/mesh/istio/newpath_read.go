package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// rewriteFor is the rewrite of the path under a condition; nil where its
// alternatives match in different ways.
func rewriteFor(when match.Expr, to string) *intent.PathRewrite {
	alts, ok := match.DNF(when, 100)
	if !ok {
		return nil
	}
	if len(alts) == 0 { // nothing is rewritten
		return &intent.PathRewrite{Kind: intent.PrefixPath, Match: "/", Replace: to}
	}
	var out *intent.PathRewrite
	for _, ls := range alts {
		one := &intent.PathRewrite{Kind: intent.PrefixPath, Match: "/", Replace: to}
		for _, l := range ls {
			switch {
			case l.Not || l.Atom.Field != match.Path:
			case l.Atom.Op == match.Prefix:
				one.Match = l.Atom.Value
			default:
				one = &intent.PathRewrite{Kind: intent.FullPath, Replace: to}
			}
		}
		if out != nil && *out != *one {
			return nil
		}
		out = one
	}
	return out
}

// partsByPath splits the matches of a route into those for which a new path stands for
// the same part of the old one: Istio makes a route of each match.
func partsByPath(l layer, matches []scopedMatch) [][]scopedMatch {
	if l.get("rewrite").Get("uri") == nil && l.n.Get("redirect").Get("prefixRewrite") == nil {
		return [][]scopedMatch{matches}
	}
	var out [][]scopedMatch
	for i := range matches {
		if last := len(out) - 1; last >= 0 && samePart(out[last], matches[i]) {
			out[last] = append(out[last], matches[i])
		} else {
			out = append(out, matches[i:i+1:i+1])
		}
	}
	return out
}

// samePart reports whether a new path stands for the same part of the old one under some
// matches and under another; under one that never holds it stands for any.
func samePart(those []scopedMatch, m scopedMatch) bool {
	if never(m) {
		return true
	}
	y := rewriteFor(m.when, "")
	i := slices.IndexFunc(those, func(m scopedMatch) bool { return !never(m) })
	if i < 0 {
		return true
	}
	x := rewriteFor(those[i].when, "")
	return x != nil && y != nil && *x == *y
}

// never reports whether no request meets a match.
func never(m scopedMatch) bool {
	alts, ok := match.DNF(m.when, 100)
	return ok && len(alts) == 0
}

// inParts lifts a rule as the rules of its parts: the first has its name, and the
// condition on the others is theirs.
func inParts(parts [][]scopedMatch, rule intent.Rule) []scopedRule {
	out := []scopedRule{{rule, parts[0]}}
	for _, p := range parts[1:] {
		rule.Name, rule.When = "", condition(p)
		out = append(out, scopedRule{pathFor(rule), p})
	}
	return out
}

// pathFor says the new path of a rule, which is that of another condition, for its own.
func pathFor(r intent.Rule) intent.Rule {
	if to, is := r.Then.(intent.Redirect); is && to.Path != nil {
		to.Path = rewriteFor(r.When, to.Path.Replace)
		r.Then = to
	}
	r.Steps = slices.Clone(r.Steps)
	for i, s := range r.Steps {
		if rw, is := s.(intent.Rewrite); is && rw.Path != nil && rw.Path.Kind != intent.RegexPath {
			rw.Path = rewriteFor(r.When, rw.Path.Replace)
			r.Steps[i] = rw
		}
	}
	return r
}
