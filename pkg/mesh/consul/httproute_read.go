package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// gatewayRoute is an http-route or tcp-route as read.
type gatewayRoute struct {
	object  *source.Object
	http    bool
	hosts   []value
	parents []parent
	lines   []gatewayLine
	// resource says that it is an HTTPRoute or TCPRoute, of which consul-k8s makes one.
	resource bool
	// beyond says what of it the model does not hold, and wrong why Consul's servers
	// refuse it; "" is nothing.
	beyond, wrong string
	// uses are the objects that say part of what it says: filters of consul-k8s, and
	// MeshServices.
	uses []*source.Object
	// astray says that it is for a gateway that is not lifted, and led that it is for
	// one that is. lifted says that a table stems from it.
	astray, led, lifted bool
	// idle says that a gateway that it is for is refused, which routes nothing.
	idle bool
}

// parent is a gateway, or one listener of it. namespace is that of a Gateway, "" for
// entries, which have none.
type parent struct {
	node                        value
	namespace, gateway, section string
}

// gatewayLine is one match of a rule.
type gatewayLine struct {
	of   *gatewayRoute
	rule intent.Rule
	// path, headers and query are what the match ranks by: the length of its path, and
	// how many conditions it has.
	path, headers, query int
	// prefix is the path that it is for, if isPrefix as the beginning of others.
	prefix   string
	isPrefix bool
}

// compareLines orders them as they are asked; those of one rank and one route keep
// their order.
// agent/consul/discoverychain/gateway_httproute.go compareHTTPRules
func compareLines(a, b gatewayLine) int {
	return cmp.Or(cmp.Compare(b.path, a.path), cmp.Compare(b.headers, a.headers), cmp.Compare(b.query, a.query))
}

// httpRoute reads one.
func (r *reader) httpRoute(o *source.Object) *gatewayRoute {
	spec := specOf(o)
	r.home(o)
	rt := &gatewayRoute{object: o, http: true, hosts: spec.get("hostnames").items()}
	rt.readParents(spec)
	for _, n := range rt.hosts {
		if strings.Contains(n.text(), "*") {
			n.Node.Reject("has a wildcard")
		}
	}
	for _, n := range spec.get("rules").items() {
		rt.lines = append(rt.lines, r.gatewayRule(rt, n)...)
	}
	return rt
}

// readParents reads whom a route is for.
func (rt *gatewayRoute) readParents(spec value) {
	for _, n := range spec.get("parents").items() {
		if kind := n.get("kind"); cmp.Or(kind.text(), entryGateway) != entryGateway {
			kind.Node.Reject("is not " + entryGateway)
		}
		rt.parents = append(rt.parents, parent{n, "", n.get("name").text(), n.get("sectionName").text()})
	}
}

// gatewayRule reads one rule: a line for each of its matches, or for all requests.
// What is said of a single service adds to what the rule says.
// agent/consul/discoverychain/gateway_httproute.go httpRouteToDiscoveryChain
func (r *reader) gatewayRule(rt *gatewayRoute, n value) []gatewayLine {
	filters := n.get("filters")
	for _, v := range r.onlyEnterprise(filters, "jwt") {
		rt.beyond = "tokens are demanded at " + v.Node.Ref().Path
	}
	rule := routeRule{node: n, filters: r.entryFilters(filters, n.get("responseFilters"))}
	for _, s := range n.get("services").items() {
		l := routeLeg{leg: leg{node: s, service: service{r.consulNamespace(rt.object), readName(s.get("name"))}}, weight: s.get("weight")}
		for _, v := range r.onlyEnterprise(s, "namespace", "partition") {
			rt.beyond = "it leads to another namespace or partition at " + v.Node.Ref().Path
		}
		l.filters = r.entryFilters(s.get("filters"), s.get("responseFilters"))
		rule.legs = append(rule.legs, l)
	}
	rule.timeout, rule.retry = readTimeout(filters.get("timeoutFilter")), r.readRetry(filters.get("retryFilter"))
	for _, m := range n.get("matches").items() {
		l := r.gatewayMatch(m)
		if path := m.get("path"); path.get("match").text() != "" {
			l.prefix, l.isPrefix = path.get("value").text(), path.get("match").text() == "prefix"
		}
		rule.matches = append(rule.matches, l)
	}
	return r.lines(rt, rule)
}

// entryFilters reads what is done to requests and responses.
func (r *reader) entryFilters(filters, responses value) routeFilters {
	out := routeFilters{requests: r.headerChanges(filters.get("headers"), intent.OnRequest), responses: r.headerChanges(responses.get("headers"), intent.OnResponse)}
	if rewrite := filters.get("urlRewrite"); !rewrite.missing() {
		out.rewrites, out.rewrite = rewrite, rewrite.get("path")
	}
	out.aside = []value{responses, filters.get("urlRewrite")}
	return out
}

