package cilium

import (
	"encoding/base64"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/source"
)

// shaper holds a resource of Envoy's to what agents decode: the JSON form of protobuf,
// and to the rules by which agents and Envoy refuse it.
// https://protobuf.dev/programming-guides/json/
type shaper struct{ *schema }

// dropped is what becomes of a resource with a field that does not exist.
// cilium pkg/k8s/apis/cilium.io/v2/cec_types.go XDSResource
const dropped = "agents leave out a resource of Envoy's with such a field, and say so in their logs only: the object is not translated"

// packed checks a message that says its type.
func (s shaper) packed(n *source.Node) {
	url := n.Get("@type")
	if url == nil {
		n.Reject("has no @type")
		return
	}
	aText(url)
	name := url.Written()[strings.LastIndexByte(url.Written(), '/')+1:]
	m := s.messages[name]
	switch {
	case strings.HasPrefix(name, wellKnown):
		s.single(n.Get("value"), name)
	case m == nil:
		url.Reject("is no type that Cilium's agents know")
	default:
		isType := func(e source.Entry) bool { return e.Key == "@type" }
		s.message(n, slices.DeleteFunc(entriesOf(n), isType), m)
	}
}

const wellKnown = "google.protobuf."

// message checks entries of a value as the fields of a message.
func (s shaper) message(n *source.Node, entries []source.Entry, m *message) {
	said := map[*field]*source.Node{}
	for _, e := range entries {
		f := m.fields[e.Key]
		switch {
		case f == nil:
			e.Value.RejectField(dropped)
		case n.Get(e.Key) == nil: // null
		case said[f] != nil:
			e.Value.Reject("is said twice, in both spellings of its name")
		default:
			said[f] = e.Value
			s.field(e.Value, f)
		}
	}
	if m.name == "envoy.type.matcher.v3.RegexMatcher" {
		compiles(n.Get("regex"))
	}
	s.choices(n, m, said)
	for _, f := range m.order {
		if said[f] == nil {
			if why := f.absent(); why != "" {
				n.Reject(why)
			}
		}
	}
}

// compiles rejects an expression that Envoy cannot compile.
func compiles(n *source.Node) {
	if _, err := regexp.Compile(n.Written()); err != nil {
		n.RejectRegex(err)
	}
}

// choices rejects fields of a choice beside another, and none where one must be there.
func (s shaper) choices(n *source.Node, m *message, said map[*field]*source.Node) {
	chosen := map[string]*field{}
	for _, f := range m.order {
		switch {
		case f.choice == "" || said[f] == nil:
		case chosen[f.choice] == nil:
			chosen[f.choice] = f
		default:
			said[f].Reject("stands beside " + camel(chosen[f.choice].name) + ", of which Envoy takes one: agents leave out the resource")
		}
	}
	for _, choice := range m.required {
		if chosen[choice] == nil {
			n.Reject("has none of " + strings.Join(m.oneOf(choice), ", "))
		}
	}
}

// oneOf are the fields of a choice.
func (m *message) oneOf(choice string) []string {
	var out []string
	for _, f := range m.order {
		if f.choice == choice {
			out = append(out, camel(f.name))
		}
	}
	return out
}

// field checks a value, or those of a list or map.
func (s shaper) field(n *source.Node, f *field) {
	switch {
	case f.list:
		for _, item := range itemsOf(n) {
			if item.Is(source.Null) {
				item.Reject("is null")
				continue
			}
			s.single(item, f.kind)
		}
	case f.key != "":
		for _, e := range entriesOf(n) {
			s.single(e.Value, f.kind)
		}
	default:
		s.single(n, f.kind)
	}
	f.hold(n, s.words[strings.TrimPrefix(f.kind, "@")])
}

// single checks one value of a type.
func (s shaper) single(n *source.Node, kind string) {
	if n == nil {
		return
	}
	kind = cutWrapper(kind)
	words, isEnum := s.words[strings.TrimPrefix(kind, "@")]
	switch {
	case isEnum:
		enumWord(n, words)
	case scalarShapes[kind] != nil:
		scalarShapes[kind](n)
	case kind == wellKnown+"Any":
		s.packed(n)
	case kind == wellKnown+"Struct", kind == wellKnown+"Empty":
		entriesOf(n)
	case kind == wellKnown+"ListValue":
		itemsOf(n)
	case s.messages[kind] != nil:
		s.message(n, entriesOf(n), s.messages[kind])
	}
}

// cutWrapper is the type of the value of what wraps one.
func cutWrapper(kind string) string {
	if inner, ok := strings.CutPrefix(kind, wellKnown); ok && strings.HasSuffix(inner, "Value") && inner != "ListValue" && inner != "Value" {
		return strings.ToLower(strings.TrimSuffix(inner, "Value"))
	}
	return kind
}

// scalarShapes are those of the types of scalars.
var scalarShapes = map[string]shape{
	"string": aText, "bool": aTruth, "bytes": base64Text,
	"int32": integers(math.MinInt32, math.MaxInt32), "sint32": integers(math.MinInt32, math.MaxInt32),
	"int64": integers(math.MinInt64, math.MaxInt64), "sint64": integers(math.MinInt64, math.MaxInt64),
	"uint32": integers(0, math.MaxUint32), "fixed32": integers(0, math.MaxUint32), "uint64": integers(0, math.MaxUint64),
	"float": aFloat, "double": aFloat,
	wellKnown + "Duration":  matching(regexp.MustCompile(`^-?([0-9]+(\.[0-9]{0,9})?|\.[0-9]{1,9})s$`), `a duration in seconds such as "1.5s"`),
	wellKnown + "Timestamp": matching(regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T`), "a time"),
}

func matching(re *regexp.Regexp, what string) shape { return formed(re, math.MaxInt, what) }

// integers are whole numbers, which may stand in quotes.
func integers(low, high float64) shape {
	return func(n *source.Node) {
		numberOrText(n)
		if !n.Is(source.Scalar) {
			return
		}
		i, err := strconv.ParseFloat(n.Written(), 64)
		if err != nil || i != math.Trunc(i) || i < low || i > high {
			n.Reject("is not a whole number from " + strconv.FormatFloat(low, 'f', -1, 64) + " to " + strconv.FormatFloat(high, 'f', -1, 64))
		}
	}
}

func aFloat(n *source.Node) {
	numberOrText(n)
	if !n.Is(source.Scalar) {
		return
	}
	if _, err := strconv.ParseFloat(n.Written(), 64); err != nil {
		n.Reject("is not a number")
	}
}

func base64Text(n *source.Node) {
	aText(n)
	text := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(n.Written()), "=")
	if _, err := base64.RawStdEncoding.DecodeString(text); n.IsString() && err != nil {
		n.Reject("is not in base64")
	}
}

// enumWord is a word of an enumeration, or any number.
func enumWord(n *source.Node, words []string) {
	numberOrText(n)
	known := func(w string) bool { name, _, _ := strings.Cut(w, "="); return name == n.Written() }
	if n.IsString() && !slices.ContainsFunc(words, known) {
		n.Reject("is not one of " + strings.Join(wordsOf(words), ", "))
	}
}

// wordsOf are the words of an enumeration without their numbers.
func wordsOf(words []string) []string {
	var out []string
	for _, w := range words {
		name, _, _ := strings.Cut(w, "=")
		out = append(out, name)
	}
	return out
}
