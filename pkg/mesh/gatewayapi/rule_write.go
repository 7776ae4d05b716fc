package gatewayapi

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// writeRule prints one rule of a table for an object in a namespace.
func (w *routeWriter) writeRule(t *intent.Routing, r intent.Rule, namespace string) *manifest.Node {
	r = w.d.Shares.Write(r)
	n := manifest.Map().Because(r.From...).Above(r.Comment)
	if name := ruleName(r.Name); name != "" {
		n.Set("name", manifest.Str(name))
	}
	if !layer4(t.Protocol) {
		n.Set("matches", WriteMatches(r.When, t.Protocol))
	}
	var redirect *intent.Redirect
	var backends *manifest.Node
	switch then := r.Then.(type) {
	case intent.Redirect:
		redirect = &then
	case intent.Forward:
		backends = w.writeBackends(t, then.To, namespace)
	case intent.Passthrough:
		if w.d.NoBackends == NoBackendsFail || layer4(t.Protocol) {
			backends = w.writeBackends(t, []intent.Backend{{Host: t.Host, Port: t.Port, Weight: 1}}, namespace)
		}
	case intent.Respond:
		// A rule without backends answers 500; see caps.
	default:
		panic("gatewayapi: unknown action")
	}
	n.Set("filters", w.writeFilters(t, r.Steps, redirect, namespace))
	n.Set("backendRefs", backends)
	if t.Protocol == intent.HTTP {
		n.Set("timeouts", writeTimeout(withPerTry(r.Timeout, r.Retry), w.d))
		n.Set("retry", writeRetry(r.Retry, w.d))
	}
	return n
}

// joinRules joins rules of one object that do the same, where the order by rank
// stays: neighbours, and those between which nothing else decides. A name that
// is taken gets none.
func (w *routeWriter) joinRules(t *intent.Routing, rules []intent.Rule) []intent.Rule {
	var out []intent.Rule
	names := map[string]bool{}
	for _, r := range rules {
		for _, part := range onePerPrefix(r) {
			if i := w.joins(t, out, part); i >= 0 {
				out[i].When = match.Disj(out[i].When, part.When)
				out[i].From = append(slices.Clone(out[i].From), part.From...)
				continue
			}
			if name := ruleName(part.Name); names[name] {
				part.Name = ""
			} else {
				names[name] = name != ""
			}
			out = append(out, part)
		}
	}
	return out
}

// ruleName is the name of a rule as the API takes it: where it would not, its
// letters and digits.
func ruleName(name string) string {
	if formSection.fits(name) {
		return name
	}
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	if name = strings.Join(words, "-"); !formSection.fits(name) {
		return ""
	}
	return name
}

// joins finds an earlier rule that r may become a match of, or -1.
func (w *routeWriter) joins(t *intent.Routing, before []intent.Rule, r intent.Rule) int {
	if replacesPrefix(r) {
		return -1
	}
	for i := len(before) - 1; i >= 0; i-- {
		b := before[i]
		if (b.Name == r.Name || r.Name == "" || b.Name == "") && b.Comment == r.Comment && sameOrigin(b, r) && intent.SameAnswer(&b, &r) && fits(b, r) {
			return i
		}
		if !w.passes(t, b, r) {
			return -1
		}
	}
	return -1
}

// sameOrigin reports whether two rules stem from one rule of the source, or are
// neighbours that no source holds apart.
func sameOrigin(a, b intent.Rule) bool {
	return len(a.From) == 0 || len(b.From) == 0 || slices.Contains(a.From, b.From[0])
}

// fits reports whether the matches of two rules fit into one, each as it is: a
// match that another implies would be lost, and its rank with it.
func fits(a, b intent.Rule) bool {
	as, okA := match.DNF(a.When, maxMatchesRule)
	bs, okB := match.DNF(b.When, maxMatchesRule)
	both, ok := match.DNF(match.Disj(a.When, b.When), maxMatchesRule)
	return okA && okB && ok && len(both) == len(as)+len(bs)
}

// passes reports whether r may stand before b although it is listed behind it:
// they never meet, or b wins by rank.
func (w *routeWriter) passes(t *intent.Routing, b, r intent.Rule) bool {
	if intent.SameAnswer(&b, &r) {
		return true
	}
	if prefers := w.t.Route.Ranks(t.Protocol); prefers != nil && match.IsTrue(prefers(r.When, b.When)) {
		return true
	}
	_, answer := match.Overlap(b.When, r.When)
	return answer == match.No
}

// onePerPrefix splits a rule that replaces the matched prefix into one for each
// match, as the API demands.
func onePerPrefix(r intent.Rule) []intent.Rule {
	all, ok := match.DNF(r.When, alternatives)
	if !replacesPrefix(r) || !ok || len(all) < 2 {
		return []intent.Rule{r}
	}
	out := make([]intent.Rule, len(all))
	for i, ls := range all {
		out[i] = r
		out[i].When = conjunction(ls)
		if i > 0 {
			out[i].Name = ""
		}
	}
	return out
}

// replacesPrefix reports whether a rule has a filter that replaces the matched
// prefix.
func replacesPrefix(r intent.Rule) bool {
	if to, ok := r.Then.(intent.Redirect); ok && to.Path != nil && to.Path.Kind == intent.SegmentPrefix {
		return true
	}
	return slices.ContainsFunc(r.Steps, func(s intent.Step) bool {
		rewrite, ok := s.(intent.Rewrite)
		return ok && rewrite.Path != nil && rewrite.Path.Kind == intent.SegmentPrefix
	})
}
