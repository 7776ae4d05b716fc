package translate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// unmatchable tells of conditions that hold for no request there can be.
func (j *job) unmatchable(m *intent.Model) {
	var told map[place.Ref]bool
	tell := func(a match.Atom, negated bool) {
		why, fix := never(a)
		if why == "" || a.Ref == nil || told[*a.Ref] {
			return
		}
		if told == nil {
			told = map[place.Ref]bool{}
		}
		told[*a.Ref] = true
		what := "a rule that needs it has no effect"
		if negated {
			what = "it excepts nothing from its rule"
		}
		j.result.Findings.Tell(diag.NeverMatches, a.Field.String()+" "+strconv.Quote(a.Value)+" of "+a.Ref.Object+" matches no request: "+why, what, fix, *a.Ref)
	}
	for _, t := range m.Routing {
		for i := range t.Rules {
			match.Atoms(t.Rules[i].When, tell)
		}
	}
	for _, a := range m.Access {
		match.Atoms(a.When, tell)
	}
	for _, r := range m.Rates {
		match.Atoms(r.When, tell)
	}
}

// methods are the usual ones; others may be in small letters.
// https://www.rfc-editor.org/rfc/rfc9110#section-9.3
var methods = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}

// never says why an atom holds for no request, and what to do about it; "" where it
// may hold.
func never(a match.Atom) (why, fix string) {
	if a.Value == "" {
		return "", ""
	}
	switch {
	case a.Field == match.Path && a.Value[0] != '/' && rooted(a) == match.No:
		return "paths begin with a slash", "begin it with a slash"
	case a.Field == match.Method && a.Op == match.Exact && !a.Fold && slices.Contains(methods, strings.ToUpper(a.Value)) && !slices.Contains(methods, a.Value):
		return "methods are told apart by case, and are in capitals", "write " + strconv.Quote(strings.ToUpper(a.Value))
	case a.Field == match.Authority && (a.Op == match.Exact || a.Op == match.Prefix || a.Op == match.Suffix) && strings.Contains(a.Value, "/"):
		return "no host has a slash in it", "write the host alone"
	}
	return "", ""
}

// rooted asks whether a condition on paths that does not begin with a slash takes one
// that does.
func rooted(a match.Atom) match.Answer {
	switch {
	case a.Op == match.Exact, a.Op == match.Prefix:
		return match.No
	case a.Op == match.Regex && strings.IndexByte(`.(^[\`, a.Value[0]) < 0:
		_, answer := match.Overlap(match.Atom{Field: match.Path, Op: match.Prefix, Value: "/"}, a)
		return answer
	}
	return match.Yes
}
