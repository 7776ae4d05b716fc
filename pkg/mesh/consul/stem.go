package consul

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// claimed are the values of the input from which something in a model stems.
func claimed(m *intent.Model) map[place.Ref]bool {
	out := map[place.Ref]bool{}
	intent.Walk(m, func(p intent.Part) {
		for _, ref := range p.Origin() {
			out[ref] = true
		}
		for _, e := range intent.Predicates(p) {
			match.Atoms(e, func(a match.Atom, _ bool) { out[a.Place()] = true })
		}
	})
	return out
}

// stems reports whether something stems from an intention. One that only keeps
// another from counting, which does nothing either, leaves no trace.
func (x *intention) stems(claimed map[place.Ref]bool) bool {
	at := x.node.Node.Ref()
	for ref := range claimed {
		rest, below := strings.CutPrefix(ref.Path, at.Path)
		if below && ref.Object == at.Object && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}
