package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// routes are what two models do with the requests to one host and port.
type routes struct {
	at     tableKey
	tables [2]tables
	a, b   []line
	space  *match.Space
}

// table compares the lines of two models.
func (c *comparison) table(l likeness, r routes) {
	if !c.inStep(r.a, r.b) {
		c.ask(r, r.numbered())
		return
	}
	q, some := r.inStep(func(x, y *line) bool { return !c.sameEffects(l, x, y) })
	if !some {
		c.same(r.at, intent.Routed)
		return
	}
	c.ask(r, q)
}

// ask finds requests that two models treat differently, in each aspect the first, and
// the first that is treated so not only by default.
func (c *comparison) ask(r routes, q question) {
	seen := sightings{}
	arrived := map[[2]int]bool{}
	result := r.space.Differ(q.lists, c.budget(), func(o match.Outcome) bool {
		x, y := q.answers(o)
		if pair := [2]int(o.Answers); !o.Doubt && !arrived[pair] {
			arrived[pair] = true
			c.arrivals(r, q.lists, pair, x, y)
		}
		for _, i := range x.differs(y, c.o.Defaults) {
			s := sighting{i, x.parts[i].defaulted && y.parts[i].defaulted}
			switch {
			case !c.asked(routedAspects[i]) || seen.has(s):
			case o.Doubt:
				seen.doubt(s)
			default:
				if w := r.genuine(o.Request(), q.lists, [2]int(o.Answers), x, y, i); w != nil {
					seen.add(s)
					c.differRouting(r, w, s)
				}
			}
		}
		return true
	})
	c.conclude(r.at, result, &seen)
}

// conclude says what the requests that were seen leave open.
func (c *comparison) conclude(at tableKey, result match.Answer, seen *sightings) {
	switch {
	case result == match.Unsure:
		c.add(unsure(intent.Routed, at.String(), tooMuch))
	case seen.doubts:
		d := unsure(intent.Routed, at.String(), tooHard)
		d.Defaulted = seen.byDefault
		c.add(d)
	case len(seen.list) == 0:
		c.same(at, intent.Routed)
	}
}

// Why a comparison is unsure.
const (
	tooMuch = "more cases than the budget of steps allows to compare"
	tooHard = "depends on a pattern that does not compile, or on patterns that take more states to compare than the budget allows"
)

func unsure(a intent.Aspect, scope, why string) Difference {
	return Difference{Aspect: a, Verdict: Unsure, Scope: scope, A: why, B: why}
}

// take is the answer of the first line that takes a request; the last takes all.
func (r routes) take(lines []line, q *match.Request) *answer {
	for i := range lines {
		if r.space.Eval(lines[i].holds(), q) {
			return lines[i].answer()
		}
	}
	panic("decide: no line takes a request")
}

// differRouting reports a request that is treated differently in one aspect.
func (c *comparison) differRouting(r routes, q *match.Request, s sighting) {
	q, aspect := r.complete(q), s.aspect
	if c.o.Brief || c.o.BriefDefaults && s.defaulted {
		x, y := r.take(r.a, q), r.take(r.b, q)
		c.add(Difference{
			Aspect: routedAspects[aspect], Verdict: Different, Scope: r.at.String(), Defaulted: s.defaulted,
			A: x.says(aspect), B: y.says(aspect), FromA: x.origin(aspect), FromB: y.origin(aspect),
		})
		return
	}
	shows := func(q *match.Request) bool {
		for _, i := range r.take(r.a, q).differs(r.take(r.b, q), s.defaulted) {
			if i == aspect {
				return true
			}
		}
		return false
	}
	w := Request{Entry: r.at.entry, Host: concrete(r.at.host, r.tables[:]...), Port: c.portOf(r), trust: c.a.Env.TrustDomain}
	var all []caller
	if r.at.entry.IsZero() {
		to := caller{namespace: r.at.host.Service.Namespace, account: r.at.host.Service.Name}
		q, all = c.cast(q, scene{to, shows, r.asksClients()})
		w.Client = c.senderText(q, all, shows)
	}
	if c.secured(w.Entry, w.Port) {
		if https := q.Clone().Set(match.Scheme, "", "https"); shows(https) {
			q = https
		}
	}
	w.At = *q
	if w.Port != 0 {
		w.At.Set(match.ServicePort, "", itoa(w.Port))
	}
	x, y := r.take(r.a, q), r.take(r.b, q)
	c.add(Difference{
		Aspect: routedAspects[aspect], Verdict: Different, Scope: r.at.String(), Defaulted: s.defaulted, Witness: w.String(), Request: &w, Clients: c.names(all),
		A: x.says(aspect), B: y.says(aspect), FromA: x.origin(aspect), FromB: y.origin(aspect),
	})
}

// asksClients reports whether any line asks who sends a request.
func (r routes) asksClients() bool {
	asks := func(l line) bool { return asksClients(l.when) }
	return slices.ContainsFunc(r.a, asks) || slices.ContainsFunc(r.b, asks)
}

func (c *comparison) names(all []caller) []string {
	if !c.o.Clients {
		return nil
	}
	var out []string
	seen := make(map[intent.Name]bool, len(all))
	for _, x := range all {
		if name := (intent.Name{Namespace: x.namespace, Name: x.account}); !seen[name] {
			seen[name] = true
			out = append(out, name.String())
		}
	}
	return out
}

// complete adds to a request what makes it one of the table's protocol.
func (r routes) complete(q *match.Request) *match.Request {
	q = q.Clone()
	add := func(f match.Field, v string) {
		if _, ok := q.Lookup(f, ""); !ok {
			q.Set(f, "", v)
		}
	}
	if r.at.protocol != intent.HTTP {
		q.Set(match.Protocol, "", "tcp")
		return q
	}
	q.Set(match.Protocol, "", "http")
	add(match.Method, "GET")
	add(match.Path, "/")
	return q
}

// portOf is the port of the table's scope, or one that no table and no backend of
// the host names.
func (c *comparison) portOf(r routes) int {
	if r.at.port != 0 {
		return r.at.port
	}
	named := c.askedPorts(r.at)
	for _, m := range []*intent.Model{c.a, c.b} {
		for _, t := range m.Routing {
			if t.Host != r.at.host && !wildcard(t.Host) {
				continue
			}
			named = append(named, t.Port)
			intent.Walk(&intent.Model{Routing: []*intent.Routing{t}}, func(p intent.Part) {
				if b, ok := p.(*intent.Backend); ok {
					named = append(named, b.Port)
				}
			})
		}
	}
	return unnamed(named)
}

// secured reports whether an entry listens with TLS at a port.
func (c *comparison) secured(name intent.Name, port int) bool {
	for _, m := range []*intent.Model{c.a, c.b} {
		for _, e := range m.Entries {
			for _, l := range e.Listeners {
				if e.Name == name && l.Port == port && (l.TLS != nil || l.Protocol == "HTTPS") {
					return true
				}
			}
		}
	}
	return false
}
