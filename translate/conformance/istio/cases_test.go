package conformance

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate/conformance/istio/engine"
)

// TestCases judges the golden cases of the project: every object of Istio's or
// the Gateway API's that they hold, and the probes about admission.
func TestCases(t *testing.T) {
	schemas := engine.NewSchemas(t)
	files, err := filepath.Glob("../../../testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) { judgeCase(t, schemas, f) })
	}
}

func judgeCase(t *testing.T, schemas engine.Schemas, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string][]byte{}
	for _, f := range a.Files {
		sections[f.Name] = f.Data
	}
	for _, name := range []string{"out/istio.yaml", "out/gatewayapi.yaml", "out/gatewayapi@istio.yaml"} {
		for _, err := range faults(schemas, sections[name]) {
			t.Errorf("%s: %v", name, err)
		}
	}
	in := sections["in/istio.yaml"]
	if found := faults(schemas, in); len(found) > 0 && !strings.Contains(string(sections["out/istio.report"]), " error ") {
		t.Errorf("Istio rejects the input, and no finding is an error: %v", found)
	}
	env := environment(t, sections)
	for _, name := range []string{"in/istio.yaml", "out/istio.yaml"} {
		if manifests, there := sections[name]; there && len(faults(schemas, manifests)) == 0 {
			probeCase(t, name, manifests, sections["probes"], env)
		}
	}
}

// faults are what the definitions and the admission webhook have against
// manifests.
func faults(schemas engine.Schemas, manifests []byte) []error {
	var out []error
	if err := schemas.Validate(manifests); err != nil {
		out = append(out, err)
	}
	objs, err := engine.Parse(manifests)
	if err != nil {
		out = append(out, err)
	}
	for _, o := range objs {
		if err := o.Validate(); err != nil {
			out = append(out, err)
		}
	}
	return out
}

// environment is what the case's file says of the mesh, and what the mesh's own
// configuration among its manifests says.
func environment(t *testing.T, sections map[string][]byte) *intent.Environment {
	t.Helper()
	env := intent.Defaults()
	if text, there := sections["in/environment.yaml"]; there {
		var err error
		if env, err = inventory.Environment("environment.yaml", text); err != nil {
			t.Fatal(err)
		}
	}
	objs, problems := source.Parse("cluster.yaml", sections["in/cluster.yaml"], source.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	env, _ = istio.Mesh.Configure(objs, env)
	return &env
}

// otherwise are questions that the engine answers otherwise than the model, with
// what was seen.
var otherwise = map[string]string{}

// probeCase asks the engine what a person asked of workloads. Questions about
// invalid tokens are answered before any policy.
func probeCase(t *testing.T, name string, manifests, probes []byte, env *intent.Environment) {
	t.Helper()
	var lines []string
	for _, line := range strings.Split(string(probes), "\n") {
		if strings.HasPrefix(line, "at ") && !strings.Contains(line, "token bad") {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return
	}
	c := clusterOf(t, manifests, env)
	for _, line := range lines {
		question, answers, _ := strings.Cut(line, " -> ")
		want, _, _ := strings.Cut(answerOf(answers), " ")
		got := c.judge(ask(t, bare(), question))
		agree := got == want || want == "ask" && got == "deny"
		switch known := otherwise[name+" "+question] != ""; {
		case agree && known:
			t.Errorf("%s: %s\n  the engine agrees by now: take it off the list", name, line)
		case !agree && !known:
			t.Errorf("%s: %s\n  the engine says %s", name, line, got)
		}
	}
}

// answerOf is the answer that concerns Istio.
func answerOf(answers string) string {
	all := strings.Split(answers, "; ")
	i := slices.IndexFunc(all, func(s string) bool { return strings.HasPrefix(s, "istio: ") })
	if i < 0 {
		return strings.TrimSpace(all[0])
	}
	return strings.TrimPrefix(all[i], "istio: ")
}
