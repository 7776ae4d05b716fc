package consul

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/match"
)

// A filter is understood where go-bexpr understands it, and what it does not is told with
// where it ends to be understood.
func TestFilters(t *testing.T) {
	for text, why := range map[string]string{
		"Service.Meta.version == v1":                                  "",
		"  ( not Service.Meta[ \"a-b\" ]!=`c d` or x is not empty ) ": "",
		"not == 3":                        "",
		"-1.5 not in Service.Tags":        "",
		"a matches \"b.*\" and not not b": "what follows \"a matches \\\"b.*\\\" and not not b\"",
		"Service.Meta.version ==":         "is not understood",
		"Service.Meta.my-key == v1":       "what follows \"Service.Meta.my\" is not understood",
		"Service.Meta.version == v1-2":    "is not understood",
		"Service.Meta.version = v1":       "is not understood",
		"(Service.Meta.version == v1":     "is not understood",
		"version == 1x":                   "is no number",
		"version == \"v1":                 "is a text without an end",
		"version == \"\\q\"":              "stands for no character",
		"meta[a] == b":                    "is no quoted name",
		"v1 in 2":                         "is no field",
		"a == b && c == d":                "is not understood",
		" ":                               "is not understood",
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
		if why != "" || err != nil || !e.ofLabels() || e.selector[2] != key || e.value != "v 1" {
			t.Errorf("%s: %s %s %v", key, text, why, err)
		}
	}
}
