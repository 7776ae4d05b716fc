package cilium

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/transmesh/transmesh/pkg/source"
)

// hold rejects a value that a rule of its field refuses.
func (f *field) hold(n *source.Node, words []string) {
	for _, r := range f.rules {
		item, ofItems := strings.CutPrefix(r.path, "repeated.items.")
		switch {
		case ofItems && n.Is(source.List):
			for _, k := range itemsOf(n) {
				f.rejected(k, fieldRule{item, r.value}, words)
			}
		default:
			f.rejected(n, r, words)
		}
	}
}

func (f *field) rejected(n *source.Node, r fieldRule, words []string) {
	if why := f.refuses(n, r, words); why != "" {
		n.Reject(why + ", which Envoy's rules refuse")
	}
}

// refuses says what a rule has against a value; "" is nothing.
func (f *field) refuses(n *source.Node, r fieldRule, words []string) string {
	kind, rule, _ := strings.Cut(r.path, ".")
	switch {
	case kind == "repeated" || kind == "map":
		return countRefuses(n, rule, r.value)
	case !n.Is(source.Scalar):
		return ""
	case kind == "string":
		return f.textRefuses(n.Written(), rule, r.value)
	case kind == "enum":
		return enumRefuses(n, rule, r.value, words)
	case kind == "bool" && rule == "const" && strings.ToLower(n.Written()) != r.value:
		return "is not " + r.value
	case kind == "bytes":
		return ""
	}
	v, err := strconv.ParseFloat(strings.TrimSuffix(n.Written(), "s"), 64)
	if err != nil {
		return ""
	}
	return boundRefuses(v, rule, r.value)
}

func countRefuses(n *source.Node, rule, value string) string {
	count := 0
	switch {
	case n.Is(source.Map):
		count = len(entriesOf(n))
	case n.Is(source.List):
		count = len(itemsOf(n))
	}
	limit, _ := strconv.Atoi(value)
	switch {
	case strings.HasPrefix(rule, "min_") && count < limit:
		return "holds less than " + value
	case strings.HasPrefix(rule, "max_") && count > limit:
		return "holds more than " + value
	}
	return ""
}

func boundRefuses(v float64, rule, value string) string {
	limit, _ := strconv.ParseFloat(value, 64)
	switch {
	case rule == "gte" && v < limit, rule == "gt" && v <= limit:
		return "is too small"
	case rule == "lte" && v > limit, rule == "lt" && v >= limit:
		return "is too large"
	}
	return ""
}

// The expressions of protoc-gen-validate for names and values of headers.
var headerForms = map[string]*regexp.Regexp{
	"HTTP_HEADER_NAME":  regexp.MustCompile(`^:?[0-9a-zA-Z!#$%&'*+-.^_|~\x60]+$`),
	"HTTP_HEADER_VALUE": regexp.MustCompile(`^[^\x00-\x08\x0A-\x1F\x7F]*$`),
	"":                  regexp.MustCompile(`^[^\x00\x0A\x0D]*$`),
}

func (f *field) textRefuses(text, rule, value string) string {
	if text == "" && slices.Contains(f.rules, fieldRule{"string.ignore_empty", "true"}) {
		return ""
	}
	limit, _ := strconv.Atoi(value)
	switch {
	case rule == "min_len" && utf8.RuneCountInString(text) < limit:
		return "is too short"
	case rule == "max_len" && utf8.RuneCountInString(text) > limit, rule == "max_bytes" && len(text) > limit:
		return "is too long"
	case rule == "pattern" && !regexp.MustCompile(value).MatchString(text):
		return "does not match " + value
	case rule == "prefix" && !strings.HasPrefix(text, value), rule == "suffix" && !strings.HasSuffix(text, value):
		return "does not begin and end as it must"
	case rule == "well_known_regex" && !f.headerForm(value).MatchString(text):
		return "has characters that no header has"
	case rule == "in" && !slices.ContainsFunc(f.rules, func(r fieldRule) bool { return strings.HasSuffix(r.path, "string.in") && r.value == text }):
		return "is not one of a few words"
	}
	return ""
}

// headerForm is what a name or value of a header must look like; without strictness it
// only has no line.
func (f *field) headerForm(which string) *regexp.Regexp {
	if slices.ContainsFunc(f.rules, func(r fieldRule) bool { return strings.HasSuffix(r.path, "string.strict") && r.value == "false" }) {
		which = ""
	}
	return headerForms[which]
}

func enumRefuses(n *source.Node, rule, value string, words []string) string {
	name := n.Written()
	for _, w := range words {
		if word, number, _ := strings.Cut(w, "="); number == n.Written() {
			name = word
		}
	}
	switch known := slices.Contains(wordsOf(words), name); {
	case rule == "defined_only" && !known:
		return "is not one of " + strings.Join(wordsOf(words), ", ")
	case rule == "not_in" && slices.ContainsFunc(words, func(w string) bool { return w == name+"="+value }):
		return "is no word for this"
	}
	return ""
}

// absent says what a rule has against a field that is not there, which for a scalar is
// the same as an empty one; "" is nothing.
func (f *field) absent() string {
	if f.choice != "" {
		return ""
	}
	for _, r := range f.rules {
		kind, rule, _ := strings.Cut(r.path, ".")
		wrapped := strings.HasPrefix(f.kind, wellKnown) && rule != "required"
		var why string
		switch {
		case rule == "required" && r.value == "true", kind == "repeated" && rule == "min_items", kind == "map" && rule == "min_pairs":
			why = "is not there"
		case wrapped, f.list, f.key != "":
		case kind == "string":
			why = f.textRefuses("", rule, r.value)
		case kind == "bool":
			if rule == "const" && r.value == "true" {
				why = "is not true"
			}
		case kind == "bytes" && rule == "min_len" && r.value != "0":
			why = "is empty"
		case kind != "enum" && kind != "message":
			why = boundRefuses(0, rule, r.value)
		}
		if why != "" {
			return "has no " + camel(f.name) + ", which Envoy needs"
		}
	}
	return ""
}
