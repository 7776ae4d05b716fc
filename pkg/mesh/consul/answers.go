package consul

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// retried holds for conditions that Consul has a word for, and statuses.
func retried(p intent.Part) string {
	r, ok := p.(*intent.Retry)
	if !ok || r == nil {
		return ""
	}
	for _, on := range r.On {
		if len(statuses(on)) == 0 && retryWord(on) == "" {
			return "Consul has no word for retrying on " + string(on)
		}
	}
	return ""
}

// tried holds for retries that say when.
func tried(p intent.Part) string {
	if r, ok := p.(*intent.Retry); ok && r != nil && r.Attempts > 0 && len(r.On) == 0 {
		return "without a condition nothing is tried again"
	}
	return ""
}

// retryWord is Consul's word for a condition, or "".
func retryWord(on intent.RetryOn) string {
	for _, word := range slices.Sorted(maps.Keys(retryWords)) {
		if retryWords[word] == on {
			return word
		}
	}
	return ""
}

// statuses are the HTTP statuses that a condition names; nil is none.
func statuses(on intent.RetryOn) []int {
	first, last, isRange := strings.Cut(string(on), "-")
	from, err := strconv.Atoi(first)
	to := from
	if isRange && err == nil {
		to, err = strconv.Atoi(last)
	}
	if err != nil || from < 100 || to > 599 {
		return nil
	}
	var out []int
	for ; from <= to; from++ {
		out = append(out, from)
	}
	return out
}

// balanceWords are Consul's names of algorithms.
var balanceWords = map[intent.BalancePolicy]string{
	intent.Random: "random", intent.RoundRobin: "round_robin", intent.LeastRequest: "least_request",
}

// balanced holds for the algorithms that Consul has.
func balanced(p intent.Part) string {
	if b, ok := p.(*intent.Balance); ok && b != nil && b.Policy != intent.Consistent && balanceWords[b.Policy] == "" {
		return "a resolver does not balance by " + string(b.Policy)
	}
	return ""
}

var ringTable = regexp.MustCompile(`^ring:[1-9][0-9]*$`)

// hashed holds for hashes that a resolver can say.
func hashed(p intent.Part) string {
	h, ok := p.(*intent.Hash)
	switch {
	case !ok || h == nil:
		return ""
	case h.Table != "" && h.Table != maglevTable && !ringTable.MatchString(h.Table):
		return "the table of maglev has its own size"
	case h.Cookie != nil && len(h.Cookie.Attributes) > 0:
		return "a cookie has a path and a time to live"
	}
	return ""
}

// maglevTable is the table that Envoy uses for maglev.
const maglevTable = "maglev:65537"

// metaKey is a key that metadata of a service can have.
// agent/structs/structs.go validateMetaPair
var metaKey = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,63}$`)

// subsetSaid holds for subsets by labels that can be metadata.
func subsetSaid(p intent.Part) string {
	b, ok := p.(*intent.Backend)
	if !ok || b == nil || b.Missing {
		return ""
	}
	if b.Subset == nil {
		return "the input does not tell the labels of subset " + b.SubsetName
	}
	_, why := filterOf(b.Subset)
	return why
}

// filterOf says labels as a filter on metadata; why tells that some cannot be.
func filterOf(labels match.Expr) (filter, why string) {
	alts, ok := match.DNF(labels, 1)
	if !ok || len(alts) != 1 || len(alts[0]) == 0 {
		return "", "a subset is a set of labels"
	}
	var parts []string
	for _, l := range alts[0] {
		a := l.Atom
		switch {
		case l.Not || a.Field != match.Label || a.Op != match.Exact:
			return "", "a subset is a set of labels"
		case a.Key == labelFilter && len(alts[0]) == 1: // as it was read
			return a.Value, ""
		case a.Key == labelFilter:
			return "", "a filter that only Consul understands stands alone"
		case strings.ContainsAny(a.Value, "\"\\"):
			return "", "a subset is a set of labels"
		case a.Key == labelTag:
			parts = append(parts, strconv.Quote(a.Value)+" in Service.Tags")
		case !metaKey.MatchString(a.Key):
			return "", "no metadata can have the key " + a.Key
		default:
			parts = append(parts, "Service.Meta"+fieldOf(a.Key)+" == "+strconv.Quote(a.Value))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, " and "), ""
}

// fieldOf names a key of metadata in a filter: behind a point, or quoted where that is for
// letters, digits and underscores.
// github.com/hashicorp/go-bexpr v0.1.2 grammar.peg Identifier
func fieldOf(key string) string {
	if field.MatchString(key) {
		return "." + key
	}
	return "[" + strconv.Quote(key) + "]"
}

var field = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]*$`)
