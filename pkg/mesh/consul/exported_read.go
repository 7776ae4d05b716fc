package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/source"
)

// exported lifts which services are made known to which clusters. The object is one for
// each partition, of which the community edition has one.
// agent/structs/config_entry_ce.go validateExportedServicesName
func (r *reader) exported() {
	if r.enterprise {
		for _, o := range r.of(kindExported) {
			r.exports(o)
		}
	} else if o := r.singleton(kindExported, "default"); o != nil {
		r.exports(o)
	}
}

// exports lifts what one object makes known, and to whom.
// agent/structs/config_entry_exports.go validateServices
func (r *reader) exports(o *source.Object) {
	before := len(r.m.Exports)
	spec := specOf(o)
	for _, n := range spec.get("services").items() {
		s := service{"", n.get("name").text()}
		if s.name == "" {
			n.Node.Reject("names no service")
		}
		for _, ns := range r.parted(n, "namespace") {
			if s.ns = ns.text(); s.ns == anyName && s.name != anyName {
				n.Node.Reject("names one service of all namespaces")
			}
		}
		if r.enterprise {
			s.ns = cmp.Or(s.ns, "default")
		}
		consumers := n.get("consumers").items()
		if len(consumers) == 0 {
			n.Node.Reject("names nobody whom the service is made known to")
		}
		for _, c := range consumers {
			r.export(o, s, c)
		}
		if s.wild() == 0 && slices.ContainsFunc(consumers, func(c value) bool { return c.get("peer").text() != "" }) && r.sentAway(s) {
			n.get("name").Node.Reject("has a resolver, or routes, that lead to services of others, and Consul's servers take only one of both")
		}
	}
	if len(r.m.Exports) == before && spec.Node != nil {
		r.inert(spec.Node, "it makes nothing known to other clusters")
	}
}

// sentAway reports whether requests to a service may be sent on to those of others.
// agent/consul/state/config_entry.go validateChainIsPeerExportSafe
func (r *reader) sentAway(s service) (away bool) {
	for _, t := range r.m.Routing {
		if t.Host == r.names.host(s) && t.Scope.Client == nil {
			legal.EachBackend(t, func(b *intent.Backend) {
				_, abroad := foreign(b.Host.DNS)
				away = away || abroad
			})
		}
	}
	return away
}

// export lifts that a service, or all, is made known to one consumer. One without a name is
// the partition that the service is in.
func (r *reader) export(o *source.Object, s service, n value) {
	to := r.consumerOf(n)
	if to == nil {
		r.inert(n.Node, "the service is known there without it")
		return
	}
	for _, name := range r.exportedServices(s) {
		r.m.Exports = append(r.m.Exports, &intent.Export{Home: r.home(o), Service: name, To: to, From: intent.From(n.Node.Ref())})
	}
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

// consumers are the keys of those that something is made known to.
var consumerKeys = []struct {
	key  string
	kind intent.ClusterKind
}{{"peer", intent.Peer}, {"partition", intent.Partition}, {"samenessGroup", intent.Sameness}}

// consumerOf is to whom something is made known; nil is its own partition.
func (r *reader) consumerOf(n value) (to *intent.Cluster) {
	r.onlyEnterprise(n, "samenessGroup")
	for _, f := range consumerKeys {
		v := n.get(f.key)
		name := v.text()
		if name == "" {
			continue
		}
		if name == anyName && f.kind != intent.Sameness {
			v.Node.Reject("is not the name of one: Consul offers nothing to all of them, and each is named")
		}
		if to != nil {
			n.Node.Reject("says more than one of peer, partition and samenessGroup")
		}
		to = &intent.Cluster{Kind: f.kind, Name: name}
	}
	if len(r.parted(n, "partition")) == 0 && to != nil && to.Kind == intent.Partition {
		return nil
	}
	return to
}

// parted are fields about namespaces and partitions, of which the community edition has one:
// its servers take them, and consul-k8s does not.
// agent/structs/config_entry_exports_ce.go validateServicesEnterprise, acl.IsDefaultPartition
func (r *reader) parted(n value, field string) []value {
	v := n.get(field)
	if r.enterprise || !n.entry || v.missing() {
		return r.onlyEnterprise(n, field)
	}
	r.inert(v.Node, "the community edition has one "+field+" alone")
	return nil
}
