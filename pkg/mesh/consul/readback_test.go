package consul

import (
	"bytes"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// written is a model as fitted, as printed and as read back.
type written struct {
	fit, back *intent.Model
	objs      []*manifest.Object
	changes   []legal.Change
}

// translated fits a model to Consul, verifies the result, writes it and reads it
// back beside the same inventory.
func translated(t testing.TB, m *intent.Model, version string) written {
	t.Helper()
	tgt, ok := target(version)
	if !ok {
		t.Fatal("no target", version)
	}
	var out written
	out.fit, out.changes = legal.Legalize(m, tgt, legal.Options{From: "istio"})
	if err := legal.Verify(out.fit, tgt); err != nil {
		t.Fatalf("%v\n--- asked\n%s\n--- legal\n%s", err, intent.Print(m), intent.Print(out.fit))
	}
	out.objs = write(out.fit, tgt)
	out.back = readBack(t, out.objs, out.fit, version)
	return out
}

// readBack reads what was written, beside workloads with the patches merged in.
func readBack(t testing.TB, objs []*manifest.Object, m *intent.Model, version string) *intent.Model {
	t.Helper()
	inv := m.Inventory
	inv.Workloads = slices.Clone(inv.Workloads)
	in := mesh.Input{Version: version, Env: m.Env, Inventory: &inv}
	for _, o := range objs {
		if o.Patch {
			annotate(inv.Workloads, o)
			continue
		}
		in.Objects = append(in.Objects, source.FromYAML("out.yaml", o.Root.YAML(), source.Options{}))
	}
	slices.SortFunc(in.Objects, source.Compare)
	back, _ := read(in)
	for _, o := range in.Objects {
		if p := o.Root.Problems(); len(p) > 0 {
			t.Errorf("what is written is not valid: %v\n%s", p, yamlOf(t, objs))
		}
	}
	back.Inventory = m.Inventory
	return back
}

// annotate merges a patch into the workload that it is for.
func annotate(all []*intent.Workload, patch *manifest.Object) {
	i := slices.IndexFunc(all, func(w *intent.Workload) bool {
		return w.Kind == patch.Kind && w.Name == intent.Name{Namespace: patch.Namespace, Name: patch.Name}
	})
	c := *all[i]
	c.Annotations = slices.Clone(c.Annotations)
	annotations := patch.Root.Get("spec").Get("template").Get("metadata").Get("annotations")
	for _, kid := range annotations.Kids {
		c.Annotations = append(c.Annotations, intent.Pair{Key: kid.Key, Value: kid.Text})
	}
	all[i] = &c
}

func yamlOf(t testing.TB, objs []*manifest.Object) string {
	t.Helper()
	var b bytes.Buffer
	if err := manifest.WriteYAML(&b, objs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// checkReadBack holds what is written to what was to be written, each step to what
// it declares, and all of it to what was asked for: nobody more is let in.
func checkReadBack(t *testing.T, m *intent.Model, version string) written {
	t.Helper()
	out := translated(t, m.Clone(), version)
	if r := decide.Compare(out.fit, out.back, decide.Options{Defaults: true}); r.Verdict != decide.Same {
		t.Errorf("%s is %s: %+v\n--- legal\n%s\n--- written\n%s\n--- read\n%s", version, r.Verdict, r.Differences, intent.Print(out.fit), yamlOf(t, out.objs), intent.Print(out.back))
	}
	for _, d := range decide.Compare(m, out.back, decide.Options{}).Differences {
		if d.Aspect == intent.Admission && d.Verdict != decide.Narrower {
			t.Errorf("%s lets in what was kept out: %+v\n--- asked\n%s\n--- written\n%s", version, d, intent.Print(m), yamlOf(t, out.objs))
		}
	}
	for _, c := range out.changes {
		if c.Before != nil && c.After != nil {
			checkDeclared(t, c)
		}
	}
	return out
}

// checkDeclared compares the facts of one step before and after it.
func checkDeclared(t *testing.T, c legal.Change) {
	t.Helper()
	declared := map[decide.Verdict]intent.Drift{decide.Narrower: intent.Narrower, decide.Wider: intent.Wider, decide.Different: intent.Other}
	for _, d := range decide.Compare(c.Before, c.After, decide.Options{Defaults: true}).Differences {
		if d.Aspect == intent.Admission && declared[d.Verdict] != c.Drift {
			t.Errorf("%s does more than it says: %s: %+v\n--- before\n%s\n--- after\n%s", c.Pass, c.Summary, d, intent.Print(c.Before), intent.Print(c.After))
		}
	}
}
