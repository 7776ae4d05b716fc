package consul

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// What becomes of requests to a service is its discovery chain: the routes of its
// router, then for each the splits of the service that it leads to, then for each
// the instances that a resolver chooses. It is flattened to one table.
// agent/consul/discoverychain/compile.go

// chain compiles the discovery chain of one service.
type chain struct {
	*reader
	service service
	// why says what Consul's servers refuse the chain for, "" for nothing; at is
	// where.
	why string
	at  *source.Object
	// met are the services that a chain leads through which is only tried: nothing is
	// said to have an effect for it. nil is one that counts.
	met map[service]bool
}

// meets notes that the chain depends on what is said of a service.
func (c *chain) meets(s service) {
	if c.met != nil {
		c.met[s] = true
	}
}

// routing reads and lifts what routes requests.
func (r *reader) routing() {
	for _, o := range r.of(kindResolver) {
		r.readResolver(o)
	}
	for _, o := range r.of(kindSplitter) {
		r.readSplitter(o)
	}
	for _, o := range r.of(kindRouter) {
		r.readRouter(o)
	}
	r.refuseChains()
	for _, s := range r.routed() {
		t := (&chain{reader: r, service: s}).table()
		if t != nil {
			r.m.Routing = append(r.m.Routing, t)
		} else if sp := r.splitters[s]; sp != nil {
			r.inert(specOf(sp.object).get("splits").Node, "its splits send requests where they go anyway")
		}
	}
	r.unusedSettings()
	r.unusedFailovers()
}

// routed lists the services of which something is said, and those that the input shows of
// which all proxies say something, sorted: by a Service, or by what they say themselves.
func (r *reader) routed() []service {
	var out []service
	for s := range r.resolvers {
		out = append(out, s)
	}
	for s := range r.splitters {
		out = append(out, s)
	}
	for s := range r.routers {
		out = append(out, s)
	}
	for s, d := range r.defaults {
		if (d.limit != nil || r.proxies.limit != nil) && r.http(s) {
			out = append(out, s)
		}
	}
	for _, x := range r.in.Inventory.Services {
		s := service{name: r.names.of(x)}
		if r.names.enterprise {
			s.ns = x.Name.Namespace
		}
		if r.proxies.limit != nil && r.http(s) {
			out = append(out, s)
		}
	}
	for _, s := range r.named() {
		if r.proxies.limit != nil && s.wild() == 0 && r.http(s) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, compareServices)
	return slices.Compact(out)
}

// named are the services that objects are about, or send requests on to.
func (r *reader) named() []service {
	out := slices.Clone(r.sentTo)
	for _, o := range r.in.Objects {
		if s, ok := r.about(o); ok {
			out = append(out, s)
		}
	}
	return out
}

// refuseChains takes out the objects that Consul's servers refuse for what their
// chains lead to, always the first of all. It ends, since each round takes one out.
// A chain is looked at again where what it leads through was taken out.
func (r *reader) refuseChains() {
	all := r.routed()
	fine, through := map[service]bool{}, map[service][]service{}
	for again := true; again; {
		again = false
		for _, s := range all {
			if fine[s] {
				continue
			}
			c := &chain{reader: r, service: s, met: map[service]bool{s: true}}
			c.table()
			for x := range c.met {
				through[x] = append(through[x], s)
			}
			if fine[s] = c.why == "" || c.at == nil; fine[s] {
				continue
			}
			r.wrong(c.at, c.why)
			r.takeOut(c.at)
			for _, other := range through[r.own(c.at)] {
				fine[other] = false
			}
			again = true
			break
		}
	}
}

// takeOut forgets an object.
func (r *reader) takeOut(o *source.Object) {
	s := r.own(o)
	switch kindNamed(o.Group(), o.Kind) {
	case kindRouter:
		delete(r.routers, s)
	case kindSplitter:
		delete(r.splitters, s)
	case kindResolver:
		delete(r.resolvers, s)
	}
}

// refuse notes why the chain is refused, and for which object.
func (c *chain) refuse(o *source.Object, why string) {
	if c.why == "" {
		c.why, c.at = why, o
	}
}

