package source

import (
	"math"
	"strings"
	"testing"
)

// Keys are where they were put and have their names, near to their values or far, before
// them or behind.
func TestKeys(t *testing.T) {
	places := []spot{{}, {1, 1}, {1, 7}, {2, 1}, {3, 40000}, {70000, 3}, {70001, 3}, {math.MaxInt32 - 1, math.MaxInt32}}
	for _, named := range []int{0, 1, 65534, 65535, 70000} {
		text := strings.Repeat("k", named)
		for _, at := range places {
			for _, key := range places {
				n := Node{in: &origin{piece: &piece{text: "a." + text}}, path: span{0, uint32(len("a.") + named)}, at: at}
				n.note().comment = "# kept"
				n.setKey(key, named)
				if n.key() != key || n.name() != text || n.Comment() != "# kept" {
					t.Errorf("a key of %d characters at %v of a value at %v is at %v and has %d", named, key, at, n.key(), len(n.name()))
				}
			}
		}
	}
	var none Node
	if none.key() != (spot{}) {
		t.Errorf("a value without a key has it at %v", none.key())
	}
}
