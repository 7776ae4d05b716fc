package inventory

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed environment.schema.json
var environmentSchema []byte

// property is a part of the schema, as far as the schema goes.
type property struct {
	Type       string
	Properties map[string]property
	Items      *property
	Enum       []string
	Pattern    string
	Format     string   // cidr: a block of addresses, or an address
	Examples   []string // of what has a pattern or a format
	MinLength  int
	Minimum    *int
	Maximum    *int
}

// schema of environment files.
func schema() property {
	var p property
	if err := json.Unmarshal(environmentSchema, &p); err != nil {
		panic("inventory: environment.schema.json: " + err.Error())
	}
	return p
}

// mistakes of a value, each as "line:column: what"; at is its dotted key, "" for the
// whole file. A key without a value is one that is not said.
func (p property) mistakes(at string, n *yaml.Node) []string {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch {
	case n.ShortTag() == "!!null":
		return nil
	case !p.typed(n):
		return []string{wrong(at, n, "is not "+typeNames[p.Type])}
	case p.Type == "object":
		return p.ofKeys(at, n)
	case p.Type == "array":
		var out []string
		for i, item := range n.Content {
			out = append(out, p.Items.mistakes(fmt.Sprintf("%s[%d]", at, i), item)...)
		}
		return out
	}
	if why := p.refuses(n.Value); why != "" {
		return []string{wrong(at, n, why)}
	}
	return nil
}

func (p property) ofKeys(at string, n *yaml.Node) (out []string) {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, name := n.Content[i], strings.TrimPrefix(at+"."+n.Content[i].Value, ".")
		sub, ok := p.Properties[key.Value]
		switch line := seen[key.Value]; {
		case !ok:
			out = append(out, fmt.Sprintf("%d:%d: there is no key %s%s", key.Line, key.Column, name, p.instead(key.Value)))
		case line > 0:
			out = append(out, fmt.Sprintf("%d:%d: %s is said on line %d already", key.Line, key.Column, name, line))
		default:
			out = append(out, sub.mistakes(name, n.Content[i+1])...)
		}
		seen[key.Value] = key.Line
	}
	return out
}

// instead names the keys that there are, or the one that differs in case only.
func (p property) instead(key string) string {
	var names []string
	for name := range p.Properties {
		if strings.EqualFold(name, key) {
			return ": it is spelled " + name
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return ", but " + strings.Join(names, ", ")
}

var typeNames = map[string]string{
	"object": "a map of keys", "array": "a list", "boolean": "true or false", "integer": "a whole number", "string": "a string",
}

// typed reports whether a value is of the property's type. Words that older versions
// of YAML take for booleans count as such, where they are not quoted.
func (p property) typed(n *yaml.Node) bool {
	switch p.Type {
	case "object":
		return n.Kind == yaml.MappingNode
	case "array":
		return n.Kind == yaml.SequenceNode
	case "boolean":
		older := slices.Contains([]string{"yes", "no", "on", "off"}, strings.ToLower(n.Value))
		return n.ShortTag() == "!!bool" || n.Kind == yaml.ScalarNode && n.Style == 0 && older
	case "integer":
		return n.ShortTag() == "!!int"
	}
	return n.ShortTag() == "!!str"
}

// refuses tells why a scalar of the right type is not taken; "" if it is.
func (p property) refuses(value string) string {
	number, _ := strconv.Atoi(value)
	switch {
	case len(p.Enum) > 0 && !slices.Contains(p.Enum, value):
		return "is none of " + strings.Join(p.Enum, ", ")
	case len(value) < p.MinLength:
		return "says nothing"
	case p.Minimum != nil && number < *p.Minimum:
		return fmt.Sprintf("is less than %d", *p.Minimum)
	case p.Maximum != nil && number > *p.Maximum:
		return fmt.Sprintf("is more than %d", *p.Maximum)
	case p.Pattern != "" && !regexp.MustCompile(p.Pattern).MatchString(value):
		return "is not of the form of " + strings.Join(p.Examples, " or ")
	case p.Format == "cidr" && !isBlock(value):
		return "is no block of addresses, such as " + p.Examples[0]
	}
	return ""
}

func isBlock(s string) bool {
	_, block := netip.ParsePrefix(s)
	_, address := netip.ParseAddr(s)
	return block == nil || address == nil
}

func wrong(at string, n *yaml.Node, what string) string {
	if at == "" {
		at = "the file"
	}
	value := ""
	if n.Kind == yaml.ScalarNode {
		value = fmt.Sprintf(" %q", n.Value)
	}
	return fmt.Sprintf("%d:%d: %s%s %s", n.Line, n.Column, at, value, what)
}
