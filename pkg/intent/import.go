package intent

import "strings"

// Import says that the source mesh makes Services of those that other clusters offer: they
// are there as long as it is, and another mesh makes none of them.
type Import struct {
	// Service is the one that is made. The zero Name is any whose name is that of what it
	// leads to, in the same namespace, with Suffix behind it.
	Service Name
	Suffix  string
	// DNS is the name of none, by which the source alone finds what other clusters offer;
	// "" is a Service.
	DNS string
	// Clusters says in words of which clusters the endpoints are.
	Clusters string
	From     Origin
}

// Origin is where the source says so.
func (i *Import) Origin() Origin { return i.From }

// makes reports whether a host is one that it makes.
func (i *Import) makes(h Host) bool {
	switch {
	case i.DNS != "" || h.Service.IsZero():
		return i.DNS != "" && i.DNS == h.DNS
	case !i.Service.IsZero():
		return i.Service == h.Service
	}
	of, cut := strings.CutSuffix(h.Service.Name, i.Suffix)
	return cut && of != ""
}

// named reports whether it names the one that it makes.
func (i *Import) named() bool { return i.DNS != "" || !i.Service.IsZero() }

// Imported is what makes a host of what other clusters offer; nil is nothing. A Service that
// the input shows and that nothing names is there by itself, whatever it is called.
func (i *Inventory) Imported(h Host) *Import {
	for at := range i.Imports {
		x := &i.Imports[at]
		if x.makes(h) && (x.named() || i.Service(h.Service) == nil) {
			return x
		}
	}
	return nil
}
