package cilium

import (
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// alphabet is how values of an attribute look in an expression for the whole
// value: what may follow them, and which character does not belong to them.
type alphabet struct {
	tail, end string
	fold      bool
}

var alphabets = map[match.Field]alphabet{
	match.Path:      {tail: noQuery, end: "?"},
	match.Method:    {},
	match.Host:      {tail: "(:[0-9]+)?", end: ":", fold: true},
	match.Authority: {},
}

// negatable says why no expression says what a value must not be, or "". RE2
// cannot negate; for texts and prefixes, all other values can be listed by the
// letter in which they part from them.
func negatable(a match.Atom) string {
	_, known := alphabets[a.Field]
	switch {
	case !known:
		return "a rule says which headers requests have, and not which they have not"
	case a.Fold, a.Op != match.Exact && a.Op != match.Prefix && a.Op != match.Segments, a.Op != match.Exact && strings.Trim(a.Value, "/") == "":
		return "a rule says what values are not only by whole texts and prefixes"
	}
	return ""
}

// besides is the expression for values that one condition holds for, if any, and
// others do not. why tells that there is none.
func besides(field match.Field, is *match.Atom, not []match.Atom) (text, why string) {
	const never = "no value is left"
	al := alphabets[field]
	switch {
	case is == nil:
		text = al.except("", not)
	case is.Op == match.Exact && !is.Fold:
		if slices.ContainsFunc(not, func(a match.Atom) bool { return a.Holds(is.Value) }) {
			return "", never
		}
		text, _ = requestCan(match.Literal{Atom: *is})
		return text, ""
	case is.Op == match.Prefix && !is.Fold:
		text = al.except(is.Value, not)
	case is.Op == match.Segments && !is.Fold:
		whole := strings.TrimRight(is.Value, "/")
		text = al.except(whole+"/", not)
		if exact := slices.ContainsFunc(not, func(a match.Atom) bool { return a.Holds(whole) }); !exact && whole != "" {
			text = strings.Trim(text+"|"+regexp.QuoteMeta(whole), "|")
		}
	default:
		return "", "a rule has one expression on the " + field.String()
	}
	if text == "" {
		return "", never
	}
	if al.fold {
		return "(?i:" + text + ")" + al.tail, ""
	}
	return "(?:" + text + ")" + al.tail, ""
}

// node is a letter of a text that is left out.
type node struct {
	next          map[rune]*node
	exact, prefix bool
}

func (n *node) put(s string, prefix bool) {
	for _, c := range s {
		if n.next == nil {
			n.next = map[rune]*node{}
		}
		if n.next[c] == nil {
			n.next[c] = &node{}
		}
		n = n.next[c]
	}
	n.exact, n.prefix = n.exact || !prefix, n.prefix || prefix
}

// except is the expression for all values behind a prefix but some; "" is none.
func (al alphabet) except(prefix string, not []match.Atom) string {
	root := &node{}
	out := func(s string, whole bool) {
		switch rest, below := strings.CutPrefix(s, prefix); {
		case below:
			root.put(rest, !whole)
		case !whole && strings.HasPrefix(prefix, s):
			root.prefix = true
		}
	}
	for _, a := range not {
		segments := strings.TrimRight(a.Value, "/")
		switch a.Op {
		case match.Exact:
			out(a.Value, true)
		case match.Prefix:
			out(a.Value, false)
		case match.Segments:
			out(segments, true)
			out(segments+"/", false)
		}
	}
	rest := al.rest(root)
	if rest == "" {
		return ""
	}
	return regexp.QuoteMeta(prefix) + rest
}

// rest is the expression for what may follow a letter.
func (al alphabet) rest(n *node) string {
	if n.prefix {
		return ""
	}
	letters := make([]rune, 0, len(n.next))
	for c := range n.next {
		letters = append(letters, c)
	}
	slices.Sort(letters)
	any := "(?s:.)"
	if al.end != "" {
		any = "[^" + al.end + "]"
	}
	if len(letters) == 0 && !n.exact {
		return any + "*"
	}
	first := any
	if len(letters) > 0 {
		first = "[^" + classText(letters) + al.end + "]"
	}
	alts := []string{first + any + "*"}
	if first == any {
		alts = []string{any + "+"}
	}
	for _, c := range letters {
		if below := al.rest(n.next[c]); below != "" {
			alts = append(alts, regexp.QuoteMeta(string(c))+below)
		}
	}
	text := "(?:" + strings.Join(alts, "|") + ")"
	if !n.exact {
		text += "?"
	}
	return text
}

// classText writes letters for a class.
func classText(letters []rune) string {
	var b strings.Builder
	for _, c := range letters {
		if strings.ContainsRune(`\]^-[`, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}
