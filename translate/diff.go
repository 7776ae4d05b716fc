package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// Side is one of two sets of manifests to be compared.
type Side struct {
	Input
	Mesh    mesh.Mesh
	Version string
	// Env is what no manifest says; nil is the upstream defaults.
	Env *intent.Environment
	// Part chooses the objects that the comparison is about; the others are
	// context. nil is all. A difference is told if it stems from a chosen object
	// of either side.
	Part func(*source.Object) bool
	// Beside are other meshes whose documents may be in the input, for Inspect: see
	// Options.Beside.
	Beside []mesh.Mesh
}

// DiffResult is a comparison of two sets of manifests.
type DiffResult struct {
	decide.Result
	// FindingsA and FindingsB are what is wrong with either side.
	FindingsA, FindingsB diag.List
	// Unreadable says that part of the input could not be read.
	Unreadable bool
	a, b       Side
}

// Diff compares what two sets of manifests mean.
func Diff(a, b Side, o decide.Options) DiffResult {
	o.Scopes, o.Clients, o.Causes = true, true, true
	ja, jb := lift(a), lift(b)
	if unreadAlike(ja, jb) {
		ja.unread, jb.unread = nil, nil
	}
	definedElsewhere(ja.model, jb.model)
	for _, j := range []*job{ja, jb} {
		j.warnOfDefaults()
		j.warnOfLeaving()
	}
	r := DiffResult{
		Result:    decide.Compare(ja.model, jb.model, o),
		FindingsA: ja.result.Findings.Sort(), FindingsB: jb.result.Findings.Sort(),
		Unreadable: ja.result.Unreadable || jb.result.Unreadable, a: a, b: b,
	}
	if len(o.Aspects) == 0 || slices.Contains(o.Aspects, intent.Routed) {
		r.definedFor(ja, jb)
	}
	r.keepPart(ja, jb)
	r.Verdict = ja.atBest(jb.atBest(r.Verdict))
	return r
}

func lift(s Side) *job {
	j := &job{in: s.Input, o: Options{From: s.Mesh, FromVersion: s.Version, Env: s.Env, Part: s.Part, Beside: s.Beside}, result: &Result{}}
	j.sort()
	j.configure()
	j.read()
	return j
}

// unreadAlike reports whether what both sides' mesh may obey without being read is the
// same on both, so that it makes no difference.
func unreadAlike(a, b *job) bool {
	return a.o.From.Name == b.o.From.Name && slices.EqualFunc(a.unread, b.unread, func(x, y *source.Object) bool {
		return sameObject(x, y) && x.APIVersion == y.APIVersion && x.Text("") == y.Text("")
	})
}

// keepPart leaves of a comparison what stems from chosen objects.
func (r *DiffResult) keepPart(a, b *job) {
	if a.o.Part == nil && b.o.Part == nil {
		return
	}
	concerns := func(d decide.Difference) bool {
		refsA, refsB := said(d.FromA), said(d.FromB)
		return a.told(refsA) || b.told(refsB) || len(refsA)+len(refsB) == 0
	}
	var kept []decide.Difference
	scopes := []decide.ScopeVerdict{}
	for _, d := range r.Differences {
		if concerns(d) {
			kept = append(kept, d)
			scopes = append(scopes, decide.ScopeVerdict{Scope: d.Scope, Aspect: d.Aspect, Verdict: d.Verdict})
		}
	}
	about := func(j *job, l diag.List) diag.List {
		return slices.DeleteFunc(l, func(d diag.Diagnostic) bool { return len(d.At) > 0 && !j.told(d.At) })
	}
	r.Differences, r.Scopes, r.Verdict = kept, scopes, decide.Sum(kept)
	r.FindingsA, r.FindingsB = about(a, r.FindingsA), about(b, r.FindingsB)
}

// said are the places in the input.
func said(o intent.Origin) intent.Origin {
	return slices.DeleteFunc(slices.Clone(o), place.Ref.IsDefault)
}

// told reports whether something that stems from these places is about the part.
func (j *job) told(refs intent.Origin) bool {
	if j.o.Part == nil {
		return len(refs) > 0
	}
	return len(refs) > 0 && j.part().concerns(refs)
}
