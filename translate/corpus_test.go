package translate

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/source"
)

var corpus = flag.String("corpus", "", "folder with a folder of manifests for each mesh; the shared corpus by default")

// corpusDir finds the corpus, or skips the test.
func corpusDir(t testing.TB) string {
	t.Helper()
	if *corpus != "" {
		return *corpus
	}
	dir := filepath.Join("..", "..", "shared", "corpus")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("TRANSMESH_REQUIRE_SHARED") == "1" {
			t.Fatalf("no corpus at %s", dir)
		}
		t.Skipf("no corpus at %s: give one with -corpus", dir)
	}
	return dir
}

// TestCorpus translates every file of the corpus alone, and the files of
// testdata/sets together, from its mesh to every target, its own among them. It
// prints what became of the values.
func TestCorpus(t *testing.T) {
	dir := corpusDir(t)
	all := &doubts{of: map[string]doubt{}}
	t.Run("files", func(t *testing.T) { all.collect(t, dir) })
	if *corpus == "" && !t.Failed() {
		all.check(t)
	}
}

// collect translates all.
func (d *doubts) collect(t *testing.T, dir string) {
	for _, from := range []string{"istio", "linkerd", "consul", "cilium", "gatewayapi", "smi"} {
		inputs := corpusInputs(t, dir, from)
		for _, to := range targets {
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				s := statistics{why: map[string]int{}, fates: map[ledger.Fate]int{}, codes: map[diag.Code]int{}, verdicts: map[decide.Verdict]int{}, shown: showing{}}
				for _, name := range slices.Sorted(maps.Keys(inputs)) {
					s.add(t, from, to, name, inputs[name])
				}
				t.Log(s.String())
				d.add(from+" to "+to, doubt{s.inputs, s.verdicts[decide.Unsure], s.why})
			})
		}
	}
}

// corpusInputs are the file names of each input by name.
func corpusInputs(t *testing.T, dir, from string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, from, "*", "*.*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files of", from, err)
	}
	out := map[string][]string{}
	for _, f := range files {
		out[filepath.Base(f)] = []string{f}
	}
	if from == "istio" {
		for _, set := range []string{"bookinfo", "boutique"} {
			out["set "+set] = setFiles(t, dir, set)
		}
	}
	return out
}

// setFiles are the files of an application, relative to the corpus.
func setFiles(t testing.TB, dir, set string) []string {
	t.Helper()
	list, err := os.ReadFile(filepath.Join("..", "testdata", "sets", set+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(list)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, filepath.Join(dir, line))
		}
	}
	return out
}

// readFiles parses files as one input.
func readFiles(t testing.TB, files []string) Input {
	t.Helper()
	var in Input
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		objs, problems := source.Parse(filepath.Base(f), data, source.Options{})
		in.Objects, in.Problems = append(in.Objects, objs...), append(in.Problems, problems...)
	}
	return in
}

// statistics sums up the translations of a direction.
type statistics struct {
	inputs, documents, written int
	fates                      map[ledger.Fate]int
	codes                      map[diag.Code]int
	verdicts                   map[decide.Verdict]int
	shown                      showing
	why                        map[string]int // of verdicts that are unsure
}

func (s *statistics) add(t *testing.T, from, to, name string, files []string) {
	source, _ := findMesh(t, from)
	target, version := findMesh(t, to)
	r := Run(readFiles(t, files), Options{From: source, To: target, ToVersion: version, SourceMap: true})
	checkLaws(t, name+" to "+to, r)
	s.shown.add(t, name+" to "+to, r)
	s.inputs++
	s.verdicts[r.Verdict]++
	for k := range whyUnsure(r) {
		s.why[k]++
	}
	s.documents += r.Documents
	s.written += len(r.Manifests) + len(r.Patches)
	for e := range r.Ledger.All() {
		s.fates[e.Fate]++
	}
	for _, f := range r.Findings {
		s.codes[f.Code]++
	}
}

func (s *statistics) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d inputs, %d documents, %d objects written", s.inputs, s.documents, s.written)
	for _, v := range slices.Sorted(maps.Keys(s.verdicts)) {
		fmt.Fprintf(&b, ", %d %s", s.verdicts[v], v)
	}
	for _, k := range slices.Sorted(maps.Keys(s.why)) {
		fmt.Fprintf(&b, "\n  unsure for %s %d", k, s.why[k])
	}
	for _, f := range slices.Sorted(maps.Keys(s.fates)) {
		fmt.Fprintf(&b, "\n  %s %d", f, s.fates[f])
	}
	for _, c := range slices.Sorted(maps.Keys(s.codes)) {
		fmt.Fprintf(&b, "\n    %s %d", c, s.codes[c])
	}
	fmt.Fprintf(&b, "\n  of the carried values show: %s", s.shown)
	return b.String()
}
