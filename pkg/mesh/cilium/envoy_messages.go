package cilium

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// messageTable lists the messages that Cilium's agents know, as their descriptors and
// the rules of protoc-gen-validate have them. A line without a blank in front begins a
// message, or with "@" is an enumeration with its words. The other lines are fields:
// name, type, and rules; "!" begins a choice of which one field must be there.
//
// The conformance tests write it, with -update, and hold it to Cilium's own code.
//
//go:embed envoy_messages.txt
var messageTable string

// message is what a message has.
type message struct {
	name   string
	fields map[string]*field // by both of their names
	order  []*field
	// required are the choices of which one field must be there.
	required []string
}

// field is one field of a message.
type field struct {
	name, kind string // in protobuf's words: string, envoy.type.v3.Percent, @envoy.config.core.v3.TrafficDirection
	list       bool
	key        string // the type of a map's keys; "" for other fields
	choice     string // the choice that it is part of, or ""
	rules      []fieldRule
}

// fieldRule is a rule of protoc-gen-validate, such as string.min_len with 1.
type fieldRule struct{ path, value string }

// schema are all messages and enumerations.
type schema struct {
	messages map[string]*message
	words    map[string][]string // of enumerations, without "@"
}

// envoySchema reads the table when it is first asked for.
var envoySchema = sync.OnceValue(func() *schema {
	s := &schema{messages: map[string]*message{}, words: map[string][]string{}}
	var m *message
	for line := range strings.Lines(messageTable) {
		line = strings.TrimSuffix(line, "\n")
		name, enum := strings.CutPrefix(line, "@")
		text, below := strings.CutPrefix(line, " ")
		switch {
		case enum:
			words := strings.Fields(name)
			s.words[words[0]] = words[1:]
		case below:
			m.add(text)
		default:
			m = &message{name: line, fields: map[string]*field{}}
			s.messages[line] = m
		}
	}
	return s
})

// add reads one line of a message.
func (m *message) add(line string) {
	name, rest, _ := strings.Cut(line, " ")
	if name == "!" {
		m.required = append(m.required, rest)
		return
	}
	f := &field{name: name}
	f.kind, rest, _ = strings.Cut(rest, " ")
	f.kind, f.list = strings.CutPrefix(f.kind, "[]")
	if key, isMap := strings.CutPrefix(f.kind, "{"); isMap {
		f.key, f.kind, _ = strings.Cut(key, "}")
	}
	for rest != "" {
		var path, value string
		path, rest, _ = strings.Cut(rest, "=")
		if strings.HasPrefix(rest, `"`) {
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				panic("cilium: a rule of " + m.name + " is not quoted: " + rest)
			}
			value, _ = strconv.Unquote(quoted)
			rest = strings.TrimPrefix(rest[len(quoted):], " ")
		} else {
			value, rest, _ = strings.Cut(rest, " ")
		}
		if path == "one" {
			f.choice = value
		} else {
			f.rules = append(f.rules, fieldRule{path, value})
		}
	}
	m.order = append(m.order, f)
	m.fields[f.name], m.fields[camel(f.name)] = f, f
}

// camel is the name that a field has in JSON.
func camel(name string) string {
	var b strings.Builder
	up := false
	for _, c := range name {
		switch {
		case c == '_':
			up = true
			continue
		case up && 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		up = false
		b.WriteRune(c)
	}
	return b.String()
}
