package translate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/source"
	"go.yaml.in/yaml/v3"
)

// fieldState is what becomes of a field.
type fieldState string

const (
	fieldUnread fieldState = "unread"
	fieldRead   fieldState = "read"
	fieldKept   fieldState = "kept" // only as part of what is kept as it is
)

// TestFields is L7: a value at any field of the schemas is read, set aside with
// a reason, or kept as it is for its own mesh. testdata/fields/<mesh>.golden lists
// what is kept and why, and what nobody looks at; a security kind may have none of those.
func TestFields(t *testing.T) {
	for _, m := range all.Meshes {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			count := map[fieldState]int{}
			for _, r := range resourcesIn(t, definitions(t, m.Name)...) {
				kind, known := knownKind(m, r)
				if !known {
					t.Errorf("%s/%s is no kind of %s", r.group, r.kind, m.Name)
				}
				b.WriteString(fieldsOf(t, m, kind, r, count))
			}
			fmt.Fprintf(&b, "%d fields are read, %d kept, %d unread\n", count[fieldRead], count[fieldKept], count[fieldUnread])
			golden(t, filepath.Join("..", "testdata", "fields", m.Name+".golden"), []byte(b.String()))
			row := fmt.Sprintf("| %s | %d | %d | %d |", m.Name, count[fieldRead], count[fieldKept], count[fieldUnread])
			if readme, err := os.ReadFile(filepath.Join("..", "README.md")); err != nil || !strings.Contains(string(readme), row) {
				t.Errorf("README.md lacks %q %v", row, err)
			}
		})
	}
}

// fieldsOf lists the fields of a kind that are not read; one line for all, where
// none is.
func fieldsOf(t *testing.T, m mesh.Mesh, kind mesh.Kind, r resource, count map[fieldState]int) string {
	t.Helper()
	var lines []string
	of := map[fieldState]int{}
	all := ""
	for _, path := range r.schema.paths("", 0) {
		if strings.HasPrefix(path, ".status") || strings.HasPrefix(path, ".metadata") || path == ".apiVersion" || path == ".kind" {
			continue
		}
		state, why := stateOf(t, m, r, path)
		of[state]++
		count[state]++
		if state != fieldRead {
			lines = append(lines, fmt.Sprintf("%s/%s %s %s%s\n", r.group, r.kind, state, strings.TrimPrefix(path, "."), why))
			all = why
		}
		if state == fieldUnread && kind.Security {
			t.Errorf("%s %s is not read, of a kind that keeps requests out", r.kind, path)
		}
	}
	if of[fieldKept] > 0 && of[fieldRead]+of[fieldUnread] == 0 {
		return fmt.Sprintf("%s/%s kept%s\n", r.group, r.kind, all)
	}
	return strings.Join(lines, "")
}

func knownKind(m mesh.Mesh, r resource) (mesh.Kind, bool) {
	for _, k := range m.Kinds {
		if k.Group == r.group && k.Kind == r.kind {
			return k, true
		}
	}
	return mesh.Kind{}, false
}

// stateOf is what becomes of a field in a document that has it and what is
// required beside it, and why it is kept, behind a colon.
func stateOf(t *testing.T, m mesh.Mesh, r resource, path string) (fieldState, string) {
	t.Helper()
	data, err := yaml.Marshal(r.document(path))
	if err != nil {
		t.Fatal(err)
	}
	objs, problems := source.Parse(r.kind+".yaml", data, source.Options{})
	if len(problems) > 0 {
		t.Fatal(problems, string(data))
	}
	result := Run(Input{Objects: objs}, Options{From: m, To: m})
	kept := map[string]string{}
	for _, o := range result.Source.Opaque {
		for _, ref := range o.From {
			if !o.Held {
				kept[ref.Path] = ": " + o.Why
			}
		}
	}
	state, why := fieldRead, ""
	objs[0].Root.Leaves(func(l source.Leaf) {
		switch {
		case !under(l.Ref().Path, path):
		case keptAt(kept, l.Ref().Path) != "":
			state, why = fieldKept, keptAt(kept, l.Ref().Path)
		case !l.Read && l.Inert == "" && l.Skipped == "" && l.Problem == "":
			state = fieldUnread
		}
	})
	return state, why
}

// keptAt is why a value is part of what is kept as it is; "" is that it is not.
func keptAt(kept map[string]string, path string) string {
	for ; path != ""; path = path[:max(strings.LastIndexAny(path, ".["), 0)] {
		if why := kept[path]; why != "" {
			return why
		}
	}
	return kept[""]
}

// under reports whether a path of a document is at or below one of a schema.
func under(at, path string) bool {
	want := strings.NewReplacer("[]", "[0]", "{}", ".k").Replace(strings.TrimPrefix(path, "."))
	return at == want || strings.HasPrefix(at, want+".") || strings.HasPrefix(at, want+"[")
}
