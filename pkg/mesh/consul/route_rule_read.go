package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// routeRule is a rule of an http-route as read, or of an HTTPRoute, of which one is
// made.
type routeRule struct {
	node    value
	matches []gatewayLine // none is all requests
	filters routeFilters
	timeout *intent.Timeout
	retry   *intent.Retry
	legs    []routeLeg
}

// routeLeg is one of the services that a rule leads to.
type routeLeg struct {
	leg
	weight  value
	filters routeFilters
}

// routeFilters are what is done to requests and responses.
type routeFilters struct {
	requests, responses []headerChange
	// rewrite is the new path, which may be empty, and rewrites where one is said.
	rewrite, rewrites value
	// aside is all but changes of request headers.
	aside []value
}

// headerChange is a change of a header, and where it is said.
type headerChange struct {
	intent.Headers
	at *source.Node
}

// lines are a line for each match of a rule, or one for all requests. What is said of a
// single service adds to what the rule says.
func (r *reader) lines(rt *gatewayRoute, in routeRule) (out []gatewayLine) {
	f := in.filters
	if len(in.legs) == 1 {
		own := in.legs[0].filters
		f.requests, f.responses = slices.Concat(f.requests, own.requests), slices.Concat(f.responses, own.responses)
		if !own.rewrites.missing() {
			if f.rewrite.text(); !f.rewrite.missing() {
				r.inert(f.rewrite.Node, "the one service of the rule says another path")
			}
			f.rewrite = own.rewrite
		}
	}
	heads := slices.Concat(r.lastChanges(f.requests), r.lastChanges(f.responses))
	c, to := r.routeLegs(rt, in.legs)
	if len(in.matches) == 0 {
		in.matches = []gatewayLine{r.gatewayMatch(value{nil, true})}
	}
	for _, l := range in.matches {
		l.of = rt
		legs := slices.Clone(to)
		rule := intent.Rule{Home: r.home(rt.object), Comment: in.node.Node.Comment(), When: l.rule.When, Timeout: in.timeout, Retry: in.retry, From: intent.From(in.node.Node.Ref())}
		if f.rewrite.text() != "" {
			rule.Steps = append(rule.Steps, l.rewritten(f.rewrite))
		}
		rule.Steps = afterShares(slices.Concat(rule.Steps, heads), legs)
		rule.Then = intent.Forward{To: legs}
		c.limit(&rule)
		l.rule = rule
		out = append(out, l)
	}
	return out
}

// rewritten is a new path in place of what a match is for: its prefix, or the path as a
// whole.
func (l gatewayLine) rewritten(v value) intent.Step {
	out := &intent.PathRewrite{Kind: intent.FullPath, Replace: v.text()}
	if l.isPrefix {
		out.Kind, out.Match = intent.PrefixPath, l.prefix
	}
	return intent.Rewrite{From: intent.From(v.Node.Ref()), Path: out}
}

// headerChanges reads lists of changes to headers.
func (r *reader) headerChanges(list value, on intent.Message) (out []headerChange) {
	for _, n := range list.items() {
		said := map[string]*source.Node{}
		for _, e := range slices.Concat(n.get("add").entries(), n.get("set").entries()) {
			said[e.Value.Ref().Path] = e.Value
		}
		for _, s := range r.headerSteps(n, on) {
			h := s.(intent.Headers)
			out = append(out, headerChange{h, said[h.From[0].Path]})
		}
	}
	return out
}

// lastChanges are one list of what is removed, and of what is added and set the last of
// a name.
func (r *reader) lastChanges(all []headerChange) []intent.Step {
	var removed, rest []intent.Step
	var kept []headerChange
	for _, h := range all {
		if h.Op == intent.RemoveHeader {
			removed = append(removed, h.Headers)
			continue
		}
		kept = slices.DeleteFunc(kept, func(old headerChange) bool {
			again := old.Op == h.Op && old.Name == h.Name
			if again {
				r.inert(old.at, "it is said again after it")
			}
			return again
		})
		kept = append(kept, h)
	}
	slices.SortStableFunc(kept, func(a, b headerChange) int {
		return cmp.Or(cmp.Compare(turnOf(a.Op), turnOf(b.Op)), strings.Compare(a.Name, b.Name))
	})
	for _, h := range kept {
		rest = append(rest, h.Headers)
	}
	return append(removed, rest...)
}

// turnOf has headers added before others are set.
func turnOf(op intent.HeaderOp) int {
	if op == intent.AddHeader {
		return 0
	}
	return 1
}

// routeLegs are where a rule leads: one service, whose own shares count, or shares of
// several, which may have none.
// agent/xds/routes.go makeRouteActionForSplitter
func (r *reader) routeLegs(rt *gatewayRoute, legs []routeLeg) (*chain, []intent.Backend) {
	c := &chain{reader: r}
	var to []intent.Backend
	for i, l := range legs {
		if l.service.name == "" {
			l.node.Node.Reject("names no service")
		}
		if i == 0 {
			c.service = l.service
		}
		r.entered[l.service] = true
		share := l.share(r)
		if len(legs) == 1 {
			if l.weight.integer() > 0 {
				l.weight.Node.Skip("of a single service it says nothing")
			}
			return c, c.behindGateway(rt.object, l.leg)
		}
		if r.splitters[l.service] != nil {
			rt.beyond = "shares of it lead to those of " + l.service.String() + ", which proxies do not take"
		}
		b := c.instances(rt.object, l.leg)
		b.Weight = share
		b.Steps = r.lastChanges(l.filters.requests)
		for _, v := range l.filters.aside {
			if !v.missing() {
				v.Node.MarkRead()
				r.inert(v.Node, "of one of several services only request headers are changed")
			}
		}
		to = append(to, b)
	}
	return c, to
}

// share is the weight of a leg.
// agent/structs/config_entry_routes.go normalizeHTTPService
func (l routeLeg) share(r *reader) int {
	share := l.weight.integer()
	if share <= 0 {
		share = 1
		r.inert(l.weight.Node, "a weight that is not positive counts as 1")
	}
	return share
}

// connect has all connections go to one service.
func (rt *gatewayRoute) connect(r *reader, l routeLeg) {
	_, to := r.routeLegs(rt, []routeLeg{l})
	rt.lines = []gatewayLine{{of: rt, rule: intent.Rule{Home: r.home(rt.object), Then: intent.Forward{To: to}, From: intent.From(rt.object.Ref())}}}
}
