package cilium

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate/conformance/cilium/engine"
)

// TestCases judges the golden cases of the project: all that they write for
// Cilium, what they read of it, and the probes about admission.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	var n answers
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) { n.judgeCase(t, f) })
	}
	t.Logf("%d answers: %d allow, %d deny; %d questions that the engine cannot tell", n.allowed+n.denied, n.allowed, n.denied, n.skipped)
	if n.allowed < 100 || n.denied < 100 {
		t.Error("too few answers on one side")
	}
}

// answers counts what was asked.
type answers struct{ allowed, denied, skipped int }

func (n *answers) judgeCase(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, f := range a.Files {
		sections[f.Name] = string(f.Data)
	}
	env := environment(t, sections)
	engine.Enforce(env.Cilium.Enforcement)
	defer engine.Enforce("default")
	if in, there := sections["in/cilium.yaml"]; there {
		c, err := start(documents(in), nil)
		switch {
		case err == nil:
			n.probe(t, "in/cilium.yaml", c, sections["probes"], env.TrustDomain)
		case !strings.Contains(sections["out/cilium.report"], " error "):
			t.Errorf("Cilium refuses the input, and no finding is an error: %v", err)
		}
	}
	c, err := start(documents(sections["out/cilium.yaml"]), nil)
	if err != nil {
		t.Fatalf("Cilium refuses what is written: %v", err)
	}
	if strings.TrimSpace(sections["out/cilium.yaml"]) != "" {
		n.probe(t, "out/cilium.yaml", c, sections["probes"], env.TrustDomain)
	}
}

// environment is what the case's file says of the meshes, and what the source's
// own configuration among its manifests says.
func environment(t *testing.T, sections map[string]string) intent.Environment {
	t.Helper()
	env := intent.Defaults()
	if text, there := sections["in/environment.yaml"]; there {
		var err error
		if env, err = inventory.Environment("environment.yaml", []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range all.Meshes {
		if _, is := sections["in/"+m.Name+".yaml"]; is && m.Configure != nil {
			objs, _ := source.Parse("cluster.yaml", []byte(sections["in/cluster.yaml"]), source.Options{})
			env, _ = m.Configure(objs, env)
		}
	}
	return env
}

// documents are the manifests of a stream.
func documents(stream string) []string {
	return slices.DeleteFunc(strings.Split("\n"+stream, "\n---\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// probe asks the engine what a person asked of workloads.
func (n *answers) probe(t *testing.T, name string, c *engine.Cluster, probes, trust string) {
	t.Helper()
	for _, line := range strings.Split(probes, "\n") {
		question, wants, _ := strings.Cut(line, " -> ")
		r, ok := asked(question, trust)
		if !ok || strings.Contains(question, "token bad") {
			if strings.HasPrefix(line, "at ") {
				n.skipped++
			}
			continue
		}
		got, err := c.Judge(r)
		if err != nil {
			t.Errorf("%s: %s: %v", name, line, err)
			continue
		}
		want, _, _ := strings.Cut(answerOf(wants), " ")
		if r.To.IsWorld() {
			want = "allow"
			if strings.HasSuffix(answerOf(wants), " deny") {
				want = ""
			}
		}
		if got.Allowed() {
			n.allowed++
		} else {
			n.denied++
		}
		if got.Allowed() != (want == "allow") {
			t.Errorf("%s: %s\n  the engine says %+v", name, line, got)
		}
	}
}

// answerOf is the answer that concerns Cilium.
func answerOf(answers string) string {
	all := strings.Split(answers, "; ")
	i := slices.IndexFunc(all, func(s string) bool { return strings.HasPrefix(s, "cilium: ") })
	if i < 0 {
		return strings.TrimSpace(all[0])
	}
	return strings.TrimPrefix(all[i], "cilium: ")
}
