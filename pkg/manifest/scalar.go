package manifest

import "strconv"

// Int makes an integer.
func Int(i int) *Node { return &Node{Kind: IntKind, Text: strconv.Itoa(i)} }

// Float makes a number in the shortest form that reads back the same.
func Float(f float64) *Node {
	return &Node{Kind: FloatKind, Text: strconv.FormatFloat(f, 'f', -1, 64)}
}

// Bool makes true or false.
func Bool(b bool) *Node { return &Node{Kind: BoolKind, Text: strconv.FormatBool(b)} }

// OrNil makes the value of a pointer with make, or nil where it is nil.
func OrNil[T any](p *T, make func(T) *Node) *Node {
	if p == nil {
		return nil
	}
	return make(*p)
}
