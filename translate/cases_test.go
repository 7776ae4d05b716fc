package translate

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the generated sections of testdata/*.txtar")

// targets of every case: each mesh in its default version, and the versions that
// mean something else.
var targets = []string{"istio", "linkerd", "linkerd@2.20-serviceprofile", "consul", "cilium", "gatewayapi", "gatewayapi@istio"}

// TestCases runs testdata/*.txtar. The sections in/* and probes are written by
// hand; the source mesh is the one that a section in/<mesh>.yaml names.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	var shown follow
	t.Cleanup(func() { shown.check(t) })
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			t.Parallel()
			runCase(t, f, &shown)
		})
	}
}

func runCase(t *testing.T, file string, shown *follow) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := newCase(t, a)
	generated := []txtar.File{{Name: "model", Data: []byte(intent.Print(c.model()))}}
	c.probes(t, c.from.Name, c.model())
	same := false
	for _, to := range targets {
		r := c.convert(t, to)
		shown.add(t, to, r)
		c.laws(t, to, r)
		same = same || c.readsBack(to, r)
		out := printed(t, r)
		generated = append(generated,
			txtar.File{Name: "out/" + to + ".yaml", Data: out},
			txtar.File{Name: "out/" + to + ".report", Data: []byte(reportText(r))})
	}
	if c.own().Name == c.from.Name && !same {
		t.Errorf("L2: %s written as %s does not mean the same", c.from.Name, c.from.Name)
	}
	compareSections(t, file, a, generated)
}

// testCase is the input of a case.
type testCase struct {
	archive *txtar.Archive
	from    mesh.Mesh
	in      []txtar.File
	env     *intent.Environment
	lines   []string // probes
}

func newCase(t *testing.T, a *txtar.Archive) *testCase {
	t.Helper()
	c := &testCase{archive: a}
	for _, f := range a.Files {
		name, in := strings.CutPrefix(f.Name, "in/")
		switch {
		case f.Name == "probes":
			c.lines = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
		case in && name == "environment.yaml":
			c.env = environment(t, f)
		case in:
			c.in = append(c.in, f)
			for _, m := range all.Sources {
				if strings.TrimSuffix(name, filepath.Ext(name)) == m.Name {
					c.from = m
				}
			}
		}
	}
	if c.from.Name == "" {
		t.Fatal("no section in/<mesh>.yaml")
	}
	if len(c.lines) == 0 || c.lines[0] == "" {
		t.Error("a case needs probes that a person wrote")
	}
	return c
}

// environment reads what no manifest says.
func environment(t *testing.T, f txtar.File) *intent.Environment {
	t.Helper()
	env, err := inventory.Environment(f.Name, f.Data)
	if err != nil {
		t.Fatal(err)
	}
	return &env
}

// parse reads the input afresh, since reading marks it.
func (c *testCase) parse() Input {
	var in Input
	for _, f := range c.in {
		objs, problems := source.Parse(f.Name, f.Data, source.Options{})
		in.Objects, in.Problems = append(in.Objects, objs...), append(in.Problems, problems...)
	}
	return in
}

func (c *testCase) model() *intent.Model {
	return lift(Side{Input: c.parse(), Mesh: c.from, Env: c.env}).model
}

// own is the mesh in which all of the case can be said: its own, or Istio for
// those that are not written.
func (c *testCase) own() mesh.Mesh {
	if _, written := c.from.Target(first(c.from.Versions)); written {
		return c.from
	}
	return istio.Mesh
}

func (c *testCase) convert(t *testing.T, to string) *Result {
	t.Helper()
	m, version := findMesh(t, to)
	return keptRun(c.parse(), Options{From: c.from, To: m, ToVersion: version, Env: c.env, SourceMap: true})
}

// keptRun is Run, but that the output stays at hand as it was read back.
func keptRun(in Input, o Options) *Result { return compared(in, o).delivered() }

func findMesh(t *testing.T, spelled string) (mesh.Mesh, string) {
	t.Helper()
	name, version, _ := strings.Cut(spelled, "@")
	for _, m := range all.Sources {
		if m.Name == name {
			return m, version
		}
	}
	t.Fatalf("no mesh %s", spelled)
	return mesh.Mesh{}, ""
}

// written begins the name of a mesh in a probe that is about its output, where the
// same mesh is the source.
const written = "written "

// probes asks a model for what a person wrote.
func (c *testCase) probes(t *testing.T, of string, m *intent.Model) {
	t.Helper()
	for _, line := range c.lines {
		p, err := parseProbe(line)
		if err != nil {
			t.Fatal(err)
		}
		want := p.want
		short, _, _ := strings.Cut(of, "@")
		for _, name := range []string{of, strings.TrimPrefix(of, written), short, strings.TrimPrefix(short, written)} {
			if own, ok := p.wantOf[name]; ok {
				want = own
				break
			}
		}
		if got := p.judge(m); got != want {
			t.Errorf("%s: %s\n  got %s", of, p.text, got)
		}
	}
}

// laws holds a conversion to what must be true of every one.
func (c *testCase) laws(t *testing.T, to string, r *Result) {
	t.Helper()
	if r.Manifests != nil {
		c.probes(t, written+to, r.again)
	}
	checkLaws(t, to, r)
	m, version := findMesh(t, to)
	shuffled := c.parse()
	slices.Reverse(shuffled.Objects)
	again := Run(shuffled, Options{From: c.from, To: m, ToVersion: version, Env: c.env})
	if !bytes.Equal(printed(t, r), printed(t, again)) {
		t.Errorf("%s: L5: the order of documents changes the output", to)
	}
	c.lawKeys(t, to, r)
	c.lawAnswered(t, to, r)
}

// checkLaws: L1 the ledger is complete, and each fate has its finding; L4 the
// checks hold.
func checkLaws(t *testing.T, to string, r *Result) {
	t.Helper()
	for _, broken := range lawsBroken(r) {
		t.Errorf("%s: %s", to, broken)
	}
}

// lawsBroken says which of the laws that hold for every result do not for one.
func lawsBroken(r *Result) []string {
	var out []string
	for _, f := range r.Findings {
		if f.Code == diag.CheckFailed {
			out = append(out, fmt.Sprintf("L4: %s\n  %s\n  %s", f.Summary, f.Detail, f.Witness))
		}
	}
	for e := range r.Ledger.All() {
		switch e.Fate {
		case ledger.Drifted, ledger.Dropped, ledger.Withheld, ledger.Unknown:
			if e.Finding == "" || e.Finding == diag.Unaccounted {
				out = append(out, fmt.Sprintf("L1: %s is %s without a finding: %s", e.Ref, e.Fate, e.Why))
			}
		case "":
			out = append(out, fmt.Sprintf("L1: %s has no fate", e.Ref))
		}
	}
	return out
}

func printed(t *testing.T, r *Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := manifest.WriteYAML(&b, slices.Concat(r.Manifests, r.Patches)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// reportText is the golden form of findings and of values that were not carried.
func reportText(r *Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "verdict %s, with defaults %s\n", r.Verdict, r.VerdictWithDefaults)
	for _, f := range r.Findings {
		at := ""
		if len(f.At) > 0 {
			at = f.At[0].Pos.String() + " "
		}
		fmt.Fprintf(&b, "%s%s %s: %s\n", at, f.Severity, f.Code, f.Summary)
	}
	for e := range r.Ledger.All() {
		if e.Fate != ledger.Carried && e.Fate != ledger.Ignored {
			fmt.Fprintf(&b, "%s %s %s\n", e.Ref.Pos, e.Fate, e.Ref.Path)
		}
	}
	return b.String()
}

// compareSections holds the generated sections to those of the file, or writes
// them.
func compareSections(t *testing.T, file string, a *txtar.Archive, generated []txtar.File) {
	t.Helper()
	isInput := func(name string) bool { return name == "probes" || strings.HasPrefix(name, "in/") }
	if *update {
		out := &txtar.Archive{Comment: a.Comment}
		for _, f := range a.Files {
			if isInput(f.Name) {
				out.Files = append(out.Files, f)
			}
		}
		out.Files = append(out.Files, generated...)
		if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	golden := map[string][]byte{}
	for _, f := range a.Files {
		golden[f.Name] = f.Data
	}
	for _, g := range generated {
		if want := golden[g.Name]; !bytes.Equal(bytes.TrimSpace(want), bytes.TrimSpace(g.Data)) {
			t.Errorf("%s differs (run with -update and read the diff)\nwant\n%s\ngot\n%s", g.Name, want, g.Data)
		}
	}
}
