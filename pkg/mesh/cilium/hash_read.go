package cilium

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// hash reads what keeps requests on an endpoint, for the endpoints of a route. Envoy
// refuses a policy that names nothing.
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routeaction-hashpolicy
func (c *configReader) hash(n *source.Node, to []intent.Backend) {
	h := intent.Hash{
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
		c.hashed(n, h, to)
	case msg(n, "filterState") != nil: // which is kept, as what the model does not have
	case msg(n, "connectionProperties") != nil:
		c.inert(n, "a hash of connections that is not by the address of the client keeps nobody on an endpoint")
	default:
		n.Reject("names nothing that keeps a client on an endpoint")
	}
}

// hashed has the endpoints of a route keep clients by one value.
func (c *configReader) hashed(n *source.Node, h intent.Hash, to []intent.Backend) {
	asked := false
	for _, b := range to {
		u := c.upstreams[endpointSet{b.Host.Service, b.Port}]
		if u == nil || u.Balance == nil || u.Balance.Hash == nil {
			continue
		}
		asked = true
		h.Table = u.Balance.Hash.Table
		own := h
		u.Balance.Hash = &own
	}
	if !asked {
		c.inert(n, "no endpoints of the route are chosen by a hash")
	}
}

// unkeyed reports whether a hash is of nothing.
func unkeyed(h *intent.Hash) bool {
	return h.Header == "" && h.Query == "" && !h.SourceIP && h.Cookie == nil
}

// unhashed has endpoints chosen at random that are chosen by a hash which no route asks for.
// source/extensions/load_balancing_policies/common/thread_aware_lb_impl.cc chooseHost
func (c *configReader) unhashed() {
	for _, e := range c.order {
		b := c.upstreams[e].Balance
		if b == nil || b.Hash == nil || !unkeyed(b.Hash) {
			continue
		}
		b.Policy, b.Hash = intent.Random, nil
		n := c.nodes[e]
		for _, size := range []*source.Node{msg(msg(n, "ringHashLbConfig"), "minimumRingSize"), msg(msg(n, "maglevLbConfig"), "tableSize")} {
			if size != nil {
				c.inert(size, "no route asks for a hash of requests, so that endpoints are chosen at random")
			}
		}
	}
}
