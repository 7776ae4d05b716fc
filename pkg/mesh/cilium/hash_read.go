package cilium

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// hashAsk is what one route hashes of requests to some endpoints: nothing, or values of which
// Envoy makes one hash.
type hashAsk struct {
	route *source.Node
	of    []intent.Hash
	nodes []*source.Node
}

// hashes reads what keeps requests on an endpoint, for the endpoints of a route.
func (c *configReader) hashes(n *source.Node, to []intent.Backend) {
	ask := hashAsk{route: n}
	for _, x := range msg(n, "hashPolicy").Items() {
		flag(msg(x, "terminal")) // of one value it says nothing, and several are kept
		if h, keeps := c.hash(x); keeps {
			ask.of, ask.nodes = append(ask.of, h), append(ask.nodes, x)
		}
	}
	asked := len(ask.of) == 0
	if len(ask.nodes) == 1 {
		msg(ask.nodes[0], "terminal").Skip("no other value comes after it")
	}
	for i, b := range to {
		e := endpointSet{b.Host.Service, b.Port}
		u := c.upstreams[e]
		if u == nil || u.Balance == nil || u.Balance.Hash == nil || slices.ContainsFunc(to[:i], func(x intent.Backend) bool { return x.Host == b.Host && x.Port == b.Port }) {
			continue
		}
		asked, c.hashed[e] = true, append(c.hashed[e], ask)
	}
	if !asked {
		for _, x := range ask.nodes {
			c.inert(x, "no endpoints of the route are chosen by a hash")
		}
	}
}

// hash reads one value, and whether it keeps anybody on an endpoint. Envoy refuses a policy
// that names nothing.
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routeaction-hashpolicy
func (c *configReader) hash(n *source.Node) (h intent.Hash, keeps bool) {
	h = intent.Hash{
		Header: msg(msg(n, "header"), "headerName").Str(), Query: msg(msg(n, "queryParameter"), "name").Str(), From: intent.From(n.Ref()),
	}
	ip := msg(msg(n, "connectionProperties"), "sourceIp")
	if by := flag(ip); by != nil {
		h.SourceIP = *by
	}
	if k := msg(n, "cookie"); k != nil {
		h.Cookie = &intent.HashCookie{Name: msg(k, "name").Str(), Path: msg(k, "path").Str(), TTL: seconds(msg(k, "ttl"))}
		for _, a := range msg(k, "attributes").Items() {
			h.Cookie.Attributes = append(h.Cookie.Attributes, intent.Pair{Key: msg(a, "name").Str(), Value: msg(a, "value").Str()})
		}
	}
	switch {
	case !unkeyed(&h):
		return h, true
	case msg(n, "filterState") != nil: // which is kept, as what the model does not have
	case msg(n, "connectionProperties") != nil:
		c.inert(n, "a hash of connections that is not by the address of the client keeps nobody on an endpoint")
	default:
		n.Reject("names nothing that keeps a client on an endpoint")
	}
	return h, false
}

// unkeyed reports whether a hash is of nothing.
func unkeyed(h *intent.Hash) bool {
	return h.Header == "" && h.Query == "" && !h.SourceIP && h.Cookie == nil
}

// chooseHashes has the endpoints that are chosen by a hash keep requests by the value that
// all routes to them name. Where no route names one they are chosen at random, as they are for
// a route that names none: where routes differ, or one hashes several values together, that is
// Envoy's alone.
// source/extensions/load_balancing_policies/common/thread_aware_lb_impl.cc chooseHost
func (c *configReader) chooseHashes() {
	for _, e := range c.order {
		b, asks := c.upstreams[e].Balance, c.hashed[e]
		switch {
		case b == nil || b.Hash == nil:
		case !slices.ContainsFunc(asks, func(a hashAsk) bool { return len(a.of) > 0 }):
			c.unhashed(e, b)
		case slices.ContainsFunc(asks, func(a hashAsk) bool { return len(a.of) != 1 || !sameHash(a.of[0], asks[0].of[0]) }):
			c.hashedApart(e)
		default:
			h := asks[0].of[0]
			h.Table, h.From = b.Hash.Table, nil
			for _, a := range asks {
				h.From = append(h.From, a.of[0].From...)
			}
			b.Hash = &h
		}
	}
	c.order = slices.DeleteFunc(c.order, func(e endpointSet) bool { return idle(c.upstreams[e]) })
}

// idle reports whether an upstream says nothing of endpoints.
func idle(u *intent.Upstream) bool {
	return u.Balance == nil && u.Limits == nil && u.Outlier == nil && u.RetryBudget == nil
}

// sameHash reports whether two are of one value.
func sameHash(a, b intent.Hash) bool {
	a.From, b.From = nil, nil
	return intent.Describe(&intent.Balance{Hash: &a}) == intent.Describe(&intent.Balance{Hash: &b})
}

// hashedApart keeps how endpoints are chosen that routes hash requests to in several ways.
func (c *configReader) hashedApart(e endpointSet) {
	const why = "routes to one Service hash requests in several ways, or by several values, or not at all"
	for _, a := range c.hashed[e] {
		for _, n := range a.nodes {
			c.keep(n, why, false)
		}
	}
	c.keep(msg(c.nodes[e], "lbPolicy"), why, false)
	for _, size := range tablesOf(c.nodes[e]) {
		c.keep(size, why, false)
	}
	c.upstreams[e].Balance = nil
}

// unhashed has endpoints chosen at random that are chosen by a hash which no route asks for.
func (c *configReader) unhashed(e endpointSet, b *intent.Balance) {
	b.Policy, b.Hash = intent.Random, nil
	for _, size := range tablesOf(c.nodes[e]) {
		c.inert(size, "no route asks for a hash of requests, so that endpoints are chosen at random")
	}
}

// tablesOf are the sizes of tables of a cluster that say one.
func tablesOf(n *source.Node) (out []*source.Node) {
	for _, size := range []*source.Node{msg(msg(n, "ringHashLbConfig"), "minimumRingSize"), msg(msg(n, "maglevLbConfig"), "tableSize")} {
		if size != nil {
			out = append(out, size)
		}
	}
	return out
}
