package consul

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// limit takes over what the server's own proxy allows: of the two timeouts the
// shorter ends a request.
func (c *chain) limit(rule *intent.Rule) {
	to := []intent.Backend{{Host: c.names.host(c.service)}}
	if f, ok := rule.Then.(intent.Forward); ok {
		to = f.To
	}
	client := routeTimeout
	if rule.Timeout != nil && rule.Timeout.Request != nil {
		client = *rule.Timeout.Request
	}
	d := c.served(to)
	switch {
	case d != nil && (client == 0 || *d.limit < client):
		t := intent.Timeout{From: intent.From(d.local.Node.Ref())}
		if rule.Timeout != nil {
			t = *rule.Timeout
			t.From = append(slices.Clone(t.From), d.local.Node.Ref())
		}
		t.Request = d.limit
		rule.Timeout = &t
		c.limits[d] = true
	case d != nil && rule.Timeout != nil && rule.Timeout.Request != nil:
		rule.Timeout.From = append(slices.Clone(rule.Timeout.From), d.local.Node.Ref())
		c.limits[d] = true
	case d == nil && rule.Timeout != nil && rule.Timeout.Request != nil && (client == 0 || client > routeTimeout):
		at := rule.Timeout.From[0]
		if !c.told[at] {
			c.told[at] = true
			c.diags.Tell(diag.Approximated, at.Object+" lets requests take longer than "+routeTimeout.String()+", but the proxy of the service does not say so",
				"that proxy ends requests after "+routeTimeout.String()+"; the translation lets them take as long as the route says", "say localRequestTimeoutMs in its ServiceDefaults", at)
		}
	}
}

// served is the settings of the one service that backends are instances of, where
// it limits requests.
func (c *chain) served(to []intent.Backend) *serviceDefaults {
	for _, s := range sortedServices(c.defaults) {
		d := c.defaults[s]
		if d.limit == nil || !c.http(s) {
			continue
		}
		other := func(b intent.Backend) bool { return b.Host != c.names.host(s) }
		if len(to) > 0 && !slices.ContainsFunc(to, other) {
			return d
		}
	}
	return nil
}

func sortedServices[V any](m map[service]V) []service {
	var out []service
	for s := range m {
		out = append(out, s)
	}
	slices.SortFunc(out, compareServices)
	return out
}

// unusedSettings says which timeouts have no effect.
func (r *reader) unusedSettings() {
	for _, s := range sortedServices(r.resolvers) {
		res := r.resolvers[s]
		switch {
		case res.timeout == nil, res.timed:
		case res.redirect != nil:
			r.inert(res.requestTimeout.Node, "requestTimeout of a resolver has no effect where it redirects to another")
		case r.routers[s] != nil || r.splitters[s] != nil:
			r.inert(res.requestTimeout.Node, "requestTimeout of a resolver has no effect where a router or splitter comes before it")
		}
	}
	for _, s := range sortedServices(r.defaults) {
		switch d := r.defaults[s]; {
		case d.limit == nil || r.limits[d]:
		case !r.http(s):
			r.inert(d.local.Node, "localRequestTimeoutMs is about requests, and the service speaks "+r.protocol(s))
		default:
			r.inert(d.local.Node, "localRequestTimeoutMs lets requests take longer than any client asks for")
		}
	}
}
