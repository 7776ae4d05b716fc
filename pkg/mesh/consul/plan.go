package consul

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// A table of rules is a router, a splitter and a resolver of one service. A leg to
// a service enters its splitter, so that legs which mean its endpoints go to a
// subset of all of them where it has one. A service has one splitter, which the
// rules with these shares are sent to, and other rules past.

// allSubset is the subset of all endpoints of a service that is split.
const allSubset = "all"

// planner tells how tables are said.
type planner struct {
	m     *intent.Model
	names *names
	known map[intent.Name]service
	// tables are the first of each service.
	tables map[service]*intent.Routing
	// sentOn is where resolvers send all that goes to their services, and gates the
	// services by which legs lead to names of other datacenters and peers.
	sentOn map[service]*intent.Backend
	// entered are the tables of ingress gateways, which stand in objects that are kept.
	entered []*intent.Routing
	gates   map[string]service
	// standIns is what stands in for where legs lead, and clashes where legs disagree.
	standIns map[hop][]intent.Backend
	clashes  map[hop]bool
}

func newPlanner(m *intent.Model, enterprise bool) *planner {
	m, entered := inMesh(m)
	p := &planner{
		m: m, names: newNames(&m.Inventory, m.Env, enterprise), known: map[intent.Name]service{}, tables: map[service]*intent.Routing{},
		sentOn: map[service]*intent.Backend{}, gates: map[string]service{}, standIns: map[hop][]intent.Backend{}, clashes: map[hop]bool{},
		entered: entered,
	}
	for _, t := range m.Routing {
		if s := p.service(t.Host.Service); t.Entry.IsZero() && !t.Host.Service.IsZero() && p.tables[s] == nil {
			p.tables[s] = t
			p.noteSent(s, t)
		}
	}
	p.noteStandIns()
	return p
}

// inMesh is a model without the tables of ingress gateways, and these.
func inMesh(m *intent.Model) (*intent.Model, []*intent.Routing) {
	enters := func(t *intent.Routing) bool { return !t.Entry.IsZero() }
	if !slices.ContainsFunc(m.Routing, enters) {
		return m, nil
	}
	own, entered := *m, []*intent.Routing(nil)
	own.Routing = nil
	for _, t := range m.Routing {
		if enters(t) {
			entered = append(entered, t)
		} else {
			own.Routing = append(own.Routing, t)
		}
	}
	return &own, entered
}

// service is the name in Consul of a Service.
func (p *planner) service(name intent.Name) service {
	s, ok := p.known[name]
	if !ok {
		s = p.names.service(name)
		p.known[name] = s
	}
	return s
}

// live are the rules of a table that requests reach; rest says that the last one
// takes all that others leave.
func live(t *intent.Routing) (rules []intent.Rule, rest bool) {
	i := slices.IndexFunc(t.Rules, func(r intent.Rule) bool { return match.IsTrue(r.When) })
	if i < 0 {
		return t.Rules, false
	}
	return t.Rules[:i+1], true
}

// sharesOf is the rule whose shares are the service's splitter, or nil: the last one,
// which needs no router, or else the first that has shares.
func sharesOf(t *intent.Routing) []intent.Backend {
	rules, rest := live(t)
	if n := len(rules); rest && len(legs(rules[n-1].Then)) > 1 {
		return legs(rules[n-1].Then)
	}
	for _, r := range rules {
		if to := legs(r.Then); len(to) > 1 {
			return to
		}
	}
	return nil
}

func legs(a intent.Action) []intent.Backend {
	if f, ok := a.(intent.Forward); ok {
		return f.To
	}
	return nil
}

// isSplit reports whether requests to a service are shared.
func (p *planner) isSplit(s service) bool {
	t := p.tables[s]
	return t != nil && len(sharesOf(t)) > 1
}

// refuses says why a table cannot be said as a whole, or "".
func (p *planner) refuses(t *intent.Routing) string {
	s := p.service(t.Host.Service)
	if found := p.names.find(s); len(found) > 1 {
		return "Services of several namespaces are one service " + s.name + " in Consul"
	}
	if p.tables[s] != t {
		return "a service has one router"
	}
	rules, rest := live(t)
	if !rest && !passes(t.Else) && !exhaustive(rules) {
		return "requests that no rule is about go on to the service"
	}
	own := sharesOf(t)
	for i := range rules {
		if why := p.refusesRule(t, &rules[i], own); why != "" {
			return why
		}
	}
	return ""
}

// passes reports whether what no rule is about goes on to the service.
func passes(a intent.Action) bool {
	_, ok := a.(intent.Passthrough)
	return ok || a == nil
}

