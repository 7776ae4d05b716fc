package translate

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// problemCodes by what a problem is about.
var problemCodes = map[source.ProblemKind]diag.Code{
	source.NotReadable: diag.Unreadable, source.LooksForeign: diag.Unreadable, source.OverLimit: diag.TooLarge,
	source.RepeatedKey: diag.DuplicateKey, source.WrongType: diag.WrongType, source.WrongValue: diag.InvalidValue,
	source.BadRegex: diag.InvalidRegex, source.NoManifest: diag.NoManifest, source.NoField: diag.UnknownField, source.OtherVersion: diag.UnknownField,
}

// unreadable reports documents that could not be read. One that may have been a
// policy of the source mesh is withheld: its namespace, or everything where that
// cannot be told either.
func (j *job) unreadable() {
	for _, p := range j.in.Problems {
		if p.Kind == source.NoManifest && !j.maybePolicy(p) {
			j.result.Findings.Tell(diag.NoManifest, p.Message, "kubectl would refuse it; the translation goes on without it", "leave it out, if it is no manifest", p.Ref)
			continue
		}
		var l diag.List
		fix := "correct the document; the others are translated without it"
		if p.Kind == source.OverLimit {
			fix = "split the document, or raise the limit where it is one of size; the others are translated without it"
		}
		l.Add(problemCodes[p.Kind], p.Message, fix, p.Ref)
		j.add(l)
		j.result.Unreadable = true
		j.withholdUnreadable(p)
	}
}

// withholdUnreadable denies what a document that cannot be read may have kept out, or from
// being sent, and holds back what it may have kept in, by the kinds that its text names. One
// that names none may be of any.
func (j *job) withholdUnreadable(p source.Problem) {
	const why = "a document that may be a policy cannot be read"
	stand := &source.Object{Namespace: p.Namespace}
	any := len(p.ObjectKinds) == 0 && j.maybePolicy(p)
	guards, leaves := any, false
	for _, k := range j.o.From.Kinds {
		if !any && !slices.Contains(p.ObjectKinds, k.Kind) || len(k.Versions) == 0 {
			continue
		}
		o := &source.Object{APIVersion: k.Group + "/" + k.Versions[0], Kind: k.Kind, Namespace: p.Namespace}
		switch client, ok := j.leaving(o); {
		case ok && any && leaves: // the first says it
		case ok:
			j.withholdLeaving(client, nil, p.Ref, why)
			leaves = true
		case any:
		case k.Security || slices.ContainsFunc(j.o.From.Keepers, func(word string) bool { return strings.Contains(p.Text, word) }):
			stand, guards = o, true
		}
	}
	if guards {
		j.withholdSides(stand, p.Namespace, p.Ref, why)
	}
}

// maybePolicy reports whether a document that cannot be read may keep requests
// out: its text names a policy kind of the mesh, or no kind at all.
// A list can be read, and is none unless it names one.
func (j *job) maybePolicy(p source.Problem) bool {
	return len(p.ObjectKinds) == 0 && p.Kind != source.NoManifest || slices.ContainsFunc(j.o.From.Kinds, func(k mesh.Kind) bool {
		return k.Security && slices.Contains(p.ObjectKinds, k.Kind)
	})
}