// behindGateway is next for what an API gateway leads to, which passes routers.
func (c *chain) behindGateway(o *source.Object, l leg) []intent.Backend {
	if c.routers[l.service] == nil || c.splitters[l.service] != nil {
		return c.next(o, l)
	}
	return []intent.Backend{c.instances(o, l)}
}

// instances is resolve for what an API gateway leads to. Of a service with a router the
// resolver is passed, too, where that sends on or means a subset: no part of the
// service's chain is about all of its instances then, and so they are meant.
// agent/consul/discoverychain/gateway.go targetForResolverNode
func (c *chain) instances(o *source.Object, l leg) intent.Backend {
	to, _ := c.redirected(o, l)
	if c.routers[l.service] != nil && (to.service != l.service || to.subset != l.subset || to.foreign()) {
		return c.backend(o, l, 1)
	}
	return c.resolve(o, l, 1)
}

// holdChains keeps for Consul what the chains are made of that routes of API gateways
// lead to: they pass some of it, and would pass more where a router says what a resolver
// said.
func (r *reader) holdChains() {
	met := map[service]bool{}
	for _, s := range sortedServices(r.entered) {
		met[s] = true
		(&chain{reader: r, service: s, met: met}).table()
	}
	bound := slices.Clone(r.routedBy)
	hold := func(o *source.Object) {
		for _, b := range bound {
			r.routedBy = append(r.routedBy, boundTo{b.route, o})
		}
		if !r.held[o] {
			r.hold(o, "routes of an API gateway lead to what it says")
		}
	}
	for _, s := range sortedServices(met) {
		if res := r.resolvers[s]; res != nil {
			hold(res.object)
		}
		if sp := r.splitters[s]; sp != nil {
			hold(sp.object)
		}
		if rt := r.routers[s]; rt != nil {
			hold(rt.object)
		}
	}
}

// The words of matches.
var (
	pathKinds   = map[string]match.Op{"exact": match.Exact, "prefix": match.Prefix, "regex": match.Regex}
	headerKinds = map[string]match.Op{"exact": match.Exact, "prefix": match.Prefix, "suffix": match.Suffix, "regex": match.Regex, "present": match.Present}
	queryKinds  = map[string]match.Op{"exact": match.Exact, "regex": match.Regex, "present": match.Present}
)

// gatewayMatch reads which requests are meant; one that is not there is all.
func (r *reader) gatewayMatch(n value) gatewayLine {
	out := gatewayLine{path: 1, prefix: "/", isPrefix: true}
	var all []match.Expr
	if path := n.get("path"); path.get("match").text() != "" {
		a := condition(path, match.Path, pathKinds)
		if a.Op != match.Regex && !strings.HasPrefix(a.Value, "/") {
			path.Node.Reject("has a value that does not begin with /")
		}
		all, out.path = append(all, a), len(a.Value)
	}
	for _, h := range n.get("headers").items() {
		a := condition(h, match.Header, headerKinds)
		a.Key = strings.ToLower(a.Key)
		if f, ok := pseudo[a.Key]; ok {
			a.Field, a.Key = f, ""
		}
		all = append(all, a)
		out.headers++
	}
	for _, q := range n.get("query").items() {
		all = append(all, condition(q, match.Query, queryKinds))
		out.query++
	}
	if m := n.get("method"); m.text() != "" {
		all = append(all, methodsOf(m))
	}
	out.rule.When = match.Conj(all...)
	return out
}

// condition reads one condition, whose word says how its value is meant.
func condition(n value, f match.Field, words map[string]match.Op) match.Atom {
	word := n.get("match")
	op, known := words[word.text()]
	if !known {
		n.Node.Reject("says no known way to match")
	}
	a := match.Atom{Field: f, Op: op, Value: n.get("value").text(), Ref: new(n.Node.Ref())}
	if f != match.Path {
		if a.Key = n.get("name").text(); a.Key == "" {
			n.Node.Reject("has no name")
		}
	}
	switch op {
	case match.Regex:
		checkRegex(n.get("value"))
	case match.Present:
		a.Value = ""
	}
	return a
}

// tcpRoute reads one: all connections go to its one service.
func (r *reader) tcpRoute(o *source.Object) *gatewayRoute {
	spec := specOf(o)
	r.home(o)
	rt := &gatewayRoute{object: o}
	rt.readParents(spec)
	services := spec.get("services").items()
	if len(services) != 1 {
		spec.Node.Reject("must have one service")
		return rt
	}
	n := services[0]
	for _, v := range r.onlyEnterprise(n, "namespace", "partition") {
		rt.beyond = "it leads to another namespace or partition at " + v.Node.Ref().Path
	}
	rt.connect(r, routeLeg{leg: leg{node: n, service: service{r.consulNamespace(o), readName(n.get("name"))}}, weight: n.get("weight")})
	return rt
}
