package decide

import (
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// through is a predicate on what arrives, said of what is sent: what holds before
// the steps where e holds after them. ok is false where that cannot be said, as of
// patterns behind a new path.
func through(steps []intent.Step, e match.Expr) (before match.Expr, ok bool) {
	ok = true
	for _, s := range slices.Backward(steps) {
		e = match.Map(e, func(a match.Atom) match.Expr {
			out, said := beforeStep(s, a)
			ok = ok && said
			return out
		})
	}
	return e, ok
}

// beforeStep is an atom before a step; nil is the atom itself.
func beforeStep(s intent.Step, a match.Atom) (match.Expr, bool) {
	switch s := s.(type) {
	case intent.Headers:
		if a.Field == match.Header && a.Key == s.Name && s.On == intent.OnRequest {
			return beforeHeader(s, a)
		}
	case intent.Rewrite:
		switch {
		case (a.Field == match.Host || a.Field == match.Authority) && s.Host != "":
			return constant(a.Holds(s.Host)), true
		case a.Field == match.Path && s.Path != nil:
			return beforePath(*s.Path, a)
		}
	}
	return nil, true
}

func beforeHeader(s intent.Headers, a match.Atom) (match.Expr, bool) {
	switch {
	case s.Op == intent.RemoveHeader:
		return match.False, true
	case s.Op == intent.SetHeader:
		return constant(a.Holds(s.Value)), true
	case a.Op == match.Present:
		return match.True, true
	case a.Op != match.Exact || a.Fold:
		return nil, false
	}
	there := a
	there.Op, there.Value = match.Present, ""
	alone := match.Conj(match.Negate(there), constant(a.Value == s.Value))
	old, appended := strings.CutSuffix(a.Value, ","+s.Value)
	if !appended {
		return alone, true
	}
	a.Value = old
	return match.Disj(alone, a), true
}

// beforePath is an atom on a new path, said of the old one.
func beforePath(to intent.PathRewrite, a match.Atom) (match.Expr, bool) {
	if a.Op == match.Present {
		return match.True, true
	}
	switch to.Kind {
	case intent.FullPath:
		return constant(a.Holds(to.Replace)), true
	case intent.PrefixPath:
		return beforePrefix(to.Match, to.Replace, a)
	case intent.SegmentPrefix:
		from := strings.TrimRight(to.Match, "/")
		whole := onPath(match.Exact, from)
		below, ok := beforePrefix(from+"/", strings.TrimRight(to.Replace, "/")+"/", a)
		return match.Disj(
			match.Conj(whole, constant(a.Holds(orSlash(strings.TrimRight(to.Replace, "/"))))),
			match.Conj(match.Negate(whole), match.Simplify(below)),
		), ok
	}
	return nil, false
}

func onPath(op match.Op, value string) match.Expr {
	return match.Atom{Field: match.Path, Op: op, Value: value}
}

// beforePrefix is an atom on paths whose prefix was replaced.
func beforePrefix(from, to string, a match.Atom) (match.Expr, bool) {
	if a.Fold {
		return nil, false
	}
	var inside match.Expr
	switch a.Op {
	case match.Exact:
		inside = beforeExact(from, to, a.Value)
	case match.Prefix:
		inside = beforeBeginning(from, to, a.Value)
	case match.Segments:
		v := strings.TrimRight(a.Value, "/")
		inside = match.Disj(beforeBeginning(from, to, v+"/"), beforeExact(from, to, v))
	case match.Suffix:
		inside = beforeEnd(from, to, a.Value)
	default:
		return nil, false
	}
	under := onPath(match.Prefix, from)
	return match.Disj(match.Conj(under, inside), match.Conj(match.Negate(under), a)), true
}

func beforeExact(from, to, value string) match.Expr {
	if rest, ok := strings.CutPrefix(value, to); ok {
		return onPath(match.Exact, from+rest)
	}
	return match.False
}

func beforeBeginning(from, to, value string) match.Expr {
	if rest, ok := strings.CutPrefix(value, to); ok {
		return onPath(match.Prefix, from+rest)
	}
	return constant(strings.HasPrefix(to, value))
}

// beforeEnd is of paths that end so after the prefix, or with the end of the
// prefix that was put there.
func beforeEnd(from, to, value string) match.Expr {
	out := []match.Expr{onPath(match.Regex, regexp.QuoteMeta(from)+"(?s:.*)"+regexp.QuoteMeta(value))}
	for i := 1; i <= len(value); i++ {
		if strings.HasSuffix(to, value[:i]) {
			out = append(out, onPath(match.Exact, from+value[i:]))
		}
	}
	return match.Disj(out...)
}