func exhaustive(rules []intent.Rule) bool {
	var any match.Or
	for _, r := range rules {
		any = append(any, r.When)
	}
	return implies(match.Atom{Field: match.Path, Op: match.Present}, any)
}

func (p *planner) refusesRule(t *intent.Routing, r *intent.Rule, own []intent.Backend) string {
	to, s := legs(r.Then), p.service(t.Host.Service)
	_, forwards := r.Then.(intent.Forward)
	switch {
	case forwards && len(to) == 0:
		return "a route goes somewhere"
	case !forwards && p.sentOn[s] != nil:
		return sentOnAway(s)
	}
	if len(to) > 1 && !sameShares(to, own) {
		return "a service is split in one way, and another split is asked for"
	}
	if len(to) > 1 && weights(to) != allShares {
		return "all shares of a split are zero"
	}
	for i := range to {
		if why := cmp.Or(p.refusesLeg(s, &to[i]), p.refusesStandIns(s, &to[i])); why != "" {
			return why
		}
	}
	alts, _ := match.DNF(r.When, manyLines)
	for _, ls := range alts {
		if _, _, why := rewritten(r.Steps, ls); why != "" {
			return why
		}
	}
	return ""
}

func weights(to []intent.Backend) int {
	sum := 0
	for _, b := range to {
		sum += b.Weight
	}
	return sum
}

// sameShares reports whether two splits are one.
func sameShares(a, b []intent.Backend) bool {
	return slices.EqualFunc(a, b, func(x, y intent.Backend) bool {
		return x.Host == y.Host && x.SubsetName == y.SubsetName && match.Equal(x.Subset, y.Subset) && x.Weight == y.Weight && sameSteps(x.Steps, y.Steps)
	})
}

func sameSteps(a, b []intent.Step) bool {
	return slices.EqualFunc(a, b, func(x, y intent.Step) bool {
		h, ok := x.(intent.Headers)
		k, also := y.(intent.Headers)
		h.From, k.From = nil, nil
		return ok && also && h.On == k.On && h.Op == k.Op && h.Name == k.Name && h.Value == k.Value
	})
}

// sentOnAway is why no leg leads to the endpoints of a service.
func sentOnAway(s service) string { return "all that goes to " + s.name + " is sent on" }

func (p *planner) refusesLeg(own service, b *intent.Backend) string {
	if b.Host.DNS != "" {
		if _, ok := p.gate(own, b); !ok {
			return "nothing that requests can be sent to stands for " + b.Host.DNS
		}
		return p.unnamed(b.Host.DNS)
	}
	s := p.service(b.Host.Service)
	svc := p.m.Inventory.Service(b.Host.Service)
	switch {
	case b.Missing && !(b.SubsetName == "" && svc == nil && p.m.Env.Complete.Services):
		return "a share fails, since " + b.Host.String() + " " + b.SubsetName + " is not there"
	case len(p.names.find(s)) > 1:
		return "Services of several namespaces are one service " + s.name + " in Consul"
	case p.sentOn[s] != nil:
		return sentOnAway(s)
	case b.Port != 0 && (svc == nil || len(svc.Ports) != 1 || svc.Ports[0].Port != b.Port):
		return onePort + ", and the input does not show that " + b.Host.String() + " has no other than " + text(match.Atom{Value: portText(b.Port)}).Text
	}
	return ""
}

// hop is where a leg goes: a service, and a subset of it or "".
type hop struct {
	service service
	subset  string
}

// hop names where a leg of a service's table leads.
func (p *planner) hop(own service, b *intent.Backend) hop {
	if b.Host.DNS != "" {
		s, _ := p.gate(own, b)
		return hop{service: s}
	}
	h := hop{service: p.service(b.Host.Service)}
	switch {
	case b.Subset != nil || b.SubsetName != "":
		h.subset = subsetText(b.SubsetName, b.Subset)
	case p.isSplit(h.service), p.narrowed(h.service):
		h.subset = allSubset
	}
	return h
}

var notInSubset = regexp.MustCompile(`[^a-z0-9-]+`)

// subsetText is a name that a subset can have: the source's, or what its labels
// say.
func subsetText(name string, labels match.Expr) string {
	if name == "" {
		var values []string
		match.Atoms(labels, func(a match.Atom, _ bool) { values = append(values, a.Value) })
		name = strings.Join(values, "-")
	}
	name = strings.Trim(notInSubset.ReplaceAllString(strings.ToLower(name), "-"), "-")
	return cmp.Or(name[:min(len(name), 63)], "subset")
}
