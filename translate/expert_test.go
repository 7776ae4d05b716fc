package translate

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/source"
)

// reasons say why the output differs from what an expert wrote by hand before
// any output was seen, for each object of one that the other lacks. A difference
// without a reason fails.
var reasons = map[string]string{}

// TestExpert compares the objects written for two applications with those that
// an expert would write: their kinds, names and counts.
func TestExpert(t *testing.T) {
	dir := corpusDir(t)
	for _, set := range []string{"bookinfo", "boutique"} {
		for _, to := range []string{"linkerd", "gatewayapi"} {
			t.Run(set+" to "+to, func(t *testing.T) { compareExpert(t, dir, set, to) })
		}
	}
}

func compareExpert(t *testing.T, dir, set, to string) {
	from, _ := findMesh(t, "istio")
	target, _ := findMesh(t, to)
	r := Run(readFiles(t, setFiles(t, dir, set)), Options{From: from, To: target})
	checkLaws(t, set+" to "+to, r)
	ours, experts := map[string]int{}, map[string]int{}
	for _, m := range r.Manifests {
		ours[m.Kind+" "+m.Namespace+"/"+m.Name]++
	}
	data, err := os.ReadFile(filepath.Join("..", "testdata", "expert", set, to+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	objs, problems := source.Parse(to+".yaml", data, source.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, o := range objs {
		experts[o.Kind+" "+o.Namespace+"/"+o.Name]++
	}
	names := slices.Concat(slices.Collect(maps.Keys(ours)), slices.Collect(maps.Keys(experts)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		difference(t, set+" to "+to+": "+name, ours[name], experts[name])
	}
	t.Logf("%d objects, of the expert %d", len(r.Manifests), len(objs))
}

func difference(t *testing.T, name string, ours, experts int) {
	t.Helper()
	reason := reasons[name]
	switch {
	case ours == experts && reason != "":
		t.Errorf("%s: no difference any more, but a reason for one", name)
	case ours == experts:
	case reason == "":
		t.Errorf("%s: %d written, %d by the expert, without a reason", name, ours, experts)
	default:
		t.Log(fmt.Sprintf("%s: %d written, %d by the expert: %s", name, ours, experts, strings.TrimSpace(reason)))
	}
}
