package linkerd

import (
	"bytes"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
	typed "github.com/transmesh/transmesh/pkg/typed/linkerd"
)

// fitted legalizes a model for a version and verifies the result.
func fitted(t testing.TB, m *intent.Model, from, version string) (*intent.Model, legal.Target, []legal.Change) {
	t.Helper()
	tgt, ok := target(version)
	if !ok {
		t.Fatal("no target", version)
	}
	fit, changes := legal.Legalize(m, tgt, legal.Options{From: from})
	if err := legal.Verify(fit, tgt); err != nil {
		t.Fatalf("%s: %v\n--- asked\n%s\n--- legal\n%s", version, err, intent.Print(m), intent.Print(fit))
	}
	return fit, tgt, changes
}

// writtenText prints objects.
func writtenText(t testing.TB, objs []*manifest.Object) string {
	t.Helper()
	var b bytes.Buffer
	if err := manifest.WriteYAML(&b, objs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// readBack reads what was written beside an inventory, into which patches are
// merged.
func readBack(t testing.TB, objs []*manifest.Object, m *intent.Model, version string) *intent.Model {
	t.Helper()
	in := mesh.Input{Version: version, Env: m.Env, Inventory: patched(m.Inventory, objs)}
	var leaves []*source.Object
	for _, o := range objs {
		if o.Patch {
			continue
		}
		read := source.FromYAML("out.yaml", o.Root.YAML(), source.Options{})
		if ours(read) {
			in.Objects = append(in.Objects, read)
		} else {
			leaves = append(leaves, read)
		}
	}
	slices.SortFunc(in.Objects, source.Compare)
	back, _ := read(in)
	for _, o := range in.Objects {
		if p := o.Root.Problems(); len(p) > 0 {
			t.Errorf("what is written is not valid: %v\n%s", p, writtenText(t, objs))
		}
	}
	back.Leaves, back.Inventory = inventory.Read(leaves).Services, m.Inventory
	return back
}

// patched is an inventory with the annotations of patches.
func patched(inv intent.Inventory, objs []*manifest.Object) *intent.Inventory {
	for _, o := range objs {
		if !o.Patch {
			continue
		}
		read := inventory.Read([]*source.Object{source.FromYAML("patch.yaml", o.Root.YAML(), source.Options{})})
		for _, s := range read.Services {
			inv.Services = replaced(inv.Services, func(x *intent.Service) bool { return x.Name == s.Name }, func(x *intent.Service) { x.Annotations = s.Annotations }, s)
		}
		for _, n := range read.Namespaces {
			inv.Namespaces = replaced(inv.Namespaces, func(x *intent.Namespace) bool { return x.Name == n.Name }, func(x *intent.Namespace) { x.Annotations = n.Annotations }, n)
		}
		for _, w := range read.Workloads {
			inv.Workloads = replaced(inv.Workloads, func(x *intent.Workload) bool { return x.Name == w.Name && x.Kind == w.Kind }, func(x *intent.Workload) { x.Annotations = w.Annotations }, w)
		}
	}
	return &inv
}

// replaced changes a copy of the element that is meant, or adds one.
func replaced[T any](all []*T, meant func(*T) bool, change func(*T), added *T) []*T {
	out := slices.Clone(all)
	i := slices.IndexFunc(out, meant)
	if i < 0 {
		return append(out, added)
	}
	c := *out[i]
	change(&c)
	out[i] = &c
	return out
}

// checkReadBack holds what is written to the upstream types, to what was to be
// written, and to what was asked for: nobody more is let in.
func checkReadBack(t *testing.T, m *intent.Model, from, version string) translated {
	t.Helper()
	fit, tgt, changes := fitted(t, m.Clone(), from, version)
	objs := write(fit, tgt)
	if _, err := typed.Objects(objs); err != nil {
		t.Errorf("%s: %v\n%s", version, err, writtenText(t, objs))
	}
	back := readBack(t, objs, fit, version)
	if r := decide.Compare(fit, back, decide.Options{Defaults: true}); r.Verdict != decide.Same {
		t.Errorf("%s is %s: %+v\n--- legal\n%s\n--- written\n%s\n--- read\n%s", version, r.Verdict, r.Differences, intent.Print(fit), writtenText(t, objs), intent.Print(back))
	}
	for _, d := range decide.Compare(m, back, decide.Options{}).Differences {
		if d.Aspect == intent.Admission && d.Verdict != decide.Narrower {
			t.Errorf("%s lets in what was kept out: %+v\n--- asked\n%s\n--- written\n%s", version, d, intent.Print(m), writtenText(t, objs))
		}
	}
	return translated{fit, back, objs, changes}
}

// translated is a model as fitted, as written and as read back.
type translated struct {
	fit, back *intent.Model
	objs      []*manifest.Object
	changes   []legal.Change
}

// narrower reports whether less is let in than was asked for.
func (tr translated) narrower() bool {
	return slices.ContainsFunc(tr.changes, func(c legal.Change) bool { return c.Drift == intent.Narrower })
}
