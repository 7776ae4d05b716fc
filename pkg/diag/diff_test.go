package diag

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The schema of the JSON form has just the fields of the Go types, and says of each
// whether it is always there.
func TestDiffSchema(t *testing.T) {
	data, err := os.ReadFile("diff.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Defs map[string]struct {
			Required   []string
			Properties map[string]json.RawMessage
		} `json:"$defs"`
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), `"const": "`+DiffSchema+`"`) {
		t.Errorf("the schema is not %s", DiffSchema)
	}
	for _, v := range []any{DiffReport{}, DiffSide{}, DiffScope{}, DiffEntry{}, DiffAnswer{}, DiffWitness{}, Location{}, Finding{}} {
		typ := reflect.TypeOf(v)
		def, ok := schema.Defs[typ.Name()]
		if !ok {
			t.Errorf("nothing is said of %s", typ.Name())
			continue
		}
		fields := map[string]bool{}
		for _, f := range reflect.VisibleFields(typ) {
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Anonymous {
				continue
			}
			fields[name] = true
			if _, ok := def.Properties[name]; !ok {
				t.Errorf("%s has no %s", typ.Name(), name)
			}
			if always := options == ""; always != slices.Contains(def.Required, name) {
				t.Errorf("%s.%s: always there: %v", typ.Name(), name, always)
			}
		}
		for name := range def.Properties {
			if !fields[name] {
				t.Errorf("%s has %s, which is no field", typ.Name(), name)
			}
		}
	}
}

// A place in the input, and what a mesh does by itself.
func TestDiffText(t *testing.T) {
	r := &DiffReport{
		Verdict: "wider", First: DiffSide{Name: "before"}, Second: DiffSide{Name: "after"},
		Scopes: []DiffScope{{"same", "admission", "a"}, {"narrower", "mtls", "b"}, {"wider", "admission", "c"}},
	}
	for range mostDifferences + 2 {
		r.Differences = append(r.Differences, DiffEntry{
			DiffScope: DiffScope{"wider", "admission", "c"}, Summary: "this", First: DiffAnswer{Does: "x", At: []Location{{File: "defaults:istio", Object: "istio", Path: "retries"}}},
			Second: DiffAnswer{Does: "y", At: slices.Repeat([]Location{{File: "f.yaml", Line: 1, Column: 2}}, mostLines+1)},
		})
	}
	var b strings.Builder
	if err := WriteDiff(&b, r, DiffStyle{}); err != nil {
		t.Fatal(err)
	}
	head := "wider     admission  c\nnarrower  mtls       b\nsame in 1 other scope\n\nwider: This.\n  before: x\n            default of istio: retries\n  after:  y\n            f.yaml:1:2\n"
	if !strings.HasPrefix(b.String(), head) {
		t.Errorf("%s", b.String()[:400])
	}
	if !strings.Contains(b.String(), "and 1 more line\n") || !strings.HasSuffix(b.String(), "\nand 2 more differences, which the JSON form shows\n\nverdict: wider\n") {
		t.Errorf("%s", b.String()[len(b.String())-400:])
	}
	b.Reset()
	if err := WriteDiff(&b, r, DiffStyle{All: true}); err != nil || !strings.Contains(b.String(), "\nsame      admission  a\n") {
		t.Errorf("%v: %s", err, b.String()[:200])
	}
}
