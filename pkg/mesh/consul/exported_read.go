package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// The kind of objects that make services known to other clusters.
const (
	kindExported  = "ExportedServices"
	entryExported = "exported-services"
)

// exported keeps what makes services known to other clusters, and says which to whom:
// another mesh joins clusters in its own way, and its operators need to know.
func (r *reader) exported() {
	for _, o := range r.in.Objects {
		if o.Group() == group && o.Kind == kindExported || o.Group() == "" && o.Kind == entryExported {
			r.opaque(o, "it makes known to other clusters: "+r.exports(o), false).Purpose = intent.Clusters
			r.held[o] = true
		}
	}
}

// exports is which services an object makes known, and to whom.
// agent/structs/config_entry_exports.go validateServices
func (r *reader) exports(o *source.Object) string {
	var all []string
	for _, n := range specOf(o).get("services").items() {
		name := n.get("name").text()
		if n.get("namespace").text() == anyName && name != anyName {
			n.Node.Reject("names one service of all namespaces")
		}
		if name == anyName {
			name = "all services"
		}
		for _, c := range n.get("consumers").items() {
			all = append(all, name+" to "+r.consumerOf(c))
		}
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) == 0 {
		return "nothing"
	}
	return strings.Join(all, ", ")
}

// consumerOf is to whom something is made known.
func (r *reader) consumerOf(n value) string {
	var said []string
	for _, f := range []struct{ key, what string }{{"peer", "the peer "}, {"partition", "the partition "}, {"samenessGroup", "the sameness group "}} {
		switch v := n.get(f.key); v.text() {
		case "":
		case anyName:
			if f.key != "samenessGroup" {
				v.Node.Reject("is not the name of one")
			}
		default:
			said = append(said, f.what+v.text())
		}
	}
	if len(said) > 1 {
		n.Node.Reject("says more than one of peer, partition and samenessGroup")
	}
	return cmp.Or(strings.Join(said, " and "), "its own partition")
}
