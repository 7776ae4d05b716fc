package consul

import "github.com/transmesh/transmesh/pkg/source"

// unusedFailovers keeps what stands in for subsets to which nothing in the input
// leads, and the protocols without which Consul's servers refuse it.
func (r *reader) unusedFailovers() {
	for _, s := range sortedServices(r.resolvers) {
		res := r.resolvers[s]
		for _, subset := range sortedKeys(res.failovers) {
			if res.failedOver[subset] {
				continue
			}
			r.field(res.object, res.failovers[subset], whyUnused)
			for _, l := range res.failover[subset] {
				r.keepProtocol(l)
			}
		}
	}
}

// keepProtocol keeps what a service speaks that an object leads to which is kept as
// it is.
func (r *reader) keepProtocol(l leg) {
	switch d := r.defaults[l.service]; {
	case l.peer != "" || l.partition != "" || !r.http(l.service):
	case d != nil && d.protocol != "":
		r.keep(d.object, specOf(d.object).get("protocol"), whySpoken)
	case r.proxies.object != nil:
		r.keep(r.proxies.object, specOf(r.proxies.object).get("config").get("protocol"), whySpoken)
	}
}

// keep keeps a field once.
func (r *reader) keep(o *source.Object, v value, why string) {
	if !v.missing() && !opaqueAt(r.m, v.Node) {
		r.field(o, v, why)
	}
}

// failoverOrder keeps in which order what stands in for services is asked, which the
// community edition takes, too. One after the other is how it is without a word.
// agent/structs/discovery_chain.go ServiceResolverFailoverPolicy.validate
func (r *reader) failoverOrder(o *source.Object, v value) {
	switch mode := v.get("mode").text(); mode {
	case "", "sequential":
		v.get("mode").Node.Skip(sameAsNone)
		r.field(o, v.get("regions"), whyOrder)
	case "order-by-locality":
		r.field(o, v, whyOrder)
	default:
		v.get("mode").Node.Reject("is neither sequential nor order-by-locality")
	}
}
