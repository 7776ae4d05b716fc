package decide

import (
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Rates lists the limits from whose buckets a request at a workload draws, in
// order. r is as in Admit.
func Rates(m *intent.Model, r *match.Request, token TokenState) []*intent.RateLimit {
	if p, _ := r.Lookup(match.Protocol, ""); p != "http" {
		return nil
	}
	let := Admit(m, r, token).Allowed
	var out []*intent.RateLimit
	for _, l := range m.Rates {
		if (let || l.Denied) && match.Eval(l.Scope.Subject, r) && match.Eval(l.When, r) {
			out = append(out, l)
		}
	}
	return out
}

// bucket is one bucket of a limit at a subject, or one for each client.
type bucket struct {
	// text says how fast it is refilled, and whom it is for; of equal keys are those
	// that are refilled alike.
	text, key string
	// draws holds for the requests that draw from it.
	draws match.Expr
	fact  *intent.RateLimit
}

// mutual holds for requests by mutual TLS of the mesh.
var mutual = match.Or{account, match.Atom{Field: match.ClientIdentity, Op: match.Present}}

var isHTTP = match.Atom{Field: match.Protocol, Value: "http"}

// meter settles what limits mean at one subject.
type meter struct {
	space *match.Space
	p     *profile
	at    func(match.Expr) match.Expr
	// world holds for the clients that there are; nil is all.
	world match.Expr
	// unsure says that something could not be told.
	unsure bool
}

// buckets of the limits that cover the subject, without those that no request
// draws from.
func (m *meter) buckets(limits []*intent.RateLimit) []bucket {
	var out []bucket
	for _, l := range limits {
		for _, b := range m.bucketsOf(l) {
			if m.answer(m.space.Overlap(b.draws, match.True)) != match.No {
				out = m.join(out, b)
			}
		}
	}
	return out
}

// bucketsOf are those of one limit.
func (m *meter) bucketsOf(l *intent.RateLimit) []bucket {
	said, when := *l, match.Conj(isHTTP, m.at(l.When), match.Simplify(m.world))
	if m.mode() == intent.Plain {
		said.Per, when = intent.PerWorkload, match.Map(when, nobody)
	}
	let := m.p.admits
	if l.Denied && !m.lets(when) {
		let = m.accepted()
	} else {
		said.Denied = false
	}
	draws := match.Simplify(match.And{when, let})
	if said.Per != intent.PerSecurity {
		return []bucket{{said.Text(), refill(said), draws, l}}
	}
	said.Per = intent.PerWorkload
	return []bucket{
		{said.Text(), refill(said), match.Conj(draws, mutual), l},
		{said.Text(), refill(said), match.Conj(draws, match.Negate(mutual)), l},
	}
}

// refill tells how buckets are refilled, in lowest terms: 60 in a minute are one in
// a second.
func refill(l intent.RateLimit) string {
	if d := gcd(l.Requests, int(l.Interval)); d > 0 {
		l.Requests, l.Interval = l.Requests/d, l.Interval/time.Duration(d)
	}
	return l.Text()
}

// lets reports whether all requests that reach the workload are let in.
func (m *meter) lets(when match.Expr) bool {
	return m.answer(m.space.Implies(match.Conj(when, m.accepted()), m.p.admits)) == match.Yes
}

// accepted holds for the requests whose connections are accepted.
func (m *meter) accepted() match.Expr {
	if t := m.p.by.transport; t != nil {
		return t.Takes()
	}
	return match.True
}

func (m *meter) mode() intent.TLSMode {
	if t := m.p.by.transport; t != nil {
		return t.Mode
	}
	return intent.Permissive
}

func (m *meter) answer(_ *match.Request, a match.Answer) match.Answer {
	m.unsure = m.unsure || a == match.Unsure
	return a
}

// join adds a bucket. One for each client of some is one for each client of all
// where limits tell clients apart only.
func (m *meter) join(to []bucket, b bucket) []bucket {
	if b.fact.Per != intent.PerClient || m.mode() == intent.Plain || !ofClients(b.fact.When) {
		return append(to, b)
	}
	for i, x := range to {
		if x.key == b.key && ofClients(x.fact.When) && m.answer(m.space.Overlap(x.draws, b.draws)) == match.No {
			to[i].draws = match.Disj(x.draws, b.draws)
			return to
		}
	}
	return append(to, b)
}

// ofClients reports whether a predicate asks for nothing of a request.
func ofClients(e match.Expr) bool {
	only := true
	match.Atoms(e, func(a match.Atom, _ bool) { only = only && (a.Field.Client() || a.Field.Subject()) })
	return only
}

// nobody decides what asks for identities where no client has one.
func nobody(a match.Atom) match.Expr {
	if a.Field.Identity() {
		return match.False
	}
	return nil
}
