package translate

import (
	"bytes"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

// shrink leaves documents, fields and elements out of an input for as long as it
// keeps a property.
func shrink(t *testing.T, data []byte, keeps func([]byte) bool) []byte {
	t.Helper()
	for smaller := true; smaller; {
		smaller = false
		for n := 0; ; n++ {
			less, more := without(t, data, n)
			if !more {
				break
			}
			for keeps(less) {
				data, smaller = less, true
				if less, more = without(t, data, n); !more {
					break
				}
			}
		}
	}
	return data
}

// without leaves out the nth part that can be left out, counted from the top of
// each document; more says whether there is one. What an object is called stays.
func without(t *testing.T, data []byte, n int) (less []byte, more bool) {
	t.Helper()
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); err != nil {
			break
		}
		n--
		if n == -1 {
			continue
		}
		n = cutNode(doc.Content[0], n, true)
		if err := enc.Encode(&doc); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes(), n < 0
}

// cutNode removes the nth field or element below a node, and returns how many are
// left to count.
func cutNode(node *yaml.Node, n int, root bool) int {
	width := 1
	if node.Kind == yaml.MappingNode {
		width = 2
	}
	for i := 0; i+width <= len(node.Content) && n >= 0; i += width {
		value := node.Content[i+width-1]
		if root && slices.Contains([]string{"apiVersion", "kind", "metadata"}, node.Content[i].Value) {
			continue
		}
		if n == 0 {
			node.Content = slices.Delete(node.Content, i, i+width)
			return -1
		}
		n = cutNode(value, n-1, false)
	}
	return n
}

// sameLaw reports whether the first law that one list names is among those of
// another.
func sameLaw(a, b []string) bool {
	kind := func(s string) string { return s[:min(len(s), 40)] }
	return slices.ContainsFunc(b, func(s string) bool { return kind(s) == kind(a[0]) || s[:2] == "L1" && a[0][:2] == "L1" })
}
