package manifest

import "slices"

// Equal reports whether two values are the same, apart from comments, origins
// and the order of keys.
func Equal(a, b *Node) bool {
	if a.Kind != b.Kind || a.Text != b.Text || len(a.Kids) != len(b.Kids) {
		return false
	}
	if a.Kind != MapKind {
		return slices.EqualFunc(a.Kids, b.Kids, Equal)
	}
	for i, key := range a.Keys {
		other := b.Get(key)
		if other == nil || !Equal(a.Kids[i], other) {
			return false
		}
	}
	return true
}
