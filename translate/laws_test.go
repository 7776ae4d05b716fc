package translate

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"
)

// readsBack reports L2 of one target: what is written for the mesh that it was
// read from means the same. Of several versions one must say all. A case may declare
// that its mesh is not asked for all again, and lets in less then. Of a case that
// declares that the mesh refuses some of its input nobody knows what is in force,
// so that the verdict must be unsure, and a finding must say what is refused.
func (c *testCase) readsBack(to string, r *Result) bool {
	name, _, _ := strings.Cut(to, "@")
	if name != c.from.Name {
		return false
	}
	if strings.Contains(string(c.archive.Comment), "\nNarrower: ") {
		return r.VerdictWithDefaults == decide.Narrower
	}
	if !strings.Contains(string(c.archive.Comment), "\nRefused: ") {
		return r.VerdictWithDefaults == decide.Same
	}
	invalid := func(f diag.Diagnostic) bool {
		return f.Code == diag.InvalidValue || f.Code == diag.InvalidRegex || f.Code == diag.WrongType || f.Code == diag.Withheld
	}
	return r.VerdictWithDefaults == decide.Unsure && slices.ContainsFunc(r.Findings, invalid)
}

// lawKeys is L5 for the keys of maps; that for documents is in laws. What is kept
// verbatim keeps its order.
func (c *testCase) lawKeys(t *testing.T, to string, r *Result) {
	t.Helper()
	m, version := findMesh(t, to)
	var in Input
	for _, f := range c.in {
		objs, problems := source.Parse(f.Name, reversed(t, f.Data), source.Options{})
		in.Objects, in.Problems = append(in.Objects, objs...), append(in.Problems, problems...)
	}
	again := Run(in, Options{From: c.from, To: m, ToVersion: version, Env: c.env})
	kept := slices.ContainsFunc(r.Source.Opaque, func(o *intent.Opaque) bool { return o.Whole != nil })
	if !kept && !bytes.Equal(printed(t, r), printed(t, again)) {
		t.Errorf("%s: L5: the order of keys changes the output", to)
	}
}

// reversed writes the maps of documents in reverse order.
func reversed(t *testing.T, data []byte) []byte {
	return edited(t, data, func(n *yaml.Node) {
		if n.Kind != yaml.MappingNode {
			return
		}
		slices.Reverse(n.Content)
		for i := 0; i+1 < len(n.Content); i += 2 {
			n.Content[i], n.Content[i+1] = n.Content[i+1], n.Content[i]
		}
	})
}

// edited visits the nodes of all documents and writes them again.
func edited(t *testing.T, data []byte, visit func(*yaml.Node)) []byte {
	t.Helper()
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); err != nil {
			break
		}
		walkYAML(&doc, visit)
		if err := enc.Encode(&doc); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func walkYAML(n *yaml.Node, visit func(*yaml.Node)) {
	for _, k := range n.Content {
		walkYAML(k, visit)
	}
	visit(n)
}

// lawAnswered is L9: what a table answers with yes is not lost.
func (c *testCase) lawAnswered(t *testing.T, to string, r *Result) {
	t.Helper()
	m, version := findMesh(t, to)
	if version == "" {
		version = m.Versions[0]
	}
	plain, _ := m.Target(version)
	for _, ch := range r.Changes {
		lost := ch.Fate == legal.FateDropped || ch.Fate == legal.FateDrifted
		if lost && plain.Caps[ch.Feature].Level == legal.Yes && ch.Pass == "features" {
			t.Errorf("%s: L9: %s can be said, but: %s", to, ch.Feature, ch.Summary)
		}
	}
}

// TestCarriedLeavesMatter is L6: another value of a carried leaf changes the
// model, and the output or a finding.
func TestCarriedLeavesMatter(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var shown showings
	t.Cleanup(func() { shown.check(t) })
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(f)
			if err != nil {
				t.Fatal(err)
			}
			c := newCase(t, a)
			to := c.own().Name
			m, version := findMesh(t, to)
			r := Run(c.parse(), Options{From: c.from, To: m, ToVersion: version, Env: c.env, SourceMap: true})
			before, out := modelText(r.Source), string(printed(t, r))+reportText(r)
			at := places(r)
			for e := range r.Ledger.All() {
				if e.Fate == ledger.Carried {
					again := c.changeLeaf(t, e, before, out)
					if !bytes.Equal(printed(t, r), printed(t, again)) {
						shown.add(t, e, at, places(again))
					}
				}
			}
		})
	}
}

// changeLeaf gives a leaf another value and looks at what it changes.
func (c *testCase) changeLeaf(t *testing.T, e ledger.Entry, before, out string) *Result {
	t.Helper()
	var in Input
	for _, f := range c.in {
		data := f.Data
		if f.Name == e.Ref.Pos.File {
			data = edited(t, data, func(n *yaml.Node) {
				switch here := n.Line == e.Ref.Pos.Line && n.Column == e.Ref.Pos.Col; {
				case here && n.Kind == yaml.ScalarNode:
					n.Value = otherValue(n)
				case here && n.Kind == yaml.MappingNode && len(n.Content) == 0:
					key, value := *n, *n
					key.Kind, key.Tag, key.Value, key.Style = yaml.ScalarNode, "!!str", "exact", 0
					value = key
					value.Value = "x"
					n.Content = []*yaml.Node{&key, &value}
				}
			})
		}
		objs, problems := source.Parse(f.Name, data, source.Options{})
		in.Objects, in.Problems = append(in.Objects, objs...), append(in.Problems, problems...)
	}
	r := Run(in, Options{From: c.from, To: c.own(), Env: c.env})
	text := string(printed(t, r)) + reportText(r)
	// A CiliumEnvoyConfig names its Services with their namespaces, and works alike in each.
	anywhere := strings.HasPrefix(e.Ref.Object, "CiliumEnvoyConfig ") && e.Ref.Path == "metadata.namespace"
	model := modelText(r.Source)
	// What an object of Kubernetes says to the mesh stays where it is, and is not written.
	inPlace := !slices.ContainsFunc(c.from.Kinds, func(k mesh.Kind) bool { return strings.HasPrefix(e.Ref.Object, k.Kind+" ") }) && model != before
	if text == out && !anywhere && !inPlace {
		t.Errorf("L6: another value of %s changes neither output nor findings", e.Ref)
	}
	if model == before && !strings.HasPrefix(e.Ref.Path, "metadata") {
		t.Errorf("L6: another value of %s does not change the model", e.Ref)
	}
	return r
}

// modelText is all that a model holds, with the values of what it keeps whole.
func modelText(m *intent.Model) string {
	c := m.Clone()
	var kept []string
	for _, o := range c.Opaque {
		if whole, ok := o.Whole.(*source.Object); ok {
			whole.Root.Leaves(func(l source.Leaf) { kept = append(kept, l.Ref().Path+" "+l.Value()) })
		}
		o.Whole = nil
	}
	text, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return string(text) + strings.Join(kept, "\n")
}

// otherValue is a value of the same type, and of the same form where that is
// known.
func otherValue(n *yaml.Node) string {
	switch v := n.Value; {
	case n.Tag == "!!bool" && v == "true":
		return "false"
	case n.Tag == "!!bool":
		return "true"
	case n.Tag == "!!int" || n.Tag == "!!float":
		f, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return "17"
		}
		return strconv.FormatFloat(f+1, 'f', -1, 64)
	case v == "":
		return "x"
	case v[len(v)-1] == 's' && v[0] >= '0' && v[0] <= '9':
		return "1" + v
	default:
		return v + "x"
	}
}
