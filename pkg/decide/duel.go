package decide

import (
	"fmt"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// duel is the comparison of two admissions at one kind of workload.
type duel struct {
	a, b      *profile
	providers []string
	// exprs are who is let in, on either side, and for each provider who must
	// have its agreement.
	exprs []match.Expr
	world match.Expr // holds for clients that there are; nil is all
	space *match.Space
	// to is the workload that witnesses go to, found where there is one.
	to        func() server
	namespace string
}

// cells visits the ways in which the expressions hold together, split further by
// others. holds is valid during the visit.
func (d *duel) cells(also []match.Expr, budget int, visit func(w match.Way, holds []bool) bool) match.Answer {
	all := slices.Concat(d.exprs, also)
	if d.world != nil {
		all = append(all, d.world)
	}
	holds := make([]bool, len(d.exprs))
	return d.space.Ways(all, budget, func(w match.Way) bool {
		if d.world != nil && !w.Holds(len(all)-1) {
			return true // there is no such client
		}
		for i := range holds {
			holds[i] = w.Holds(i)
		}
		return visit(w, holds)
	})
}

// server is the workload that witnesses go to, as a client.
func (d *duel) server() caller {
	account, _ := d.to().subject.Lookup(match.Account, "")
	return caller{namespace: d.namespace, account: account}
}

// verdict judges one request.
func (d *duel) verdict(q *match.Request) (v Verdict, a, b string) {
	if d.world != nil && !d.space.Eval(d.world, q) {
		return Same, "", ""
	}
	holds := make([]bool, len(d.exprs))
	for i, e := range d.exprs {
		holds[i] = d.space.Eval(e, q)
	}
	return judge(holds, d.providers)
}

// witnessed is a request that shows a verdict, with the clients of the inventory
// that it may be from.
type witnessed struct {
	verdict Verdict
	at      *match.Request
	all     []caller
	client  string
	tried   int
}

// Bounds of what is done to tell a difference well: the requests for one reason in
// which a client of the inventory is looked for, the requests and facts by which
// reasons are told apart, and the steps of that.
const (
	maxTries      = 16
	maxReasoned   = 256
	maxFacts      = 64
	reasonsBudget = match.DefaultBudget / 10
)

// reasons are the witnesses at one kind of workload, one for each verdict and
// reason, in the order in which they were found.
type reasons struct {
	by    map[string]*witnessed
	order []string
}

// of lists those of a verdict, at most so many.
func (r *reasons) of(v Verdict, most int) []*witnessed {
	var out []*witnessed
	for _, k := range r.order {
		if w := r.by[k]; w.verdict == v && len(out) < most {
			out = append(out, w)
		}
	}
	return out
}

// witness notes a request that shows a verdict, as one that could be sent, where
// nothing showed it for this reason, or not from a client of the inventory.
func (c *comparison) witness(found *reasons, d *duel, q *match.Request, v Verdict) {
	if c.o.Brief {
		c.briefly(found, q, v)
		return
	}
	reason := string(v) + d.reason(c, q)
	old := found.by[reason]
	switch {
	case old == nil:
		found.order = append(found.order, reason)
	case old.all != nil || old.tried == maxTries:
		return
	default:
		old.tried++
	}
	shows := func(q *match.Request) bool {
		got, _, _ := d.verdict(q)
		return got == v && string(v)+d.reason(c, q) == reason
	}
	q = c.plausible(q, shows)
	w, all := c.cast(q, scene{d.server(), shows, true})
	if old == nil || all != nil {
		found.by[reason] = &witnessed{v, w, all, c.senderText(w, all, shows), 0}
	}
}

// briefly notes the first request that shows a verdict, whoever sends it.
func (c *comparison) briefly(found *reasons, q *match.Request, v Verdict) {
	if found.by[string(v)] == nil {
		found.by[string(v)] = &witnessed{verdict: v, at: q}
		found.order = append(found.order, string(v))
	}
}

// account holds for clients with the identity of a service account.
var account = match.Atom{Field: match.ClientAccount, Op: match.Present}

// moreReasons looks for differences that other facts decide. It is no loss if not
// all are found.
func (c *comparison) moreReasons(found *reasons, d *duel) {
	facts := slices.Concat([]match.Expr{account}, d.a.facts, d.b.facts)
	left := maxReasoned
	d.cells(facts[:min(len(facts), maxFacts)], reasonsBudget, func(w match.Way, holds []bool) bool {
		if v := verdictOf(holds, d.providers); v != Same {
			c.witness(found, d, w.Request(), v)
			left--
		}
		return left > 0
	})
}

// reason names the facts that decide about a request on both sides; "" where one
// difference is as good as another.
func (d *duel) reason(c *comparison, q *match.Request) string {
	if c.o.Reasons <= 1 {
		return ""
	}
	_, a, b := d.verdict(q)
	r := Request{At: *q, Subject: d.to().subject}
	return fmt.Sprint(deciding(d.a.model(), r, a, nil), deciding(d.b.model(), r, b, nil))
}

// admissionDiffers reports a request that is let in on one side only.
func (c *comparison) admissionDiffers(scope string, k kind, d *duel, w *witnessed) {
	_, textA, textB := d.verdict(w.at)
	if c.o.Brief {
		c.add(Difference{Aspect: intent.Admission, Verdict: w.verdict, Scope: scope, A: textA, B: textB, FromA: d.a.from(), FromB: d.b.from()})
		return
	}
	to := d.to()
	r := Request{
		Host: intent.Host{Service: to.service}, Port: to.port, At: *w.at, Subject: to.subject, Client: w.client, Server: to.name, trust: c.a.Env.TrustDomain,
	}
	r.At.Copy(to.subject, match.Port)
	c.add(Difference{
		Aspect: intent.Admission, Verdict: w.verdict, Scope: scope, Witness: r.String(), Request: &r, Clients: c.names(w.all), A: textA, B: textB,
		FromA: deciding(d.a.model(), r, textA, d.a.from()), FromB: deciding(d.b.model(), r, textB, d.b.from()),
	})
}

// deciding is what makes a model decide so about a request at its subject: the
// facts that hold, or else the default; or all that is about the workload where
// these decide something else.
func deciding(m *intent.Model, r Request, text string, all intent.Origin) intent.Origin {
	q := r.At.Clone()
	for _, f := range []match.Field{match.Namespace, match.Account, match.Service, match.Port} {
		q.Copy(r.Subject, f)
	}
	for _, l := range r.Subject.Values(match.Label) {
		q.Set(match.Label, l.Key, l.Value)
	}
	token := NoToken
	if len(q.Values(match.Token)) > 0 {
		token = GoodToken
	}
	a := Admit(m, q, token)
	if a.Allowed != (text != denied) {
		return all
	}
	return slices.Clone(a.Because)
}
