package translate

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// shadow names what stands elsewhere in the documents and without which, or with
// another value of which, the change is seen: something alone, or a document and
// something besides, each of which shadows the change where the other is not.
func (u unseen) shadow() string {
	if by := u.shadowBeside(); by != "" {
		return by
	}
	for i, mutants := range u.set.mutants {
		if i == u.doc || len(mutants) == 0 {
			continue
		}
		if by := u.shadowBeside(mutants[len(mutants)-1]); by != "" {
			return u.set.object(i) + " and " + by
		}
	}
	return ""
}

// shadowBeside is shadow with some changes made before.
func (u unseen) shadowBeside(before ...mutant) string {
	for _, doc := range u.nearest() {
		object := u.set.object(doc)
		for _, m := range u.shadowers(doc) {
			with := append(slices.Clone(before), m)
			if _, ds := toldApart(u.set.lift(with...), u.set.lift(append(with, u.mutant)...)); len(ds) > 0 && u.judgedAlike(ds) {
				return object + " " + m.at
			}
		}
	}
	return ""
}

// shadowers are changes of a document that leave alone what the change is of:
// removals first.
func (u unseen) shadowers(doc int) []mutant {
	var removals, values []mutant
	for _, m := range u.set.mutants[doc] {
		own := doc == u.doc && (within(m.at, u.mutant.at) || within(u.mutant.at, m.at))
		switch {
		case own:
		case m.removes():
			removals = append(removals, m)
		case m.kind == otherScalar:
			values = append(values, m, longer(nodeAt(u.set.docs[doc], m.at), m.at))
		}
	}
	return append(removals, values...)
}

// longer makes a number, of some unit or of none, a thousand times as large.
func longer(n *yaml.Node, at string) mutant {
	number := strings.TrimRight(n.Value, "msh")
	if _, err := strconv.Atoi(number); err == nil {
		return rewritten(n, otherScalar, number+"000"+n.Value[len(number):], at)
	}
	return rewritten(n, otherScalar, n.Value, at)
}
