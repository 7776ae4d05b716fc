package consul

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/transmesh/transmesh/pkg/source"
)

// value is a cursor on a value of a Consul object. Custom resources have one
// spelling, and types as the API server checks them. Configuration entries have
// two, "ServiceSubset" and "service_subset" in any letter case, and Consul
// converts numbers, texts and lists of one as needed.
// agent/structs/config_entry.go DecodeConfigEntry
type value struct {
	*source.Node
	entry bool
}

// specOf is where an object says what it asks for.
func specOf(o *source.Object) value {
	if o.Group() == "" {
		return value{o.Root, true}
	}
	return value{o.Root.Get("spec"), false}
}

func (v value) missing() bool { return v.Node == nil }

// get finds a field by its name in custom resources.
func (v value) get(name string) value {
	if !v.entry {
		return value{v.Node.Get(name), false}
	}
	one := v.single()
	for _, e := range one.pairs() {
		if spells(e.Key, name) {
			return value{one.Node.Get(e.Key), true}
		}
	}
	return value{nil, true}
}

// pairs are the entries of a map; nothing else is a problem here.
func (v value) pairs() []source.Entry {
	if v.Node == nil || v.Node.Kind() != source.Map {
		return nil
	}
	return v.Node.Entries()
}

// single unwraps a list of one where a map is wanted.
func (v value) single() value {
	if v.entry && v.Node.Kind() == source.List {
		if items := v.Node.Items(); len(items) == 1 {
			return value{items[0], true}
		}
	}
	return v
}

// spells reports whether a key of a configuration entry means a field.
func spells(key, name string) bool {
	return strings.EqualFold(key, name) || strings.EqualFold(key, snake(name))
}

// snake is a field's name in snake_case: "requestTimeoutMs" is
// "request_timeout_ms", "externalSNI" is "external_sni".
func snake(name string) string {
	if s, ok := snakes[name]; ok {
		return s
	}
	var b strings.Builder
	rs := []rune(name)
	for i, r := range rs {
		if unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// snakes are the names that do not follow the rule.
var snakes = map[string]string{
	"enforcingConsecutive5xx": "enforcing_consecutive_5xx", "sanitizeXForwardedClientCert": "sanitize_x_forwarded_client_cert",
	"peer": "peer",
}

// entries are the entries of a map whose keys are names.
func (v value) entries() []source.Entry {
	one := v.single()
	if one.Node == nil {
		return nil
	}
	return one.Node.Entries()
}

// items are the elements of a list.
func (v value) items() []value {
	if v.Node == nil {
		return nil
	}
	if v.entry && v.Node.Kind() != source.List {
		return []value{v}
	}
	var out []value
	for _, n := range v.Node.Items() {
		out = append(out, value{n, v.entry})
	}
	return out
}

// texts reads a list of strings.
func (v value) texts() []string {
	var out []string
	for _, item := range v.items() {
		out = append(out, item.text())
	}
	return out
}

func (v value) text() string {
	if v.entry {
		return v.Node.Text()
	}
	return v.Node.Str()
}

func (v value) boolean() bool {
	if !v.entry || v.Node == nil || v.Node.Kind() != source.Scalar {
		return v.Node.Bool()
	}
	text := v.Node.Text()
	b, err := strconv.ParseBool(text)
	if err != nil && text != "" {
		v.Node.Reject("is not true or false")
	}
	return b
}

func (v value) integer() int {
	if !v.entry || v.Node == nil || v.Node.Kind() != source.Scalar {
		return v.Node.Int()
	}
	n, err := strconv.ParseInt(v.Node.Text(), 0, 64)
	if err != nil {
		v.Node.Reject("is not an integer")
	}
	return int(n)
}

// count reads an integer that is not negative.
func (v value) count() int {
	n := v.integer()
	if n < 0 {
		v.Node.Reject("is negative")
		return 0
	}
	return n
}

func (v value) optionalCount() *int {
	if v.Node == nil {
		return nil
	}
	n := v.count()
	return &n
}

func (v value) number() float64 {
	if !v.entry || v.Node == nil || v.Node.Kind() != source.Scalar {
		return v.Node.Float()
	}
	f, err := strconv.ParseFloat(v.Node.Text(), 64)
	if err != nil {
		v.Node.Reject("is not a number")
	}
	return f
}

// duration reads "1.5s" or, in configuration entries, a number of nanoseconds.
func (v value) duration() time.Duration {
	switch {
	case v.Node == nil:
		return 0
	case v.entry && v.Node.IsNumber():
		return time.Duration(v.integer())
	case v.entry && v.Node.Kind() == source.Scalar:
		d, err := time.ParseDuration(v.Node.Text())
		if err != nil {
			v.Node.Reject(`is not a duration such as "1.5s"`)
		}
		return d
	}
	return v.Node.Duration()
}

// milliseconds reads an integer as a duration; nil where there is none or zero,
// which Consul takes for none.
func (v value) milliseconds() *time.Duration {
	n := v.integer()
	switch {
	case v.Node == nil:
		return nil
	case n == 0:
		v.Node.Skip(sameAsNone)
		return nil
	case n < 0:
		v.Node.Reject("is negative")
		return nil
	}
	d := time.Duration(n) * time.Millisecond
	return &d
}

// sameAsNone is why zero is ignored where Consul means the default by it.
const sameAsNone = "0 is the same as nothing"
