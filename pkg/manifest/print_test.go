package manifest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func sample() *Object {
	o := New("v1", "Thing", "shop", "cart")
	o.Root.Set("spec", Map().
		Set("none", List()).Set("nothing", Map()).
		Set("list", List(Str("a"), Map().Set("x", Int(1)).Above("why"))).
		Set("text", Str("a\nb\n")).Set("yes", Str("yes")).Set("num", Str("10")).Set("oct", Str("0123")).
		Set("float", Float(0.1)).Set("flag", Bool(true)).Set("unset", nil).Set("empty", Str("")))
	o.Root.Above("first line\nsecond line")
	return o
}

func TestWriteYAML(t *testing.T) {
	var b bytes.Buffer
	if err := WriteYAML(&b, []*Object{sample(), New("v1", "Other", "", "x")}); err != nil {
		t.Fatal(err)
	}
	want := `# first line
# second line
apiVersion: v1
kind: Thing
metadata:
  name: cart
  namespace: shop
spec:
  none: []
  nothing: {}
  list:
  - a
  # why
  - x: 1
  text: |
    a
    b
  "yes": "yes"
  num: "10"
  oct: "0123"
  float: 0.1
  flag: true
  empty: ""
---
apiVersion: v1
kind: Other
metadata:
  name: x
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
}

// What is printed as YAML and as JSON reads as the same value.
func TestSameValueInBothForms(t *testing.T) {
	var y, j bytes.Buffer
	objs := []*Object{sample()}
	if err := WriteYAML(&y, objs); err != nil {
		t.Fatal(err)
	}
	if err := WriteJSON(&j, objs); err != nil {
		t.Fatal(err)
	}
	var fromYAML any
	var fromJSON struct{ Items []any }
	if err := yaml.Unmarshal(y.Bytes(), &fromYAML); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(j.Bytes(), &fromJSON); err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(fromYAML)
	b, _ := json.Marshal(fromJSON.Items[0])
	if !bytes.Equal(a, b) {
		t.Errorf("YAML %s\nJSON %s", a, b)
	}
	if !strings.Contains(j.String(), "\n  \"items\"") {
		t.Error("JSON is not indented")
	}
}
