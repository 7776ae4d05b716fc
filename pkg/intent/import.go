package intent

import "strings"

// Import says that the source mesh makes Services of those that other clusters offer: they
// are there as long as it is, and another mesh makes none of them.
type Import struct {
	// Service is the one that is made. The zero Name is any whose name is that of what it
	// leads to, in the same namespace, with Suffix behind it.
	Service Name
	Suffix  string
	// Clusters says in words of which clusters the endpoints are.
	Clusters string
	From     Origin
}

// Origin is where the source says so.
func (i *Import) Origin() Origin { return i.From }

// makes reports whether a Service of a name is one that it makes.
func (i *Import) makes(n Name) bool {
	if !i.Service.IsZero() {
		return i.Service == n
	}
	of, cut := strings.CutSuffix(n.Name, i.Suffix)
	return cut && of != ""
}

// Imported is what makes the Service of a name of those of other clusters; nil is nothing.
// A Service that the input shows and that nothing names is there by itself, whatever it
// is called.
func (i *Inventory) Imported(n Name) *Import {
	for at := range i.Imports {
		x := &i.Imports[at]
		if x.makes(n) && (!x.Service.IsZero() || i.Service(n) == nil) {
			return x
		}
	}
	return nil
}
