package translate

import (
	"bytes"
	"cmp"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
	"go.yaml.in/yaml/v3"
)

// documentSet is one set of manifests in which single values are changed.
type documentSet struct {
	name    string
	mesh    mesh.Mesh
	version string
	env     *intent.Environment
	docs    []*yaml.Node
	mutants [][]mutant // of each document; none for those of no mesh
	base    *job
	entries []ledger.Entry
	seen    map[string][]string // of the mutator
}

// sets are the input of a case and its outputs for all targets, each text once.
func (c *testCase) sets(t *testing.T) []*documentSet {
	t.Helper()
	in := &documentSet{name: "in", mesh: c.from, env: c.env}
	for _, o := range c.parse().Objects {
		in.docs = append(in.docs, o.Root.YAML())
	}
	out := []*documentSet{in}
	done := map[string]bool{}
	for _, to := range targets {
		m, version := findMesh(t, to)
		r := Run(c.parse(), Options{From: c.from, To: m, ToVersion: version, Env: c.env, PassThrough: true})
		var text bytes.Buffer
		if err := manifest.WriteYAML(&text, r.Manifests); err != nil {
			t.Fatal(err)
		}
		if len(r.Manifests) == 0 || done[m.Name+text.String()] {
			continue
		}
		done[m.Name+text.String()] = true
		s := &documentSet{name: "out/" + to, mesh: m, version: version, env: &r.Source.Env}
		for _, o := range r.Manifests {
			s.docs = append(s.docs, o.Root.YAML())
		}
		out = append(out, s)
	}
	return out
}

// prepare reads the set as it is, and lists its changes. target is where the account
// of a mesh is settled that nobody writes.
func (s *documentSet) prepare(m mutator, target mesh.Mesh) {
	s.base, s.seen = s.lift(), m.seen
	to, version := s.mesh, s.version
	if _, ok := to.Target(cmp.Or(version, first(to.Versions))); !ok { // a source only
		to, version = target, ""
	}
	s.entries = slices.Collect(Run(s.input(), Options{From: s.mesh, FromVersion: s.version, To: to, ToVersion: version, Env: s.env}).Ledger.All())
	for i, d := range s.docs {
		var of []mutant
		if kindOf(s.mesh, source.FromYAML("in.yaml", d, source.Options{})) != nil {
			of = append(m.mutants(d, "", ""), mutant{kind: objectGone, apply: func() func() {
				s.docs[i] = nil
				return func() { s.docs[i] = d }
			}})
		}
		s.mutants = append(s.mutants, of)
	}
}

func (s *documentSet) input() Input {
	var in Input
	for _, d := range s.docs {
		if d != nil {
			in.Objects = append(in.Objects, source.FromYAML("in.yaml", d, source.Options{}))
		}
	}
	return in
}

// lift reads the documents as they are with changes.
func (s *documentSet) lift(changes ...mutant) *job {
	for _, c := range changes {
		defer c.apply()()
	}
	return lift(Side{Input: s.input(), Mesh: s.mesh, Version: s.version, Env: s.env})
}

// sees reports whether the comparison tells two readings apart.
func sees(a, b *job) bool {
	return decide.Compare(a.model, b.model, decide.Options{}).Verdict != decide.Same
}

// object names a document.
func (s *documentSet) object(doc int) string {
	return source.FromYAML("in.yaml", s.docs[doc], source.Options{}).Ref().Object
}

// accounts are what the account says of the values at a path of a document.
func (s *documentSet) accounts(doc int, path string) []ledger.Entry {
	var out []ledger.Entry
	for _, e := range s.entries {
		if e.Ref.Object == s.object(doc) && within(e.Ref.Path, path) {
			out = append(out, e)
		}
	}
	return out
}
