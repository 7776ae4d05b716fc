package consul

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
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
	// met are the services that the chain leads through; nil where nobody asks.
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

// routed lists the services of which something is said, sorted.
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
		if d.limit != nil && r.http(s) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, compareServices)
	return slices.Compact(out)
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
			end.timed = true
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
	if d := c.defaults[c.service]; len(from) == 0 && d != nil {
		from = append(from, d.object)
	}
	// Only the limit of proxies is left, which those of all services may have.
	if len(from) == 0 {
		from = append(from, c.proxies.object)
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

// next follows a leg: to the splits of its service, unless it names a subset, and
// to instances. o is who leads there.
func (c *chain) next(o *source.Object, l leg) []intent.Backend {
	c.meets(l.service)
	sp := c.splitters[l.service]
	if l.subset != "" || sp == nil {
		return []intent.Backend{c.resolve(o, l, 1)}
	}
	return reduced(c.split(o, sp, allShares, nil, nil))
}

// split flattens a splitter: the shares of a splitter behind another are
// multiplied, and rounded to hundredths of a percent again.
func (c *chain) split(o *source.Object, sp *splitter, share int, steps []intent.Step, above []service) []intent.Backend {
	if slices.Contains(above, sp.service) {
		c.refuse(sp.object, "its splits lead back to itself")
		return nil
	}
	above = append(slices.Clone(above), sp.service)
	var out []intent.Backend
	for _, s := range sp.splits {
		c.meets(s.service)
		weight := (share*s.weight + allShares/2) / allShares
		all := append(slices.Clone(steps), s.steps...)
		if inner := c.splitters[s.service]; inner != nil && s.subset == "" && s.service != sp.service {
			out = append(out, c.split(sp.object, inner, weight, all, above)...)
			continue
		}
		b := c.resolve(sp.object, s.leg, weight)
		b.Steps = all
		out = append(out, b)
	}
	return out
}

// reduced writes shares as percentages where they are whole.
func reduced(to []intent.Backend) []intent.Backend {
	if slices.ContainsFunc(to, func(b intent.Backend) bool { return b.Weight%100 != 0 }) {
		return to
	}
	for i := range to {
		to[i].Weight /= 100
	}
	return to
}

// resolve finds the instances that a leg means, and those that stand in for them.
func (c *chain) resolve(o *source.Object, l leg, weight int) intent.Backend {
	l, res := c.redirected(o, l)
	b := c.backend(o, l, weight)
	if res == nil {
		return b
	}
	key := l.subset
	if _, ok := res.failover[key]; !ok {
		key = anyName
	}
	res.failedOver[key] = true
	for _, f := range res.failover[key] {
		if f.subset == "" && f.service == l.service {
			f.subset = l.subset
		}
		if to, _ := c.redirected(res.object, f); to.service != l.service || to.subset != l.subset || to.foreign() {
			back := c.backend(res.object, to, 1)
			back.From = intent.From(f.node.Node.Ref())
			b.Fallback = append(b.Fallback, back)
		}
	}
	return b
}

// redirected follows redirects and default subsets, and returns the resolver that
// decides in the end.
func (c *chain) redirected(o *source.Object, l leg) (leg, *resolver) {
	seen := map[leg]bool{}
	for {
		c.meets(l.service)
		res := c.resolvers[l.service]
		if l.foreign() || res == nil {
			return l, res
		}
		key := leg{service: l.service, subset: l.subset}
		if seen[key] {
			c.refuse(res.object, "its redirects lead back to itself")
			return l, nil
		}
		seen[key] = true
		switch subset := res.defaultSubset.text(); {
		case res.redirect != nil && (res.redirect.service != l.service || res.redirect.subset != "" && res.redirect.subset != l.subset || res.redirect.foreign()):
			to := *res.redirect
			if to.subset == "" && to.service == l.service {
				to.subset = l.subset
			}
			l = to
		case l.subset == "" && subset != "":
			l.subset, l.node = subset, res.defaultSubset
		default:
			return l, res
		}
	}
}

// backend is the set of instances that a resolved leg means.
func (c *chain) backend(o *source.Object, l leg, weight int) intent.Backend {
	b := intent.Backend{Host: c.names.host(l.service), SubsetName: l.subset, Weight: weight}
	if !l.node.missing() {
		b.From = intent.From(l.node.Node.Ref())
	}
	switch {
	case o != nil && l.peer == "" && c.disagree(l.service):
		c.refuse(o, "it joins services of several protocols: "+c.service.String()+" has "+c.protocol(c.service)+", "+l.service.String()+" has "+c.protocol(l.service))
	}
	if l.foreign() {
		b.Host, b.SubsetName = intent.Host{DNS: abroad(l)}, ""
		c.abroad(l)
		return b
	}
	b.Missing = c.in.Env.Complete.Services && len(c.names.find(l.service)) == 0
	if l.subset == "" {
		return b
	}
	res := c.resolvers[l.service]
	switch {
	case res == nil:
		b.Missing = true
		c.missing(l)
		return b
	case res.subsets[l.subset] == nil:
		c.refuse(o, "service "+l.service.String()+" does not have a subset named "+l.subset)
		return b
	}
	b.Subset = res.subsets[l.subset].where
	b.From = append(b.From, res.subsets[l.subset].node.Node.Ref())
	return b
}

// disagree reports whether another service is said to speak otherwise.
func (c *chain) disagree(other service) bool {
	_, said := c.protocolSaid(other)
	return (said || c.assumed[other]) && c.protocol(other) != c.protocol(c.service)
}

// missing says that the resolver which defines a subset is not in the input.
func (c *chain) missing(l leg) {
	if at := l.node.Node.Ref(); !c.told[at] {
		c.told[at] = true
		c.diags.Add(diag.UnknownSubset, at.Object+" refers to subset "+l.subset+" of "+l.service.String()+", whose ServiceResolver is not in the input", "add it to the input", at)
	}
}

// abroad is the name of a service in another datacenter or cluster.
// https://developer.hashicorp.com/consul/docs/services/discovery/dns-static-lookups
func abroad(l leg) string {
	if l.peer != "" {
		return l.service.name + ".virtual." + l.peer + ".peer.consul"
	}
	return l.service.name + ".service." + l.datacenter + ".dc.consul"
}

// abroad says that requests leave the cluster.
func (c *chain) abroad(l leg) {
	at := l.node.Node.Ref()
	if c.told[at] {
		return
	}
	c.told[at] = true
	c.diags.Add(diag.NotTranslated, at.Object+" sends requests to another datacenter or cluster, which is known as "+abroad(l)+" there", "make the name known to the target", at)
}
