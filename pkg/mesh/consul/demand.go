package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// What is said of tokens in intentions: a demand names providers, of one of which the
// token must be, and claims that it must have. Of lists of permissions the first
// that holds counts, and whether a token is there is not asked until then:
// agent/xds/rbac.go removePermissionPrecedence.

// tokenCan says why no permission can demand a token by a condition, or "".
func tokenCan(e intent.Effect, l match.Literal) string {
	a := l.Atom
	switch {
	case e != intent.Allow:
		return "a permission that denies does so with a token and without one"
	case l.Not:
		return "a token is demanded, and none is excluded"
	case a.Fold:
		return "what is in a token is compared with its case"
	case a.Key == "principal":
		return principalCan(a)
	case a.Key == "presenter" && a.Op == match.Exact, a.Op == match.Sole && (a.Key == "audience" || strings.HasPrefix(a.Key, claimKey)):
		return ""
	}
	return "a claim is compared with one text"
}

// principalCan is tokenCan of who a token is about: anybody, all of an issuer, or one.
func principalCan(a match.Atom) string {
	at := strings.LastIndex(a.Value, "/")
	switch {
	case a.Op == match.Regex && a.Value == ".+", a.Op == match.Prefix && strings.HasSuffix(a.Value, "/"), a.Op == match.Exact && at >= 0 && nameable(a.Value[at+1:]):
		return ""
	}
	return "a token is told by its issuer, and by who it is about"
}

// aboutToken reports whether a condition is about the token.
func aboutToken(l match.Literal) bool { return l.Atom.Field == match.Token }

// demand is alternatives of what is asked of a token, one of which is enough; none is
// that no token is demanded.
type demand [][]match.Literal

// key is equal for demands that ask for the same.
func (d demand) key() string {
	var keys []string
	for _, alt := range d {
		keys = append(keys, condKey(alt))
	}
	slices.Sort(keys)
	return strings.Join(slices.Compact(keys), "|")
}

// with joins two demands: what either is content with.
func (d demand) with(other demand) demand {
	if len(d) == 0 || len(other) == 0 {
		return nil
	}
	out := slices.Clone(d)
	for _, alt := range other {
		if !slices.ContainsFunc(out, func(x []match.Literal) bool { return condKey(x) == condKey(alt) }) {
			out = append(out, alt)
		}
	}
	return out
}

// undemanded takes what is asked of tokens off the conditions of clauses, and joins
// those that differ in nothing else.
func undemanded(all []clause) []clause {
	var out []clause
	for _, c := range all {
		token := slices.DeleteFunc(slices.Clone(c.cond), func(l match.Literal) bool { return !aboutToken(l) })
		c.cond = slices.DeleteFunc(slices.Clone(c.cond), aboutToken)
		if len(token) > 0 {
			c.demand = demand{token}
		}
		key := condKey(c.cond)
		i := slices.IndexFunc(out, func(x clause) bool { return condKey(x.cond) == key })
		if i < 0 {
			out = append(out, c)
			continue
		}
		out[i].demand = out[i].demand.with(c.demand)
		out[i].from = append(slices.Clone(out[i].from), c.from...)
		out[i].comment = cmp.Or(out[i].comment, c.comment)
	}
	return out
}

// linesWithTokens is linesOf where tokens are demanded: all alike, or of requests none
// of which are partly those of another rule.
func linesWithTokens(deny, allow []clause) ([]line, string) {
	parts := undemanded(allow)
	same := parts[0].demand
	if slices.ContainsFunc(parts, func(c clause) bool { return c.demand.key() != same.key() }) {
		parts, why := nested(parts)
		if why == "" && slices.ContainsFunc(slices.Concat(deny, parts), func(c clause) bool { return !plainClause(c.cond) }) {
			why = apartTokens
		}
		if why != "" {
			return nil, why
		}
		return linesOf(deny, parts)
	}
	lines, why := linesOf(deny, parts)
	for i := range lines {
		if lines[i].allow {
			lines[i].demand = same
		}
	}
	return lines, why
}

// apartTokens is why one list cannot demand one token here and another there.
const apartTokens = "a permission that holds keeps those behind it from counting, whose tokens are others"

// nested lists rules the special before the general, and lets the special ones in with
// the tokens of those behind them, too.
func nested(parts []clause) ([]clause, string) {
	parts = specialFirst(parts)
	for i := range parts {
		for j := i + 1; j < len(parts); j++ {
			x, y := exprOf(parts[i].cond), exprOf(parts[j].cond)
			switch {
			case apart(x, y), parts[i].demand.key() == parts[j].demand.key():
			case implies(x, y):
				parts[i].demand = parts[i].demand.with(parts[j].demand)
			default:
				return nil, apartTokens
			}
		}
	}
	return parts, ""
}

// specialFirst puts each rule before those that are about its requests and more.
func specialFirst(parts []clause) []clause {
	rest, out := slices.Clone(parts), make([]clause, 0, len(parts))
	for len(rest) > 0 {
		i := max(0, slices.IndexFunc(rest, func(c clause) bool {
			return !slices.ContainsFunc(rest, func(o clause) bool {
				return implies(exprOf(o.cond), exprOf(c.cond)) && !implies(exprOf(c.cond), exprOf(o.cond))
			})
		}))
		out, rest = append(out, rest[i]), slices.Delete(rest, i, i+1)
	}
	return out
}
