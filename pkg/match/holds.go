package match

import (
	"net/netip"
	"regexp"
	"strings"
)

// Holds reports whether the atom is true of a value that is there. An atom whose
// pattern does not compile holds of nothing.
func (a Atom) Holds(v string) bool {
	want := a.Value
	if a.Fold {
		v, want = strings.ToLower(v), strings.ToLower(want)
	}
	switch a.Op {
	case Exact:
		return v == want || a.Field.address() && sameAddress(v, want)
	case Prefix:
		return strings.HasPrefix(v, want)
	case Suffix:
		return strings.HasSuffix(v, want)
	case Segments:
		want = strings.TrimRight(want, "/")
		return v == want && want != "" || strings.HasPrefix(v, want+"/")
	case Present:
		return true
	case CIDR:
		return inBlock(v, want)
	case Template, Regex, Search:
		re, err := regexp.Compile(`\A(?:` + pattern(a) + `)\z`)
		return err == nil && re.MatchString(v)
	}
	panic("match: unknown operator")
}

func (f Field) address() bool { return f == ClientIP || f == RemoteIP || f == DestIP }

func sameAddress(a, b string) bool {
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	return errX == nil && errY == nil && x.Unmap() == y.Unmap()
}

// block parses a CIDR block or a lone address.
func block(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(s)
	return netip.PrefixFrom(a, a.BitLen()), err == nil
}

func inBlock(v, want string) bool {
	a, err := netip.ParseAddr(v)
	p, ok := block(want)
	return err == nil && ok && p.Contains(a.Unmap())
}

// pattern is the atom as a regular expression for the whole value.
func pattern(a Atom) string {
	p := ""
	switch q := regexp.QuoteMeta(a.Value); a.Op {
	case Exact:
		p = q
	case Prefix:
		p = q + `(?s:.*)`
	case Suffix:
		p = `(?s:.*)` + q
	case Segments:
		p = regexp.QuoteMeta(strings.TrimRight(a.Value, "/")) + `(?:/(?s:.*))?`
	case Present:
		p = `(?s:.*)`
	case Regex:
		p = `(?:` + a.Value + `)`
	case Search:
		p = `(?s:.*)(?:` + a.Value + `)(?s:.*)`
	case Template:
		p = template(a.Value)
	default:
		panic("match: no pattern for the operator")
	}
	if a.Fold {
		return `(?i:` + p + `)`
	}
	return p
}

// template writes a path template as a regular expression, as Envoy's
// uri_template matcher reads it: "{*}" is one segment that is not empty, "{**}"
// any number of characters.
func template(t string) string {
	var b strings.Builder
	for t != "" {
		i := strings.Index(t, "{*")
		if i < 0 {
			b.WriteString(regexp.QuoteMeta(t))
			break
		}
		b.WriteString(regexp.QuoteMeta(t[:i]))
		if rest, ok := strings.CutPrefix(t[i:], "{**}"); ok {
			b.WriteString(`(?s:.*)`)
			t = rest
		} else if rest, ok := strings.CutPrefix(t[i:], "{*}"); ok {
			b.WriteString(`[^/]+`)
			t = rest
		} else {
			b.WriteString(regexp.QuoteMeta(t[i : i+2]))
			t = t[i+2:]
		}
	}
	return b.String()
}
