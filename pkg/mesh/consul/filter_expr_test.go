package consul

import (
	"strings"
	"testing"

	"github.com/hashicorp/go-bexpr"
	"github.com/transmesh/transmesh/pkg/match"
)

// What is wrong with a filter is told with where it ends to be understood, and none takes for
// ever.
func TestFilters(t *testing.T) {
	for text, why := range map[string]string{
		"Service.Meta.version == v1":                                  "",
		"  ( not Service.Meta[ \"a-b\" ]!=`c d` or x is not empty ) ": "",
		"not == 3":                        "",
		"-1.5 not in Service.Tags":        "",
		"a matches \"b.*\" and not not b": "1:30",
		"Service.Meta.version ==":         "1:24",
		"Service.Meta.my-key == v1":       "1:16",
		"Service.Meta.version == v1-2":    "1:27",
		"Service.Meta.version = v1":       "1:22",
		"(Service.Meta.version == v1":     "Unmatched parentheses",
		"version == 1x":                   "Invalid number",
		"version == \"v1":                 "Unterminated string",
		"version == \"\\q\"":              "invalid syntax",
		"meta[a] == b":                    "Invalid index",
		"v1 in 2":                         "Invalid selector",
		"a == b && c == d":                "1:8",
		" ":                               "1:2",

		strings.Repeat("(", 1e4) + "a == b" + strings.Repeat(")", 1e4): "max number",
	} {
		_, err := parseFilter(text)
		if err == nil != (why == "") || err != nil && !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %q", text, err, why)
		}
	}
}

// What is written of labels is a filter that Consul's servers take, and reads as these.
func TestFilterOfLabels(t *testing.T) {
	for _, key := range []string{"version", "a_1", "my-key", "1st"} {
		text, why := filterOf(match.Atom{Field: match.Label, Key: key, Value: "v 1"})
		e, err := parseFilter(text)
		if why != "" || err != nil || !ofLabels(e) || e.(*bexpr.MatchExpression).Selector[2] != key || e.(*bexpr.MatchExpression).Value.Raw != "v 1" {
			t.Errorf("%s: %s %s %v", key, text, why, err)
		}
	}
}
