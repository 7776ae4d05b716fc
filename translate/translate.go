package translate

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// Input is what is to be translated.
type Input struct {
	Objects  []*source.Object
	Problems []source.Problem
}

// Options says from what to what, and under which assumptions.
type Options struct {
	From, To mesh.Mesh
	// FromVersion and ToVersion are of the mesh's Versions; "" is the first.
	FromVersion, ToVersion string
	// Env is what no manifest says; nil is the upstream defaults. What the input
	// itself says of the mesh (MeshConfig) is laid over it.
	Env *intent.Environment
	// Beside are other meshes whose documents may be in the input. They are not
	// translated; what they and the source mesh both configure is an error. nil does not
	// look for any.
	Beside []mesh.Mesh
	// Accept says whether a change may stand although it widens or loses; nil
	// accepts none.
	Accept func(legal.Change) bool
	// Budget bounds the work on who is let in: see legal.Options.Budget. 0 is the default.
	Budget int
	// Part chooses the objects that are converted; the others are context. nil is
	// all.
	Part func(*source.Object) bool
	// PassThrough writes the objects that belong to no mesh beside the output,
	// with patches merged into them.
	PassThrough bool
	// SourceMap fills the ledger's Output: where in the manifests and patches each value
	// shows. In which files these come to stand is for who writes them to say: see
	// ledger.Ledger.Shown.
	SourceMap bool
}

// Result is a translation with its account.
type Result struct {
	// Manifests are to be applied, and so are Patches: strategic merge patches of
	// objects that are not written, such as a Namespace that closes its ports.
	Manifests, Patches []*manifest.Object
	Findings           diag.List
	Ledger             ledger.Ledger
	// Verdict compares the output, read back, with the input, apart from
	// defaults that no manifest states; VerdictWithDefaults counts these too.
	Verdict, VerdictWithDefaults decide.Verdict
	// Differences are what the verdicts rest on.
	Differences []decide.Difference
	// Unreadable says that part of the input could not be read.
	Unreadable bool
	// Assumptions are environment keys that matter and were not said, with the
	// value assumed.
	Assumptions []Assumption
	// Documents counts the objects of the source mesh, and those of no mesh that say
	// something to it.
	Documents int
	// Source is the lifted model, Legal the one that was written.
	Source, Legal *intent.Model
	// Changes are those from Source to Legal. Of those that neither widen nor keep
	// anything, Before and After are nil: they have been compared.
	Changes []legal.Change
	// again is the output, read back, with what stays in force beside it; nil once it
	// is compared.
	again *intent.Model
}

// Assumption is a value that was assumed because nothing says it.
type Assumption struct{ Key, Value, Why string }

// Run translates. It does not fail: what stops part of it is a finding, and
// that part is withheld.
func Run(in Input, o Options) *Result {
	j := compared(in, o)
	j.again, j.result.again = nil, nil // take as much memory as what is delivered
	return j.delivered()
}

// compared is a translation that is written, checked and yet to be delivered.
func compared(in Input, o Options) *job {
	o.ToVersion = cmp.Or(o.ToVersion, first(o.To.Versions))
	t, ok := o.To.Target(o.ToVersion)
	if !ok {
		panic("translate: " + o.To.Name + " is no target in version " + o.ToVersion)
	}
	j := &job{in: in, o: o, target: t, result: &Result{}}
	j.sort()
	j.configure()
	j.read()
	j.legalize()
	j.write()
	return j
}

// delivered is the result.
func (j *job) delivered() *Result {
	j.deliver()
	j.account()
	j.finish()
	if r := j.result; j.o.SourceMap {
		r.Ledger = r.Ledger.Shown(slices.Concat(r.Manifests, r.Patches), nil)
	}
	return j.result
}

// job is one translation on its way through the pipeline.
type job struct {
	in     Input
	o      Options
	target legal.Target
	result *Result

	env       intent.Environment
	inventory *intent.Inventory
	ours      []*source.Object             // of the source mesh
	others    []*source.Object             // of no mesh
	rejected  []*source.Object             // of the source mesh, set aside
	why       map[*source.Object]diag.Code // of rejected
	repeated  []*source.Object             // of the source mesh, the same as another
	saying    []*source.Object             // of no mesh, that say something to the source mesh
	model     *intent.Model
	fit       *intent.Model
	again     *intent.Model // the output, read back
	written   []*manifest.Object
	unread    []*source.Object // of no kind of the source mesh, which may obey them
	unsaid    bool             // nothing is written, by a fault of legalization
	standing  []intent.Pair    // annotations that keep out more in the target than the source does
	claims    *ledger.Claims
	// withDefaults are the differences that count defaults too.
	withDefaults []decide.Difference
}

func (j *job) add(l diag.List) { j.result.Findings = append(j.result.Findings, l...) }
