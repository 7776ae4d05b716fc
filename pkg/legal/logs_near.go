package legal

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// demand is a value that a scope asks for of a namespace or label.
type demand struct {
	field      match.Field
	key, value string
}

func compareDemands(a, b demand) int {
	return cmp.Or(cmp.Compare(a.field, b.field), strings.Compare(a.key, b.key))
}

// demandsOf are the demands of a scope, sorted: those without which it covers nothing.
func demandsOf(scope match.Expr) []demand {
	all, ok := match.Simplify(scope).(match.And)
	if !ok {
		all = match.And{match.Simplify(scope)}
	}
	var out []demand
	for _, x := range all {
		if a, is := x.(match.Atom); is && a.Op == match.Exact && !a.Fold && (a.Field == match.Namespace || a.Field == match.Label) {
			out = append(out, demand{a.Field, a.Key, a.Value})
		}
	}
	slices.SortFunc(out, compareDemands)
	return out
}

// excluding reports whether demands are on different values of one thing.
func excluding(a, b []demand) bool {
	for len(a) > 0 && len(b) > 0 {
		switch c := compareDemands(a[0], b[0]); {
		case c < 0:
			a = a[1:]
		case c > 0:
			b = b[1:]
		case a[0].value != b[0].value:
			return true
		default:
			a, b = a[1:], b[1:]
		}
	}
	return false
}

// logDemands are the demands of facts about access logs, as far as they were asked for, so
// that each of many facts is not held against all others.
type logDemands map[*intent.AccessLog][]demand

func (d logDemands) of(l *intent.AccessLog) []demand {
	found, ok := d[l]
	if !ok {
		found = demandsOf(l.Scope.Subject)
		d[l] = found
	}
	return found
}

// apart reports whether at a glance no workload is of both facts.
func (d logDemands) apart(a, b *intent.AccessLog) bool { return excluding(d.of(a), d.of(b)) }

// near are the facts that may be about workloads of another.
func (d logDemands) near(all []*intent.AccessLog, l *intent.AccessLog) []*intent.AccessLog {
	var out []*intent.AccessLog
	for _, x := range all {
		if !d.apart(x, l) {
			out = append(out, x)
		}
	}
	return out
}
