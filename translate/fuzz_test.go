package translate

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"

	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/mesh/smi"
	"github.com/transmesh/transmesh/pkg/source"
	"golang.org/x/tools/txtar"
)

// fuzzFates makes the fuzz targets stricter than random bytes can be held to in a
// few seconds: what is lost has a finding too.
var fuzzFates = flag.Bool("fuzz-fates", false, "hold fuzzed documents to L1: what is lost has a finding")

// The fuzz targets, one a reader: whatever the documents hold, translating them
// to any mesh ends without a panic, and every value has its fate.

func FuzzIstio(f *testing.F)      { fuzzReader(f, istio.Mesh) }
func FuzzLinkerd(f *testing.F)    { fuzzReader(f, linkerd.Mesh) }
func FuzzConsul(f *testing.F)     { fuzzReader(f, consul.Mesh) }
func FuzzCilium(f *testing.F)     { fuzzReader(f, cilium.Mesh) }
func FuzzGatewayAPI(f *testing.F) { fuzzReader(f, gatewayapi.Mesh) }
func FuzzSMI(f *testing.F)        { fuzzReader(f, smi.Mesh) }

// mostFuzzed bounds the input, so that the fuzzer spends its time on what
// documents say.
const mostFuzzed = 16 << 10

func fuzzReader(f *testing.F, from mesh.Mesh) {
	seedCases(f, from)
	seedCorpus(f, from)
	f.Fuzz(func(t *testing.T, text string, hcl bool, to uint8) {
		if len(text) > mostFuzzed {
			return
		}
		name := "in.yaml"
		if hcl {
			name = "in.hcl"
		}
		objs, problems := source.Parse(name, []byte(text), source.Options{})
		m, version := findMesh(t, targets[int(to)%len(targets)])
		r := Run(Input{Objects: objs, Problems: problems}, Options{From: from, To: m, ToVersion: version})
		for e := range r.Ledger.All() {
			lost := e.Fate == ledger.Dropped || e.Fate == ledger.Withheld || e.Fate == ledger.Unknown
			if e.Fate == "" || *fuzzFates && lost && (e.Finding == "" || e.Finding == diag.Unaccounted) {
				t.Errorf("%s has fate %q with finding %q", e.Ref, e.Fate, e.Finding)
			}
		}
	})
}

// seedCases seeds with the inputs of the cases of a mesh.
func seedCases(f *testing.F, from mesh.Mesh) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatal("no cases", err)
	}
	for i, name := range files {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		var text []string
		ours := false
		for _, file := range a.Files {
			if in, ok := strings.CutPrefix(file.Name, "in/"); ok && strings.HasSuffix(in, ".yaml") && in != "environment.yaml" {
				text = append(text, string(file.Data))
				ours = ours || in == from.Name+".yaml"
			}
		}
		if ours {
			f.Add(strings.Join(text, "---\n"), false, uint8(i))
		}
	}
}

// seedCorpus seeds with the corpus, where it is there.
func seedCorpus(f *testing.F, from mesh.Mesh) {
	files, err := filepath.Glob(filepath.Join("..", "..", "shared", "corpus", from.Name, "*", "*"))
	if err != nil {
		f.Fatal(err)
	}
	for i, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data), strings.HasSuffix(name, ".hcl"), uint8(i))
	}
}
