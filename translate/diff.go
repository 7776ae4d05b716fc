package translate

import (
	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
)

// Side is one of two sets of manifests to be compared.
type Side struct {
	Input
	Mesh    mesh.Mesh
	Version string
	// Env is what no manifest says; nil is the upstream defaults.
	Env *intent.Environment
}

// DiffResult is a comparison of two sets of manifests.
type DiffResult struct {
	decide.Result
	// FindingsA and FindingsB are what is wrong with either side.
	FindingsA, FindingsB diag.List
	// Unreadable says that part of the input could not be read.
	Unreadable bool
}

// Diff compares what two sets of manifests mean.
func Diff(a, b Side, o decide.Options) DiffResult {
	ja, jb := lift(a), lift(b)
	r := DiffResult{
		Result:    decide.Compare(ja.model, jb.model, o),
		FindingsA: ja.result.Findings.Sort(), FindingsB: jb.result.Findings.Sort(),
		Unreadable: ja.result.Unreadable || jb.result.Unreadable,
	}
	r.Verdict = ja.atBest(jb.atBest(r.Verdict))
	return r
}

func lift(s Side) *job {
	j := &job{in: s.Input, o: Options{From: s.Mesh, FromVersion: s.Version, Env: s.Env}, result: &Result{}}
	j.sort()
	j.configure()
	j.read()
	return j
}
