package translate

import (
	"cmp"
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"github.com/transmesh/transmesh/pkg/mesh"
)

var (
	runShare = flag.Int("mutatedruns", 60, "TestMutatedRuns tries every so-manieth change; 1 is all")
	runTo    = flag.String("mutatedto", "", "the mesh that TestMutatedRuns translates to; the sets' own if absent")
)

// TestMutatedRuns translates the cases with one value changed, removed, or null, to their
// own mesh: nothing panics, and all is accounted for. That the output does not mean what was
// to be written the user is told, and it is logged here.
func TestMutatedRuns(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		c := newCase(t, a)
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			t.Parallel()
			tried := 0
			for _, s := range c.sets(t) {
				s.prepare(mutator{}, istioTarget(t))
				s.runs(t, &tried)
			}
		})
	}
}

func istioTarget(t *testing.T) mesh.Mesh {
	m, _ := findMesh(t, "istio")
	return m
}

// runs translates the set with each change of a share of them.
func (s *documentSet) runs(t *testing.T, tried *int) {
	to, version := s.mesh, s.version
	if _, ok := to.Target(cmp.Or(version, first(to.Versions))); !ok { // a source only
		to, version = istioTarget(t), ""
	}
	if *runTo != "" {
		to, version = findMesh(t, *runTo)
	}
	for doc, mutants := range s.mutants {
		for _, x := range mutants {
			all := []mutant{x}
			if n := nodeAt(s.docs[doc], x.at); x.kind == entryGone && n != nil {
				all = append(all, nulled(n, x.at))
			}
			for _, x := range all {
				if *tried++; *tried%*runShare == 0 {
					s.translated(t, doc, x, Options{From: s.mesh, FromVersion: s.version, To: to, ToVersion: version, Env: s.env})
				}
			}
		}
	}
}

func (s *documentSet) translated(t *testing.T, doc int, x mutant, o Options) {
	object := s.object(doc)
	defer x.apply()()
	what := func() string {
		text, _ := yaml.Marshal(s.docs)
		return string(text)
	}
	defer func() {
		if p := recover(); p != nil {
			t.Logf("%s: %s: %s at %s, of\n%s", s.name, object, x.kind, x.at, what())
			panic(p)
		}
	}()
	for _, broken := range lawsBroken(keptRun(s.input(), o)) {
		if strings.HasPrefix(broken, "L4: ") {
			t.Logf("%s: %s: %s at %s: %s", s.name, object, x.kind, x.at, broken)
			continue
		}
		t.Errorf("%s: %s: %s at %s (%q to %q): %s", s.name, object, x.kind, x.at, x.was, x.is, broken)
	}
}

const null mutation = "null"

// nulled is null in the place of a value.
func nulled(n *yaml.Node, at string) mutant {
	return mutant{kind: null, at: at, apply: func() func() {
		was := *n
		*n = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null", Line: was.Line, Column: was.Column}
		return func() { *n = was }
	}}
}