// table flattens the chain; nil where it says no more than that requests go to
// the service.
func (c *chain) table() *intent.Routing {
	t := &intent.Routing{Host: c.names.host(c.service), Else: intent.Passthrough{}, Protocol: intent.TCP}
	if c.http(c.service) {
		t.Protocol = intent.HTTP
	}
	router, splitter, res := c.routers[c.service], c.splitters[c.service], c.resolvers[c.service]
	var from []*source.Object
	if router != nil {
		c.advanced(router.object)
		from = append(from, router.object)
		for _, rt := range router.routes {
			t.Rules = append(t.Rules, c.rule(rt))
		}
	}
	rest := intent.Rule{Then: intent.Forward{To: c.next(c.owner(), leg{service: c.service})}}
	switch {
	case splitter != nil:
		c.advanced(splitter.object)
		from = append(from, splitter.object)
		rest.Home, rest.From = c.home(splitter.object), intent.From(specOf(splitter.object).get("splits").Node.Ref())
	case res != nil:
		from = append(from, res.object)
		rest.Home, rest.From = c.home(res.object), intent.From(res.object.Ref())
		// The resolver in the end counts, whom others redirect to.
		if _, end := c.redirected(res.object, leg{service: c.service}); router == nil && t.Protocol == intent.HTTP && end != nil && end.timeout != nil {
			end.timed = end.timed || c.met == nil
			rest.Timeout = &intent.Timeout{Request: end.timeout, From: intent.From(end.requestTimeout.Node.Ref())}
		}
	}
	all := func(rule intent.Rule) bool { return match.IsTrue(rule.When) }
	if c.limit(&rest); !c.plain(rest) && !slices.ContainsFunc(t.Rules, all) {
		if to := rest.Then.(intent.Forward).To; len(to) == 1 && c.plainBackend(to[0]) {
			rest.Then = intent.Passthrough{}
		}
		t.Rules = append(t.Rules, rest)
	}
	if router == nil && len(t.Rules) == 0 {
		return nil
	}
	if d := c.defaults[c.service]; len(from) == 0 && d != nil && (d.limit != nil || c.proxies.limit == nil) {
		from = append(from, d.object)
	}
	// Only the limit of proxies is left, which those of all services may have, or that the
	// service is not there.
	if len(from) == 0 && c.proxies.object == nil {
		return nil
	}
	if len(from) == 0 { // nothing of its own, by which to name it
		t.From = intent.From(c.proxies.object.Ref())
		t.Rules[0].From = t.From // the one there is
		return t
	}
	t.Home = c.home(from[0])
	for _, o := range from {
		t.From = append(t.From, o.Ref())
	}
	return t
}

// owner is the object that leads to the service's own instances, for messages.
func (c *chain) owner() *source.Object {
	switch {
	case c.routers[c.service] != nil:
		return c.routers[c.service].object
	case c.splitters[c.service] != nil:
		return c.splitters[c.service].object
	case c.resolvers[c.service] != nil:
		return c.resolvers[c.service].object
	}
	return nil
}

// plain reports whether a rule only sends requests to the service itself.
func (c *chain) plain(rule intent.Rule) bool {
	to := rule.Then.(intent.Forward).To
	return rule.Timeout == nil && len(to) == 1 && c.plainBackend(to[0])
}

func (c *chain) plainBackend(b intent.Backend) bool {
	return b.Host == c.names.host(c.service) && b.SubsetName == "" && len(b.Steps) == 0 && len(b.Fallback) == 0 && !b.Missing
}

// advanced refuses an object that needs requests to be understood.
func (c *chain) advanced(o *source.Object) {
	if !c.http(c.service) {
		c.refuse(o, "the protocol of "+c.service.String()+" is tcp, which does not permit advanced routing or splitting")
	}
}

// rule flattens one route.
func (c *chain) rule(rt route) intent.Rule {
	o := c.routers[c.service].object
	out := intent.Rule{Comment: rt.comment, Home: c.home(o), When: rt.when, Steps: rt.steps, Timeout: rt.timeout, Retry: rt.retry, From: rt.from}
	to := c.next(o, rt.leg)
	out.Steps = afterShares(out.Steps, to)
	out.Then = intent.Forward{To: to}
	if len(to) == 1 && c.plainBackend(to[0]) {
		out.Then = intent.Passthrough{}
	}
	c.limit(&out)
	return out
}
