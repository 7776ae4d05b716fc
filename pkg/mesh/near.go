package mesh

import (
	"slices"

	"github.com/agext/levenshtein"
)

// fewEdits are so many changed letters that a group is a misspelt one: those of different
// projects that have a kind of the same name are further apart.
const fewEdits = 2

// Misspelt reports whether a group is nearly spelt as one in which the mesh has a kind of
// this name, and is none of these.
func (m Mesh) Misspelt(group, kind string) bool {
	return group != "" && slices.ContainsFunc(m.Kinds, func(k Kind) bool {
		return k.Kind == kind && k.Group != "" && k.Group != group && levenshtein.Distance(k.Group, group, nil) <= fewEdits
	})
}
