package consul

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
)

// TestAccepted writes what every case of the project, the shop in every dialect
// and every file of the corpus become in Consul to a server, in the order in which
// it is printed, under both default policies. The server takes all of it and
// lives; and what its sidecars then enforce, and where they send requests, is what
// transmesh reads in the same manifests.
func TestAccepted(t *testing.T) {
	agents := start(t)
	inputs := slices.Concat(goldenCases(t), shops(t), corpus(t))
	entries, judged, outside := 0, 0, 0
	var n tally
	for _, i := range inputs {
		for _, policy := range policies {
			out := i.written(t, policy)
			entries += len(out.entries)
			if len(out.entries) == 0 || out.model.Env.Consul.DefaultIntention != policy { // it configures another agent
				continue
			}
			if len(callsOutside(out.model)) > 0 {
				outside++
			}
			if !t.Run(i.name+" "+policy, func(t *testing.T) { out.judge(t, agents[policy], &n) }) && !agents[policy].Alive() {
				t.Fatalf("the server is gone:\n%s", agents[policy].Stderr())
			}
			judged++
		}
	}
	t.Logf("%d inputs, %d entries taken in %d sets; %s", len(inputs), entries, judged, n)
	if entries < 500 || outside < 10 {
		t.Errorf("hardly anything is written, or known outside: %d entries, %d sets", entries, outside)
	}
}

// output is what an input becomes.
type output struct {
	text    string
	entries [][]byte
	model   *intent.Model
}

// written translates, and reads what is printed again.
func (i input) written(t *testing.T, policy string) output {
	t.Helper()
	env := i.under(policy)
	r := translate.Run(i.parse(), translate.Options{From: i.from, To: consul.Mesh, Env: &env, PassThrough: true})
	for _, d := range r.Findings {
		if d.Code == diag.CheckFailed {
			t.Errorf("%s: %s %s", i.name, d.Summary, d.Witness)
		}
	}
	return printed(t, i.name, slices.Concat(r.Manifests, r.Patches), r.Legal.Env)
}

// printed is what manifests come to: entries for the server, and a model.
func printed(t *testing.T, name string, objs []*manifest.Object, env intent.Environment) output {
	t.Helper()
	var b bytes.Buffer
	if err := manifest.WriteYAML(&b, objs); err != nil {
		t.Fatal(err)
	}
	out := output{text: b.String()}
	ours, _ := consul.Entries(objs)
	for _, e := range ours {
		for _, n := range bootstrapped(e.Root) {
			text, err := n.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			out.entries = append(out.entries, text)
		}
	}
	parsed, problems := source.Parse("output.yaml", b.Bytes(), source.Options{})
	if len(problems) > 0 {
		t.Fatalf("%s: %v", name, problems)
	}
	out.model = lifted(parsed, env)
	return out
}

// bootstrapped are the entries of an agent's configuration, or the one that it is.
func bootstrapped(n *manifest.Node) []*manifest.Node {
	if entries := n.Get("config_entries"); entries != nil {
		return entries.Get("bootstrap").Items()
	}
	return []*manifest.Node{n}
}

// judge has the server take the entries, and holds it to the model.
func (o output) judge(t *testing.T, a *engine.Agent, n *tally) {
	defer cleaned(t, a)
	w := newWorld(t, a, o.entries, o.model)
	for _, s := range w.services {
		if w.ambiguous(s) || w.absent(s) {
			continue
		}
		if wrong := w.settled(t, func(n *tally) []string { return w.decisions(s, n) }, n); len(wrong) > 0 {
			t.Errorf("%s: %d of\n%s\n%s\n%s", s, len(wrong), wrong[0], o.text, intent.Print(o.model))
		}
	}
	if wrong := w.leaving(t, n); len(wrong) > 0 {
		t.Errorf("%d of\n%s\n%s\n%s", len(wrong), strings.Join(wrong, "\n"), o.text, intent.Print(o.model))
	}
	for _, e := range o.model.Entries {
		if e.Class != consul.Name || kept(o.model) {
			continue
		}
		w.certify(t, e)
		if wrong := w.entered(t, e, n); len(wrong) > 0 {
			t.Errorf("%s: %d of\n%s\n%s\n%s", e.Name, len(wrong), wrong[0], o.text, intent.Print(o.model))
		}
	}
}

// decisions are both who is let in and where requests go.
func (w *world) decisions(service string, n *tally) []string {
	return slices.Concat(w.admission(service, n), w.routing(service, n))
}
