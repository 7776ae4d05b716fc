package translate

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/place"
)

// Inspect tells what is wrong, without effect, shadowed, deprecated or ambiguous
// in the manifests of one mesh, and the fate of every value there. The result has
// no manifests and no verdict.
func Inspect(s Side) *Result {
	j := lift(s)
	j.fit = j.model
	for _, x := range decide.Shadows(j.model) {
		j.shadowed(x)
	}
	j.close()
	j.account()
	j.assume(s.Mesh.Environment)
	j.warnOfAssumptions()
	forTranslation := func(d diag.Diagnostic) bool { return d.Code == diag.Withheld }
	j.result.Findings = slices.DeleteFunc(j.result.Findings, forTranslation).Sort()
	return j.result
}

// shadowed reports what has no effect, unless the reader has done so already.
func (j *job) shadowed(x decide.Shadow) {
	told := func(d diag.Diagnostic) bool {
		return (d.Code == diag.Shadowed || d.Code == diag.Inert) && slices.ContainsFunc(d.At, func(r place.Ref) bool { return slices.Contains(x.From, r) })
	}
	if slices.ContainsFunc(j.result.Findings, told) {
		return
	}
	if len(x.FromBy) == 0 {
		j.result.Findings.Tell(diag.Inert, strings.TrimSpace(x.From[0].Object+" "+x.From[0].Path)+" has no effect", x.By, "correct its conditions, or remove it", x.From[0])
		return
	}
	at := append(slices.Clone(x.From[:1]), x.FromBy...)
	j.result.Findings.Tell(diag.Shadowed, x.What+" of "+x.From[0].Object+" has no effect", x.By, "reorder or remove one of the two", at[:min(len(at), 2)]...)
}
