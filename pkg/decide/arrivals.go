package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// arrivals compares who is let in after what two answers do to requests, at
// endpoints that both send them to. Agreements and tokens are left to the
// comparison of the workloads, and so is what cannot be said of requests as sent.
func (c *comparison) arrivals(r routes, lists []match.Table, pair [2]int, x, y *answer) {
	if !c.o.Arrivals || !c.asked(intent.Admission) || !r.at.entry.IsZero() {
		return
	}
	for _, a := range x.shares {
		i := slices.IndexFunc(y.shares, func(s share) bool { return s.name == a.name })
		if i < 0 || a.backend.Missing {
			continue
		}
		b := y.shares[i]
		stepsA, stepsB := slices.Concat(x.rule.Steps, a.backend.Steps), slices.Concat(y.rule.Steps, b.backend.Steps)
		if x.by.effects(stepsA, &r.at)[rewritten] == y.by.effects(stepsB, &r.at)[rewritten] {
			continue
		}
		before, okA := through(stepsA, c.admitting(c.a, a.backend, r.at.port))
		after, okB := through(stepsB, c.admitting(c.b, b.backend, r.at.port))
		if okA && okB {
			c.arrivalsDiffer(r, append(lists[:len(lists):len(lists)], holding(before), holding(after)), pair)
		}
	}
}

func holding(e match.Expr) match.Table {
	return match.Table{Lines: []match.Line{{When: match.Map(e, func(a match.Atom) match.Expr {
		if a.Field == match.Protocol {
			return constant(a.Holds("http"))
		}
		return nil
	}), Answer: 1}}}
}

// admitting is who is let in at the workloads behind a backend: at all of them.
func (c *comparison) admitting(m *intent.Model, b *intent.Backend, port int) match.Expr {
	if b.Port != 0 {
		port = b.Port
	}
	all := match.And{c.certified(), taken(c.domains())}
	for _, labels := range subjects(m, servicesOf(m), *b) {
		q := subjectOf(m, b.Host.Service, port, labels)
		at := func(e match.Expr) match.Expr {
			return match.Map(e, func(a match.Atom) match.Expr {
				if !a.Field.Subject() {
					return nil
				}
				v, ok := q.Lookup(a.Field, a.Key)
				return constant(ok && a.Holds(v))
			})
		}
		p := profileOf(coveringAt(m, q), at)
		p.takes(m.Baseline.Trusts)
		all = append(all, p.admits)
	}
	return match.Simplify(all)
}

// subjectOf is a workload behind a Service's port.
func subjectOf(m *intent.Model, name intent.Name, port int, labels []intent.Pair) *match.Request {
	q := new(match.Request).Set(match.Namespace, "", name.Namespace).Set(match.Service, "", name.String())
	if n := servicesOf(m).target(name, port, m.Inventory.Workloads); n != 0 {
		q.Set(match.Port, "", itoa(n))
	}
	for _, l := range labels {
		q.Set(match.Label, l.Key, l.Value)
	}
	return q
}

// coveringAt are the facts that cover a workload.
func coveringAt(m *intent.Model, q *match.Request) covering {
	c := covering{transport: served(m, q), def: defaultAt(m, q), dialled: dialledOf(m)}
	for _, a := range m.Access {
		if a.Side == intent.Served && match.Eval(a.Scope.Subject, q) {
			c.access = append(c.access, a)
		}
	}
	for _, t := range m.Tokens {
		if match.Eval(t.Scope.Subject, q) {
			c.tokens = append(c.tokens, t)
		}
	}
	return c
}

// arrivalsDiffer reports one request that arrives and is let in on one side only,
// for either direction.
func (c *comparison) arrivalsDiffer(r routes, lists []match.Table, pair [2]int) {
	found := map[Verdict]*match.Request{}
	r.space.Outcomes(lists, c.budget(), func(o match.Outcome) bool {
		if o.Doubt || o.Answers[0] != pair[0] || o.Answers[1] != pair[1] || o.Answers[2] == o.Answers[3] {
			return true
		}
		v := Wider
		if o.Answers[2] == 1 {
			v = Narrower
		}
		if found[v] == nil {
			found[v] = o.Request()
		}
		return len(found) < 2
	})
	for _, v := range []Verdict{Wider, Narrower} {
		if found[v] != nil {
			c.arrivalDiffers(r, found[v], v)
		}
	}
}

// arrivalDiffers reports a request, if following it shows the same.
func (c *comparison) arrivalDiffers(r routes, q *match.Request, v Verdict) {
	w := Request{Host: concrete(r.at.host, r.tables[:]...), Port: c.portOf(r), trust: c.a.Env.TrustDomain}
	follow := func(m *intent.Model, q *match.Request) (Leg, bool) {
		next := w
		next.At = *q
		var last Leg
		for _, l := range Run(m, next).Legs {
			if last = l; !l.Admission.Allowed {
				return l, true
			}
		}
		return last, false
	}
	shows := func(q *match.Request) bool {
		_, deniedA := follow(c.a, q)
		_, deniedB := follow(c.b, q)
		return deniedA != deniedB && deniedB == (v == Narrower)
	}
	if q = r.complete(q); !shows(q) {
		return
	}
	q, all := c.cast(q, scene{caller{namespace: r.at.host.Service.Namespace, account: r.at.host.Service.Name}, shows, true})
	w.Client, w.At = c.senderText(q, all, shows), *q
	if w.Port != 0 {
		w.At.Set(match.ServicePort, "", itoa(w.Port))
	}
	x, y := r.take(r.a, q), r.take(r.b, q)
	legA, deniedA := follow(c.a, q)
	legB, deniedB := follow(c.b, q)
	c.add(Difference{
		Aspect: intent.Admission, Verdict: v, Scope: "admission of " + r.at.String() + " as routed", Witness: w.String(), Request: &w, Clients: c.names(all),
		A: arrivedText(x, deniedA), B: arrivedText(y, deniedB),
		FromA: slices.Concat(x.origin(rewritten), legA.Admission.Because), FromB: slices.Concat(y.origin(rewritten), legB.Admission.Because),
	})
}

func arrivedText(a *answer, refused bool) string {
	text := "admitted"
	if refused {
		text = denied
	}
	if a.parts[rewritten].text == "" {
		return text + ", as it was sent"
	}
	return text + ", since " + a.says(rewritten)
}
