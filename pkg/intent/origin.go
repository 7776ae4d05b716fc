package intent

import "github.com/transmesh/transmesh/pkg/place"

// Origin is the input that justifies a piece of the model. Readers give one
// reference per struct; the ledger assigns a leaf to the nearest enclosing
// value that some piece claims.
type Origin []place.Ref

// From makes an origin of references, leaving out zero ones.
func From(refs ...place.Ref) Origin {
	var o Origin
	for _, r := range refs {
		if r != (place.Ref{}) {
			o = append(o, r)
		}
	}
	return o
}

// Defaulted reports whether only a mesh's default justifies the piece: no
// manifest asked for it. A piece without any origin is not defaulted.
func (o Origin) Defaulted() bool {
	for _, r := range o {
		if !r.IsDefault() {
			return false
		}
	}
	return len(o) > 0
}

// Home is the object that facts stem from or are to be written into. Facts of
// one object share one *Home; layout gives them the homes of the target.
type Home struct {
	Namespace, Name string
	// Kind is the source's kind, for messages; layout leaves the target's kind
	// to the writer.
	Kind string
	// Labels and Annotations are the operator's own, kept on what is written;
	// those that a mesh gives a meaning are not here. Sorted by key.
	Labels, Annotations []Pair
	// Comment is the text above the document, "#" included; "" is none.
	Comment string
	From    Origin
}

// Pair is a key with a value, where order or origin matter.
type Pair struct {
	Key, Value string
	From       Origin
}
