package translate

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
	"golang.org/x/tools/txtar"
)

var (
	joinedSets = flag.Int("joined", 150, "how many sets of cases TestJoined joins")
	joinedSeed = flag.Uint64("joinedseed", 60, "what they follow from")
)

// mostFaults is how many of a hundred joined sets may end in a fault that the checks find
// themselves, and then deliver nothing.
const mostFaults = 1

// TestJoined joins the inputs of two or three cases of one mesh, where an object of one may
// stand in the place of another's, and converts them in different environments: nothing
// panics, and the order of documents changes nothing. What the checks find is told and
// counted.
func TestJoined(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	of := map[string][]*testCase{}
	var meshes []mesh.Mesh
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		c := newCase(t, a)
		if of[c.from.Name] == nil {
			meshes = append(meshes, c.from)
		}
		of[c.from.Name] = append(of[c.from.Name], c)
	}
	g := rand.New(rand.NewPCG(*joinedSeed, 0))
	faults := 0
	for range *joinedSets {
		from := meshes[g.IntN(len(meshes))]
		in, text := joinedInput(g, of[from.Name])
		to, version := findMesh(t, targets[g.IntN(len(targets))])
		o := Options{From: from, To: to, ToVersion: version, Env: someEnvironment(g)}
		r := runGuarded(t, text, in(), o)
		back := in()
		slices.Reverse(back.Objects)
		if again := Run(back, o); !bytes.Equal(printed(t, r), printed(t, again)) {
			t.Errorf("to %s: the order of documents changes the output of\n%s", to.Name, text)
		}
		for _, broken := range lawsBroken(r) {
			if !strings.HasPrefix(broken, "L4") {
				t.Errorf("to %s: %s\n%s", to.Name, broken, text)
			}
		}
		if i := slices.IndexFunc(r.Findings, func(d diag.Diagnostic) bool { return d.Code == diag.CheckFailed }); i >= 0 {
			t.Logf("%s to %s: %s: %s", from.Name, to.Name, r.Findings[i].Summary, r.Findings[i].Detail)
			faults++
		}
	}
	if t.Logf("%d sets, %d with a fault", *joinedSets, faults); 100*faults > mostFaults**joinedSets {
		t.Error("too many faults")
	}
}

// joinedInput are the documents of two or three cases, without those whose place is taken, each
// time anew; text is all of them.
func joinedInput(g *rand.Rand, cases []*testCase) (in func() Input, text []byte) {
	var chosen []*testCase
	for range 2 + g.IntN(2) {
		c := cases[g.IntN(len(cases))]
		chosen = append(chosen, c)
		for _, f := range c.in {
			text = append(append(text, "---\n"...), f.Data...)
		}
	}
	return func() Input {
		var all Input
		taken := map[string]bool{}
		for _, c := range chosen {
			part := c.parse()
			all.Problems = append(all.Problems, part.Problems...)
			all.Objects = append(all.Objects, slices.DeleteFunc(part.Objects, func(o *source.Object) bool {
				was := taken[o.Ref().Object]
				taken[o.Ref().Object] = true
				return was
			})...)
		}
		return all
	}, text
}

// someEnvironment is one of a few.
func someEnvironment(g *rand.Rand) *intent.Environment {
	e := intent.Defaults()
	switch g.IntN(4) {
	case 0:
		e.Complete.Services, e.Complete.Workloads = true, true
	case 1:
		e.Consul.DefaultIntention, e.Linkerd.DefaultInbound = "deny", "deny"
	case 2:
		e.Cilium.Enforcement, e.Linkerd.DefaultInbound = "always", "all-authenticated"
	}
	return &e
}
