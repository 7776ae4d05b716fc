package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// keepPart leaves of the result what stems from the objects that are to be
// converted. The rest of the input has done its part as context.
func (j *job) keepPart() {
	if j.o.Part == nil {
		return
	}
	chosen := map[string]bool{}
	for _, o := range slices.Concat(j.ours, j.rejected, j.repeated, j.others) {
		if j.o.Part(o) {
			chosen[o.Ref().Object] = true
		}
	}
	outside := func(refs []place.Ref) bool {
		return len(refs) > 0 && !slices.ContainsFunc(refs, func(r place.Ref) bool { return chosen[r.Object] })
	}
	r := j.result
	written := func(m *manifest.Object) bool { return outside(m.From) }
	r.Manifests, r.Patches = slices.DeleteFunc(r.Manifests, written), slices.DeleteFunc(r.Patches, written)
	r.Findings = slices.DeleteFunc(r.Findings, func(d diag.Diagnostic) bool { return outside(d.At) })
	r.Ledger = slices.DeleteFunc(r.Ledger, func(e ledger.Entry) bool { return !chosen[e.Ref.Object] })
	differs := func(d decide.Difference) bool { return outside(slices.Concat(intent.Origin{}, d.FromA, d.FromB)) }
	r.Differences, j.withDefaults = slices.DeleteFunc(r.Differences, differs), slices.DeleteFunc(j.withDefaults, differs)
	j.sum()
	r.Documents = 0
	for _, o := range j.ours {
		if chosen[o.Ref().Object] {
			r.Documents++
		}
	}
}

// Within chooses the objects of a namespace, for Options.Part.
func Within(namespace string) func(*source.Object) bool {
	return func(o *source.Object) bool { return o.Namespace == namespace }
}
