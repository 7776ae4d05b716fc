package decide

import (
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
	at     *match.Request
	all    []caller
	client string
	tried  int
}

// maxTries bounds the cells in which a client of the inventory is looked for.
const maxTries = 16

// better is the one that is from a client of the inventory, or the older.
func (w *witnessed) better(next *witnessed) *witnessed {
	if w == nil {
		return next
	}
	next.tried = w.tried + 1
	if next.all == nil {
		w.tried++
		return w
	}
	return next
}

// witness makes a request that shows a verdict one that could be sent.
func (c *comparison) witness(d *duel, q *match.Request, v Verdict, k kind) *witnessed {
	shows := func(q *match.Request) bool {
		got, _, _ := d.verdict(q)
		return got == v
	}
	q = plausible(q, shows)
	w, all := c.cast(q, k.namespace.name, shows)
	return &witnessed{at: w, all: all, client: c.senderText(w, all, shows)}
}

// plausible makes a token's subject one that somebody could have.
func plausible(q *match.Request, shows func(*match.Request) bool) *match.Request {
	p, ok := q.Lookup(match.Token, "principal")
	if !ok || p != "" && p[len(p)-1] != '/' {
		return q
	}
	if p == "" {
		p = "issuer/"
	}
	if better := q.Clone().Set(match.Token, "principal", p+"someone"); shows(better) {
		return better
	}
	return q
}

// admissionDiffers reports a request that is let in on one side only.
func (c *comparison) admissionDiffers(scope string, k kind, d *duel, v Verdict, w *witnessed) {
	_, textA, textB := d.verdict(w.at)
	to := c.server(k)
	r := Request{
		Host: intent.Host{Service: to.service}, Port: to.port, At: *w.at, Subject: to.subject, Client: w.client, Server: to.name, trust: c.a.Env.TrustDomain,
	}
	r.At.Copy(to.subject, match.Port)
	c.add(Difference{
		Aspect: intent.Admission, Verdict: v, Scope: scope, Witness: r.String(), Request: &r, Clients: names(w.all), A: textA, B: textB,
		FromA: deciding(c.a, r, textA, d.a.from), FromB: deciding(c.b, r, textB, d.b.from),
	})
}

// deciding is what makes a model decide so about a request at its subject: the
// facts that hold, or else the default; or all that is about the workload where
// these decide something else.
func deciding(m *intent.Model, r Request, text string, all intent.Origin) intent.Origin {
	q := r.At.Clone()
	q.Copy(r.Subject, match.Namespace)
	q.Copy(r.Subject, match.Account)
	q.Copy(r.Subject, match.Service)
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
