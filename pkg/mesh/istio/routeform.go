package istio

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// routeCan says why one match of a VirtualService cannot say a condition, or "".
func routeCan(p intent.Protocol, l match.Literal) string {
	a := l.Atom
	if a.Field.Client() {
		return callerCan(l)
	}
	switch {
	case a.Field == match.ServicePort:
		return onlyExact(l, "a port is matched by its number")
	case p == intent.TLS && a.Field == match.SNI:
		return sniCan(l)
	case a.Field == match.DestIP && p != intent.HTTP && !l.Not && a.Op == match.CIDR:
		return ""
	case p == intent.TLS || p == intent.TCP:
		return "a match of a TLS or TCP route tests the port, the caller, the destination's address, and the SNI of TLS"
	case l.Not && a.Field != match.Header && pseudoHeader(a.Field) == "":
		return "only conditions on headers, the method, the scheme and the authority are negated"
	}
	return stringCan(a)
}

// callerCan is routeCan of conditions on the calling workload.
func callerCan(l match.Literal) string {
	if f := l.Atom.Field; f != match.ClientNamespace && f != match.ClientLabel {
		return "a match tests the caller's namespace and labels"
	}
	return onlyExact(l, "a caller's namespace and labels are matched as they are")
}

func onlyExact(l match.Literal, why string) string {
	if l.Not || l.Atom.Op != match.Exact || l.Atom.Fold {
		return why
	}
	return ""
}

func sniCan(l match.Literal) string {
	if op := l.Atom.Op; l.Not || op != match.Exact && op != match.Suffix && op != match.Present {
		return "an SNI is matched exactly or by a wildcard in front"
	}
	return ""
}

// stringFields are the fields that a StringMatch tests.
var stringFields = []match.Field{match.Path, match.Method, match.Scheme, match.Authority, match.Header, match.Query, match.Token}

// stringCan says why a StringMatch cannot say a condition. A regular expression
// has at most 1024 characters: istio.io/api networking/v1 StringMatch.
func stringCan(a match.Atom) string {
	switch {
	case !slices.Contains(stringFields, a.Field):
		return "no match of a route tests the " + a.Field.String()
	case a.Field == match.Token && !strings.HasPrefix(a.Key, claimKey):
		return "a route tests claims of tokens only"
	case a.Fold && (a.Field != match.Path || a.Op == match.Regex):
		return "values are matched with their case"
	case a.Op == match.Present && (a.Field == match.Header || a.Field == match.Query):
		return ""
	case a.Op == match.Regex && len(a.Value) <= 1024:
		if _, err := regexp.Compile(a.Value); err == nil {
			return ""
		}
		return "the regular expression does not compile"
	case a.Op != match.Exact && a.Op != match.Prefix:
		return "a value is matched exactly, by prefix or by regular expression of up to 1024 characters"
	case a.Value == "":
		return "an empty value is not matched"
	}
	return ""
}

// routeAlternatives offers other words for a condition: a prefix of segments as
// two matches, everything else as a regular expression.
func routeAlternatives(p intent.Protocol, l match.Literal) []match.Expr {
	a := l.Atom
	switch {
	case a.Field == match.Host && !l.Not:
		return []match.Expr{gatewayapi.OnAuthority(a)}
	case a.Field == match.Path && a.Op == match.Segments && !l.Not:
		return []match.Expr{gatewayapi.AsPrefix(a)}
	case !slices.Contains(stringFields, a.Field) || a.Field == match.Token || l.Not && a.Field != match.Header && pseudoHeader(a.Field) == "":
		return nil
	}
	if a.Op == match.Regex {
		return plainer(a, l.Not)
	}
	text, ok := gatewayapi.Regex(a)
	if !ok {
		return nil
	}
	a.Op, a.Value, a.Fold = match.Regex, text, false
	return []match.Expr{maybeNot(a, l.Not)}
}

// plainer says a regular expression that is a prefix or a suffix as such, for
// rules that know no regular expressions.
func plainer(a match.Atom, not bool) []match.Expr {
	for _, form := range []struct {
		op  match.Op
		cut func(string) (string, bool)
	}{
		{match.Prefix, func(s string) (string, bool) { return strings.CutSuffix(s, ".*") }},
		{match.Suffix, func(s string) (string, bool) { return strings.CutPrefix(s, ".*") }},
	} {
		rest, ok := form.cut(a.Value)
		re, err := regexp.Compile(rest)
		if !ok || err != nil {
			continue
		}
		if text, whole := re.LiteralPrefix(); whole && text != "" {
			a.Op, a.Value = form.op, text
			return []match.Expr{maybeNot(a, not)}
		}
	}
	return nil
}

func maybeNot(a match.Atom, not bool) match.Expr {
	if not {
		return match.Not{X: a}
	}
	return a
}

// routeConjunction says why conditions cannot stand together in one match: each
// attribute has one.
func routeConjunction(_ intent.Protocol, ls []match.Literal) string {
	type slot struct {
		field match.Field
		key   string
		not   bool
	}
	taken := map[slot]bool{}
	for _, l := range ls {
		s := slot{l.Atom.Field, l.Atom.Key, l.Not}
		if taken[s] {
			return "a match has one condition on the " + strings.TrimSpace(l.Atom.Field.String()+" "+l.Atom.Key)
		}
		taken[s] = true
	}
	return ""
}

// stepsOrder says why header steps cannot be said: a list has one value for each header
// that it sets, and one for each that it adds to.
func stepsOrder(steps []intent.Step) string {
	for _, on := range []intent.Message{intent.OnRequest, intent.OnResponse} {
		added := map[string]bool{}
		for _, h := range gatewayapi.OneEach(steps, on) {
			if h.Op == intent.AddHeader && added[h.Name] {
				return "a list adds one value to the header " + h.Name
			}
			added[h.Name] = added[h.Name] || h.Op == intent.AddHeader
		}
	}
	return ""
}

// portText is a port condition's number.
func portText(p int) string { return strconv.Itoa(p) }
