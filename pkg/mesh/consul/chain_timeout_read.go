package consul

import (
	"math"
	"slices"
	"time"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// A request is bounded twice: by the route at the caller's proxy, and by the proxy
// of the service that it reaches, which ends it after 15 seconds unless it is told
// otherwise. The shorter of both counts.
// agent/xds/listeners.go makeInboundListener, agent/xds/listeners.go makeHTTPFilter

// longestLimit is the bound of a service's own proxy that stands for none, of 24 days:
// no setting of one service says that there is none.
const longestLimit = math.MaxInt32 * time.Millisecond

// bound is how long the proxy of a service lets requests take; 0 is no bound. at is
// where that is said, missing for Envoy's default.
type bound struct {
	limit time.Duration
	at    value
}

// shorter reports whether a bound ends requests before another one.
func (b bound) shorter(than time.Duration) bool { return b.limit != 0 && (than == 0 || b.limit < than) }

// bound is that of a host.
func (r *reader) bound(h intent.Host) bound {
	if r.bounds == nil {
		r.bounds = map[intent.Host]bound{}
		for _, s := range slices.Backward(sortedServices(r.defaults)) {
			if d := r.defaults[s]; d.limit != nil {
				r.bounds[r.names.host(s)] = bound{*d.limit, d.local}
			}
		}
	}
	if b, said := r.bounds[h]; said {
		return b
	}
	if p := r.proxies; p.limit != nil {
		return bound{*p.limit, p.local}
	}
	return bound{limit: routeTimeout}
}

// readLocalLimit reads the bound of a service's own proxy; nil is none said.
func readLocalLimit(v value) *time.Duration {
	d := v.milliseconds()
	if d != nil && *d == longestLimit {
		*d = 0
	}
	return d
}

// served is the shortest bound of the services that backends are instances of; ok
// is false where none is known, outside of the cluster.
func (c *chain) served(to []intent.Backend) (out bound, ok bool) {
	for _, b := range to {
		if b.Host.DNS != "" {
			continue
		}
		if next := c.bound(b.Host); !ok || next.shorter(out.limit) {
			out, ok = next, true
		}
	}
	return out, ok
}

// limit takes over what the server's own proxy allows.
func (c *chain) limit(rule *intent.Rule) {
	to := []intent.Backend{{Host: c.names.host(c.service)}}
	if f, ok := rule.Then.(intent.Forward); ok {
		to = f.To
	}
	own, known := c.served(to)
	if !known || !c.http(c.service) {
		return
	}
	client, said := routeTimeout, rule.Timeout != nil && rule.Timeout.Request != nil
	if said {
		client = *rule.Timeout.Request
	}
	shorter := own.shorter(client)
	if !shorter && !said {
		return
	}
	t := intent.Timeout{}
	if rule.Timeout != nil {
		t = *rule.Timeout
	}
	if !own.at.missing() {
		t.From = append(slices.Clone(t.From), own.at.Node.Ref())
		if c.met == nil {
			c.limits[own.at.Node] = true
		}
	}
	if shorter {
		c.cutShort(rule.Timeout, own)
		t.Request = &own.limit
	}
	rule.Timeout = &t
}

// cutShort says that a route allows more than the proxy of its service does.
func (c *chain) cutShort(said *intent.Timeout, own bound) {
	if said == nil || said.Request == nil {
		return
	}
	at, long := said.From[0], said.Request.String()
	if c.told[at] || c.met != nil {
		return
	}
	c.told[at] = true
	if *said.Request == 0 {
		long = "as long as they like"
	}
	c.diags.Tell(diag.Approximated, at.Object+" lets requests take "+long+", and the proxy of the service "+own.limit.String(),
		"that proxy ends requests after "+own.limit.String()+", which counts", "say localRequestTimeoutMs in the ServiceDefaults of that service", at)
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
		case res.timeout == nil:
		case !r.http(s): // a chain that leads here from one of HTTP is refused
			r.inert(res.requestTimeout.Node, "requestTimeout is about requests, and the service speaks "+r.protocol(s))
		case res.timed:
		case res.redirect != nil:
			r.inert(res.requestTimeout.Node, "requestTimeout of a resolver has no effect where it redirects to another")
		case r.routers[s] != nil || r.splitters[s] != nil:
			r.inert(res.requestTimeout.Node, "requestTimeout of a resolver has no effect where a router or splitter comes before it")
		}
	}
	for _, s := range sortedServices(r.defaults) {
		switch d := r.defaults[s]; {
		case d.limit == nil || r.limits[d.local.Node]:
		case !r.http(s):
			r.inert(d.local.Node, "localRequestTimeoutMs is about requests, and the service speaks "+r.protocol(s))
		default:
			r.inert(d.local.Node, "localRequestTimeoutMs lets requests take longer than any client asks for")
		}
	}
}
