package translate

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/source"
)

// problemCodes by what a problem is about.
var problemCodes = map[source.ProblemKind]diag.Code{
	source.NotReadable: diag.Unreadable, source.LooksForeign: diag.Unreadable, source.OverLimit: diag.TooLarge,
	source.RepeatedKey: diag.DuplicateKey, source.WrongValue: diag.WrongType,
}

// unreadable reports documents that could not be read. One that may have been a
// policy of the source mesh is withheld: its namespace, or everything where that
// cannot be told either.
func (j *job) unreadable() {
	for _, p := range j.in.Problems {
		var l diag.List
		l.Add(problemCodes[p.Kind], p.Message, "correct the document; the others are translated without it", p.Ref)
		j.add(l)
		j.result.Unreadable = true
		if j.maybePolicy(p) {
			j.withhold(p.Namespace, p.Ref, "a document that may be a policy cannot be read")
		}
	}
}

// maybePolicy reports whether a document that cannot be read may keep requests
// out: its text names a policy kind of the mesh, or no kind at all.
func (j *job) maybePolicy(p source.Problem) bool {
	if p.ObjectKind == "" {
		return true
	}
	for _, k := range j.o.From.Kinds {
		if k.Kind == p.ObjectKind {
			return k.Security
		}
	}
	return false
}
