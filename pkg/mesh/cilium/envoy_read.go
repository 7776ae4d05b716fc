package cilium

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// msg returns a field of a message of Envoy, which JSON spells in camel case and
// protobuf with underscores; both are taken.
func msg(n *source.Node, name string) *source.Node {
	if v := n.Get(name); v != nil {
		return v
	}
	return n.Get(underscored(name))
}

func underscored(name string) string {
	var b strings.Builder
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			b.WriteByte('_')
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return strings.ReplaceAll(b.String(), "5xx", "_5xx")
}

// typeOf is the type that a message says, without the host of the registry.
func typeOf(n *source.Node) string { return n.Get("@type").Str() }

// whole reads a number, which JSON may have as text.
func whole(n *source.Node) *int {
	if n == nil {
		return nil
	}
	i, err := strconv.Atoi(n.Text())
	if err != nil {
		n.Reject("is not a whole number")
		return nil
	}
	return &i
}

// word reads a word of an enumeration, which may stand as its number.
func word(n *source.Node, enum string) string {
	for _, w := range envoySchema().words[enum] {
		if name, number, _ := strings.Cut(w, "="); number == n.Text() {
			return name
		}
	}
	return n.Text()
}

// fraction reads a number, which JSON may have as text.
func fraction(n *source.Node) *float64 {
	if n == nil {
		return nil
	}
	f, err := strconv.ParseFloat(n.Text(), 64)
	if err != nil {
		n.Reject("is not a number")
	}
	return &f
}

// seconds reads a duration in protobuf's JSON form.
func seconds(n *source.Node) *time.Duration {
	if n == nil {
		return nil
	}
	f, err := strconv.ParseFloat(strings.TrimSuffix(n.Str(), "s"), 64)
	if err != nil || !strings.HasSuffix(n.Text(), "s") {
		n.Reject(`is not a duration in seconds such as "1.5s"`)
		return nil
	}
	d := time.Duration(math.Round(f * float64(time.Second)))
	return &d
}

// flag reads a boolean; nil is not said.
func flag(n *source.Node) *bool {
	if n == nil {
		return nil
	}
	b := n.Bool()
	return &b
}

// percent reads a share with its grain.
func percent(n *source.Node) float64 {
	numerator := 0
	if v := whole(msg(n, "numerator")); v != nil {
		numerator = *v
	}
	switch word(msg(n, "denominator"), "envoy.type.v3.FractionalPercent.DenominatorType") {
	case "TEN_THOUSAND":
		return float64(numerator) / 100
	case "MILLION":
		return float64(numerator) / 10000
	}
	return float64(numerator)
}

// compared reads how a value is compared, as an atom on a field.
func compared(n *source.Node, f match.Field, key string) (match.Atom, bool) {
	a := match.Atom{Field: f, Key: key, Ref: new(n.Ref())}
	for _, form := range []struct {
		name string
		op   match.Op
	}{{"exact", match.Exact}, {"prefix", match.Prefix}, {"suffix", match.Suffix}} {
		if v := msg(n, form.name); v != nil {
			a.Op, a.Value, a.Ref = form.op, v.Str(), new(v.Ref())
			if fold := flag(msg(n, "ignoreCase")); fold != nil {
				a.Fold = *fold
			}
			return a, true
		}
	}
	if re := msg(n, "safeRegex"); re != nil {
		skipAll(re, "googleRe2")
		v := msg(re, "regex")
		a.Op, a.Value, a.Ref = match.Regex, v.Str(), new(v.Ref())
		return match.Plainly(a), true
	}
	if v := msg(n, "contains"); v != nil {
		a.Value, a.Ref = v.Str(), new(v.Ref())
		a.Fold = flagOr(msg(n, "ignoreCase"), false)
		return containing(a), true
	}
	return a, false
}

// skipAll marks fields that change nothing that the model holds.
func skipAll(n *source.Node, names ...string) {
	for _, name := range names {
		msg(n, name).Skip("it changes nothing of what becomes of requests")
	}
}

// words splits a list that Envoy has in one text.
func words(n *source.Node) []string {
	if n == nil {
		return nil
	}
	out := strings.Split(n.Str(), ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}
