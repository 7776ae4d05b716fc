package manifest

import "slices"

// Equal reports whether two values are the same, apart from comments, origins
// and the order of keys.
func Equal(a, b *Node) bool {
	if a.Kind != b.Kind || a.Text != b.Text || len(a.Kids) != len(b.Kids) {
		return false
	}
	if a.Kind != MapKind {
		return slices.EqualFunc(a.Kids, b.Kids, func(a, b Kid) bool { return Equal(a.Node, b.Node) })
	}
	for _, kid := range a.Kids {
		other := b.Get(kid.Key)
		if other == nil || !Equal(kid.Node, other) {
			return false
		}
	}
	return true
}
