package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// gatewayRoute is an http-route or tcp-route as read.
type gatewayRoute struct {
	object  *source.Object
	http    bool
	hosts   []value
	parents []parent
	lines   []gatewayLine
	// beyond says what of it the model does not hold, or "".
	beyond string
	// astray says that it is for a gateway that is not lifted, and led that it is for
	// one that is.
	astray, led bool
}

// parent is a gateway, or one listener of it.
type parent struct {
	node             value
	gateway, section string
}

// gatewayLine is one match of a rule.
type gatewayLine struct {
	of   *gatewayRoute
	rule intent.Rule
	// path, headers and query are what the match ranks by: the length of its path, and
	// how many conditions it has.
	path, headers, query int
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
		rt.parents = append(rt.parents, parent{n, n.get("name").text(), n.get("sectionName").text()})
	}
}

// gatewayRule reads one rule: a line for each of its matches, or for all requests.
// What is said of a single service adds to what the rule says.
// agent/consul/discoverychain/gateway_httproute.go httpRouteToDiscoveryChain
func (r *reader) gatewayRule(rt *gatewayRoute, n value) []gatewayLine {
	filters, services := n.get("filters"), n.get("services").items()
	for _, v := range r.onlyEnterprise(filters, "jwt") {
		rt.beyond = "tokens are demanded at " + v.Node.Ref().Path
	}
	requests, responses := []value{filters.get("headers")}, []value{n.get("responseFilters").get("headers")}
	rewrite := filters.get("urlRewrite").get("path")
	if len(services) == 1 {
		own := services[0].get("filters")
		requests, responses = append(requests, own.get("headers")), append(responses, services[0].get("responseFilters").get("headers"))
		if own := own.get("urlRewrite"); !own.missing() {
			if rewrite.text(); !rewrite.missing() {
				r.inert(rewrite.Node, "the one service of the rule says another path")
			}
			rewrite = own.get("path")
		}
	}
	heads := slices.Concat(r.headerLists(requests, intent.OnRequest), r.headerLists(responses, intent.OnResponse))
	c, to := r.gatewayLegs(rt, services)
	timeout, retry := readTimeout(filters.get("timeoutFilter")), r.readRetry(filters.get("retryFilter"))
	matches := n.get("matches").items()
	if len(matches) == 0 {
		matches = []value{{nil, true}}
	}
	var out []gatewayLine
	for _, m := range matches {
		l := r.gatewayMatch(m)
		l.of = rt
		legs := slices.Clone(to)
		rule := intent.Rule{Home: r.home(rt.object), Comment: n.Node.Comment(), When: l.rule.When, Timeout: timeout, Retry: retry, From: intent.From(n.Node.Ref())}
		if rewrite.text() != "" {
			rule.Steps = append(rule.Steps, rewrittenAt(rewrite, m))
		}
		rule.Steps = afterShares(slices.Concat(rule.Steps, heads), legs)
		rule.Then = intent.Forward{To: legs}
		c.limit(&rule)
		l.rule = rule
		out = append(out, l)
	}
	return out
}

// rewrittenAt is a new path in place of what a match is for: its prefix, or the path
// as a whole.
func rewrittenAt(v, m value) intent.Step {
	out := &intent.PathRewrite{Kind: intent.FullPath, Replace: v.text()}
	path := m.get("path")
	switch path.get("match").text() {
	case "":
		out.Kind, out.Match = intent.PrefixPath, "/"
	case "prefix":
		out.Kind, out.Match = intent.PrefixPath, path.get("value").text()
	}
	return intent.Rewrite{From: intent.From(v.Node.Ref()), Path: out}
}

// headerLists reads changes to headers that are said in several lists: they are one
// list of what is removed, and of what is added and set the last of a name.
func (r *reader) headerLists(lists []value, on intent.Message) []intent.Step {
	var removed, rest []intent.Step
	said := map[place.Ref]*source.Node{}
	for _, list := range lists {
		for _, n := range list.items() {
			for _, e := range slices.Concat(n.get("add").entries(), n.get("set").entries()) {
				said[e.Value.Ref()] = e.Value
			}
			for _, s := range r.headerSteps(n, on) {
				h := s.(intent.Headers)
				if h.Op == intent.RemoveHeader {
					removed = append(removed, h)
					continue
				}
				rest = slices.DeleteFunc(rest, func(old intent.Step) bool {
					o := old.(intent.Headers)
					again := o.Op == h.Op && o.Name == h.Name
					if again {
						r.inert(said[o.From[0]], "it is said again after it")
					}
					return again
				})
				rest = append(rest, h)
			}
		}
	}
	slices.SortStableFunc(rest, func(a, b intent.Step) int {
		x, y := a.(intent.Headers), b.(intent.Headers)
		return cmp.Or(cmp.Compare(turnOf(x.Op), turnOf(y.Op)), strings.Compare(x.Name, y.Name))
	})
	return append(removed, rest...)
}

// turnOf has headers added before others are set.
func turnOf(op intent.HeaderOp) int {
	if op == intent.AddHeader {
		return 0
	}
	return 1
}

// gatewayLegs reads where a rule leads: one service, whose own shares count, or shares
// of several, which may have none.
// agent/xds/routes.go makeRouteActionForSplitter
func (r *reader) gatewayLegs(rt *gatewayRoute, services []value) (*chain, []intent.Backend) {
	c := &chain{reader: r}
	var to []intent.Backend
	for i, n := range services {
		l := leg{node: n, service: service{r.consulNamespace(rt.object), readName(n.get("name"))}}
		if l.service.name == "" {
			n.Node.Reject("names no service")
		}
		for _, v := range r.onlyEnterprise(n, "namespace", "partition") {
			rt.beyond = "it leads to another namespace or partition at " + v.Node.Ref().Path
		}
		if i == 0 {
			c.service = l.service
		}
		if rt.http {
			r.entered[l.service] = true
		}
		weight := n.get("weight")
		share := weight.integer()
		if share <= 0 { // agent/structs/config_entry_routes.go normalizeHTTPService
			share = 1
			r.inert(weight.Node, "a weight that is not positive counts as 1")
		}
		if len(services) == 1 {
			if weight.integer() > 0 {
				weight.Node.Skip("of a single service it says nothing")
			}
			return c, c.behindGateway(rt.object, l)
		}
		if r.splitters[l.service] != nil {
			rt.beyond = "shares of it lead to those of " + l.service.String() + ", which proxies do not take"
		}
		b := c.instances(rt.object, l)
		b.Weight = share
		b.Steps = r.headerLists([]value{n.get("filters").get("headers")}, intent.OnRequest)
		for _, v := range []value{n.get("responseFilters"), n.get("filters").get("urlRewrite")} {
			if !v.missing() {
				v.Node.MarkRead()
				r.inert(v.Node, "of one of several services only request headers are changed")
			}
		}
		to = append(to, b)
	}
	return c, to
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
	hold := func(o *source.Object) {
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
	out := gatewayLine{path: 1}
	var all []match.Expr
	if path := n.get("path"); path.get("match").text() != "" {
		a := condition(path, match.Path, pathKinds)
		if a.Op != match.Regex && !strings.HasPrefix(a.Value, "/") {
			path.get("value").Node.Reject("does not begin with /")
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
	}
	_, to := r.gatewayLegs(rt, services)
	rt.lines = []gatewayLine{{of: rt, rule: intent.Rule{Home: r.home(o), Then: intent.Forward{To: to}, From: intent.From(o.Ref())}}}
	return rt
}
