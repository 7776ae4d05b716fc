package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh/all"
)

// output runs a verb that must end well.
func output(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	c := root()
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(&errs)
	if err := c.Execute(); err != nil || errs.Len() > 0 {
		t.Fatalf("%v: %v %s", args, err, errs.String())
	}
	return out.String()
}

// Every code is listed, and explained with what it means and what to do.
func TestExplainEveryCode(t *testing.T) {
	list := strings.Split(strings.TrimSpace(output(t, "explain")), "\n")
	if len(list) != len(diag.Codes) {
		t.Errorf("%d codes are listed of %d", len(list), len(diag.Codes))
	}
	for i, info := range diag.Codes {
		if got := strings.Join(strings.Fields(list[i]), " "); got != string(info.Code)+" "+info.Severity.String() {
			t.Errorf("%s is listed as %q", info.Code, got)
		}
		want := string(info.Code) + " (" + info.Severity.String() + ")\n\n" + info.Meaning + "\n\nWhat to do: " + info.Fix + "\n"
		if got := output(t, "explain", string(info.Code)); got != want || info.Meaning == "" || info.Fix == "" {
			t.Errorf("%s is explained as\n%s", info.Code, got)
		}
	}
}

// The table of features has all features, in order, with an answer of each mesh;
// an answer other than yes tells why.
func TestFeaturesJSON(t *testing.T) {
	var table struct{ Features []feature }
	dec := json.NewDecoder(strings.NewReader(output(t, "features", "-o", "json")))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&table); err != nil {
		t.Fatal(err)
	}
	if len(table.Features) != len(legal.Features) {
		t.Fatalf("%d features of %d", len(table.Features), len(legal.Features))
	}
	for i, f := range table.Features {
		if f.Name != string(legal.Features[i].Feature) || f.Title == "" || len(f.Support) != len(meshNames(all.Meshes)) {
			t.Errorf("feature %d is %+v", i, f)
		}
		for name, s := range f.Support {
			if s.Level != "yes" && (s.Level != "when" && s.Level != "no" || s.Why == "") {
				t.Errorf("%s of %s: %+v", f.Name, name, s)
			}
		}
	}
}

// The table for people says the same in its columns.
func TestFeaturesText(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(output(t, "features")), "\n")
	if got := strings.Join(strings.Fields(lines[0]), " "); got != "FEATURE "+strings.Join(meshNames(all.Meshes), " ") {
		t.Errorf("the head is %q", got)
	}
	for i, f := range featureTable() {
		want := f.Title
		for _, name := range meshNames(all.Meshes) {
			want += " " + f.Support[name].Level
		}
		if got := strings.Join(strings.Fields(lines[i+1]), " "); got != want {
			t.Errorf("line %d is %q, want %q", i+1, got, want)
		}
	}
}

// The version names the meshes with their versions, the default first.
func TestVersion(t *testing.T) {
	var v struct {
		Version string
		Meshes  map[string][]string
	}
	if err := json.Unmarshal([]byte(output(t, "version", "-o", "json")), &v); err != nil {
		t.Fatal(err)
	}
	if v.Version == "" || len(v.Meshes) != len(meshNames(all.Sources)) || v.Meshes["linkerd"][0] != "2.20" {
		t.Errorf("%+v", v)
	}
	if text := output(t, "version"); !strings.HasPrefix(text, "transmesh "+v.Version+"\n") {
		t.Errorf("%q", text)
	}
}
