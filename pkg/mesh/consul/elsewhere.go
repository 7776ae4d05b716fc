package consul

import (
	"regexp"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// elsewhere is of whom a service is that is none of the own datacenter and partition; "" is
// that it is of it. Partitions and sameness groups are the enterprise edition's.
type elsewhere struct{ datacenter, peer, partition, sameness string }

// foreign reports whether a service is of others.
func (e elsewhere) foreign() bool { return e != elsewhere{} }

// text names where a service is, for people.
func (e elsewhere) text() string {
	switch {
	case e.peer != "":
		return "peer " + e.peer
	case e.sameness != "":
		return "sameness group " + e.sameness
	case e.partition != "" && e.datacenter != "":
		return "partition " + e.partition + " of datacenter " + e.datacenter
	case e.partition != "":
		return "partition " + e.partition
	}
	return "datacenter " + e.datacenter
}

// elsewhere reads of whom the service of a resolver's leg is.
func (r *reader) elsewhere(n value) elsewhere {
	e := elsewhere{datacenter: n.get("datacenter").text(), peer: n.get("peer").text()}
	for _, v := range r.onlyEnterprise(n, "partition") {
		e.partition = v.text()
	}
	for _, v := range r.onlyEnterprise(n, "samenessGroup") {
		e.sameness = v.text()
	}
	if e.datacenter == r.in.Env.Consul.Datacenter {
		e.datacenter = ""
	}
	return e
}

// oneWay refuses a leg that says in two ways of whom its service is.
// agent/structs/config_entry_discoverychain.go ServiceResolverConfigEntry.Validate
func (l leg) oneWay() {
	switch {
	case l.peer != "" && (l.subset != "" || l.datacenter != "" || l.partition != ""):
		l.node.Node.Reject("has a peer beside a subset, partition or datacenter")
	case l.sameness != "" && (l.subset != "" || l.datacenter != "" || l.partition != ""):
		l.node.Node.Reject("has a sameness group beside a subset, partition or datacenter")
	case l.partition != "" && l.datacenter != "":
		l.node.Node.Reject("has a partition beside a datacenter")
	}
}

// abroad is the name of a service of others, with its namespace where there are some.
// https://developer.hashicorp.com/consul/docs/services/discovery/dns-static-lookups
func abroad(l leg) string {
	name := l.service.name + ".service"
	if l.peer != "" {
		name = l.service.name + ".virtual"
	}
	for _, part := range [][2]string{{l.service.ns, "ns"}, {l.partition, "ap"}, {l.datacenter, "dc"}, {l.peer, "peer"}, {l.sameness, "sg"}} {
		if part[0] != "" {
			name += "." + part[0] + "." + part[1]
		}
	}
	return name + ".consul"
}

// foreignName is how services of others are known.
var foreignName = regexp.MustCompile(`^([^.]+)\.(service|virtual)(?:\.([^.]+)\.ns)?(?:\.([^.]+)\.ap)?(?:\.([^.]+)\.(dc|peer|sg))?\.consul$`)

// foreign reads the name of a service of others.
func foreign(dns string) (l leg, ok bool) {
	found := foreignName.FindStringSubmatch(dns)
	if found == nil {
		return leg{}, false
	}
	l = leg{service: service{found[3], found[1]}, elsewhere: elsewhere{partition: found[4]}}
	switch found[6] {
	case "dc":
		l.datacenter = found[5]
	case "peer":
		l.peer = found[5]
	case "sg":
		l.sameness = found[5]
	}
	return l, l.foreign() && (l.peer != "") == (found[2] == "virtual")
}

// unnamed says why an edition has no word for a service of others; "" is that it has one.
func (p *planner) unnamed(dns string) string {
	l, _ := foreign(dns)
	named := l.peer != "" && l.service.ns != "" && l.service.ns != "default"
	if !p.names.enterprise && (named || l.partition != "" || l.sameness != "") {
		return "the community edition has no namespaces, partitions and sameness groups, one of which " + dns + " names"
	}
	return ""
}

// writeAbroad names whom a service is of.
func writeAbroad(n *manifest.Node, l leg, b *intent.Backend) {
	for _, part := range [][2]string{{"serviceSubset", b.SubsetName}, {"datacenter", l.datacenter}, {"peer", l.peer}, {"partition", l.partition}, {"samenessGroup", l.sameness}} {
		if part[1] != "" {
			n.Set(part[0], manifest.Str(part[1]).Because(b.From...))
		}
	}
}
