package decide

import (
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// perPath splits a rule that replaces the path into one for each way in which
// the path is matched, and says the new path in one form, so that equal effects
// have equal texts. Rules that keep the path stay whole.
func perPath(rule *intent.Rule) []*intent.Rule {
	if n := newPathsOf(rule); n == 0 || n > 1 {
		return []*intent.Rule{rule} // of several, each is about what the one before made
	}
	alts, ok := match.DNF(rule.When, maxWays)
	if !ok {
		return []*intent.Rule{rule}
	}
	var out []*intent.Rule
	for _, ls := range alts {
		on, rest := pathOf(ls)
		for _, way := range ways(on) {
			r := *rule
			r.When = match.Conj(rest, way)
			settlePath(&r, way)
			out = append(out, &r)
		}
	}
	return out
}

// maxWays bounds the alternatives of a rule that are looked at one by one.
const maxWays = 64

func newPaths(rule *intent.Rule) bool { return newPathsOf(rule) > 0 }

// newPathsOf counts the new paths that a request of a rule may get, one after the
// other.
func newPathsOf(rule *intent.Rule) int {
	count := func(steps []intent.Step) int {
		n := 0
		for _, s := range steps {
			if rw, ok := s.(intent.Rewrite); ok && rw.Path != nil {
				n++
			}
		}
		return n
	}
	most := 0
	switch then := rule.Then.(type) {
	case intent.Redirect:
		if then.Path != nil {
			most = 1
		}
	case intent.Forward:
		for i := range then.To {
			most = max(most, count(then.To[i].Steps))
		}
	}
	return count(rule.Steps) + most
}

// pathOf parts a conjunction into its condition on the path and the rest; the
// first condition is as good as any other, all of them hold.
func pathOf(ls []match.Literal) (on match.Atom, rest match.Expr) {
	on = match.Atom{Field: match.Path, Op: match.Prefix, Value: "/"}
	var and []match.Expr
	found := false
	for _, l := range ls {
		if l.Atom.Field == match.Path && !l.Not && !found {
			on, found = l.Atom, true
			continue
		}
		if l.Not {
			and = append(and, match.Negate(l.Atom))
		} else {
			and = append(and, l.Atom)
		}
	}
	return on, match.Conj(and...)
}

// ways splits a prefix of segments into the path itself and what is below it.
func ways(on match.Atom) []match.Atom {
	if on.Op != match.Segments {
		return []match.Atom{on}
	}
	exact, below := on, on
	exact.Op, exact.Value = match.Exact, strings.TrimRight(on.Value, "/")
	below.Op, below.Value = match.Prefix, exact.Value+"/"
	if exact.Value == "" {
		return []match.Atom{below}
	}
	return []match.Atom{exact, below}
}

// settlePath says the rule's new paths in one form.
func settlePath(r *intent.Rule, on match.Atom) {
	if to, ok := r.Then.(intent.Redirect); ok && to.Path != nil {
		to.Path = settled(*to.Path, on)
		r.Then = to
	}
	r.Steps = settledSteps(r.Steps, on)
	if f, ok := r.Then.(intent.Forward); ok {
		f.To = slices.Clone(f.To)
		for i := range f.To {
			f.To[i].Steps = settledSteps(f.To[i].Steps, on)
		}
		r.Then = f
	}
}

func settledSteps(steps []intent.Step, on match.Atom) []intent.Step {
	var out []intent.Step
	for _, s := range steps {
		if rw, ok := s.(intent.Rewrite); ok && rw.Path != nil {
			if rw.Path = settled(*rw.Path, on); rw.Path == nil && rw.Host == "" {
				continue
			}
			s = rw
		}
		out = append(out, s)
	}
	return out
}

// settled says a new path, under a condition on the old one, as a whole path or
// as what replaces the shortest raw prefix; others stay as they are. nil is the old
// path.
func settled(to intent.PathRewrite, on match.Atom) *intent.PathRewrite {
	if on.Op == match.Exact && !on.Fold {
		if RewritePath(to, on.Value) == on.Value {
			return nil
		}
		return &intent.PathRewrite{Kind: intent.FullPath, Replace: RewritePath(to, on.Value)}
	}
	to = literalPath(to)
	if to.Kind == intent.PrefixPath && to.Match == to.Replace {
		return nil
	}
	under := ""
	if on.Op == match.Prefix && !on.Fold {
		under = on.Value
	}
	switch m := strings.TrimRight(to.Match, "/") + "/"; {
	case to.Kind == intent.FullPath:
		to.Match = ""
	case to.Kind == intent.SegmentPrefix && strings.HasPrefix(under, m):
		return shortest(m, strings.TrimRight(to.Replace, "/")+"/")
	case to.Kind == intent.SegmentPrefix:
		to.Replace = orSlash(strings.TrimRight(to.Replace, "/"))
	case to.Kind == intent.PrefixPath && strings.HasPrefix(under, to.Match):
		return shortest(to.Match, to.Replace)
	}
	return &to
}

// literalPath is a new path by a regular expression that stands for a fixed
// prefix, or for everything, as such.
func literalPath(to intent.PathRewrite) intent.PathRewrite {
	if to.Kind != intent.RegexPath || strings.Contains(strings.ReplaceAll(to.Replace, `\\`, ""), `\`) {
		return to
	}
	with := strings.ReplaceAll(to.Replace, `\\`, `\`)
	rest, anchored := strings.CutPrefix(to.Match, "^")
	if rest == ".*$" {
		return intent.PathRewrite{Kind: intent.FullPath, Replace: with}
	}
	re, err := regexp.Compile(rest)
	if !anchored || err != nil {
		return to
	}
	if prefix, whole := re.LiteralPrefix(); whole {
		return intent.PathRewrite{Kind: intent.PrefixPath, Match: prefix, Replace: with}
	}
	return to
}

// shortest cuts what a prefix and its replacement end with alike.
func shortest(from, to string) *intent.PathRewrite {
	for from != "" && to != "" && from[len(from)-1] == to[len(to)-1] {
		from, to = from[:len(from)-1], to[:len(to)-1]
	}
	if from == to {
		return nil
	}
	return &intent.PathRewrite{Kind: intent.PrefixPath, Match: from, Replace: to}
}
