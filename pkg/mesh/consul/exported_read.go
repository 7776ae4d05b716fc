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

// exported lifts which services are made known to which clusters, and keeps the objects
// for Consul as they are.
func (r *reader) exported() {
	for _, o := range r.in.Objects {
		if o.Group() == group && o.Kind == kindExported || o.Group() == "" && o.Kind == entryExported {
			if n := len(r.m.Exports); r.exports(o) == n {
				r.holdAside(o, "it makes nothing known to other clusters")
			} else {
				r.hold(o, "it makes services known to other clusters")
			}
		}
	}
}

// exports lifts what one object makes known, and to whom: the Services of each name, or
// all. It returns how many facts there are then.
// agent/structs/config_entry_exports.go validateServices
func (r *reader) exports(o *source.Object) int {
	for _, n := range specOf(o).get("services").items() {
		s := service{"", n.get("name").text()}
		ns := n.get("namespace").text()
		if ns == anyName && s.name != anyName {
			n.Node.Reject("names one service of all namespaces")
		}
		if r.enterprise {
			s.ns = cmp.Or(ns, "default")
		}
		var to []intent.Cluster
		for _, c := range n.get("consumers").items() {
			if known := r.consumerOf(c); known.Name != "" && !slices.Contains(to, known) {
				to = append(to, known)
			}
		}
		slices.SortFunc(to, func(a, b intent.Cluster) int {
			return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Name, b.Name))
		})
		if len(to) == 0 {
			n.Node.Skip("makes nothing known to others")
			continue
		}
		for _, name := range r.exportedServices(s) {
			r.m.Exports = append(r.m.Exports, &intent.Export{Home: r.home(o), Service: name, To: to, From: intent.From(n.Node.Ref())})
		}
	}
	return len(r.m.Exports)
}

// exportedServices are the Services that a name stands for.
func (r *reader) exportedServices(s service) []intent.Name {
	if s.wild() > 0 {
		return []intent.Name{{Namespace: strings.TrimSuffix(s.ns, anyName), Name: anyName}}
	}
	var out []intent.Name
	for _, x := range r.names.find(s) {
		out = append(out, x.Name)
	}
	if out == nil {
		out = append(out, r.names.host(s).Service)
	}
	return out
}

// consumerOf is to whom something is made known; without a name it is its own partition.
func (r *reader) consumerOf(n value) (to intent.Cluster) {
	for _, f := range []struct {
		key  string
		kind intent.ClusterKind
	}{{"peer", intent.Peer}, {"partition", intent.Partition}, {"samenessGroup", intent.Sameness}} {
		switch v := n.get(f.key); v.text() {
		case "":
		case anyName:
			if f.kind != intent.Sameness {
				v.Node.Reject("is not the name of one")
			}
			fallthrough
		default:
			if to.Name != "" {
				n.Node.Reject("says more than one of peer, partition and samenessGroup")
			}
			to = intent.Cluster{Kind: f.kind, Name: v.text()}
		}
	}
	return to
}

// exportedBefore holds for what an object of Consul's says.
func exportedBefore(p intent.Part) string {
	e, ok := p.(*intent.Export)
	if ok && (e.Home == nil || e.Home.Kind != kindExported && e.Home.Kind != entryExported) {
		return "peers are named as Consul knows them"
	}
	return ""
}
