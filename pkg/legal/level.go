package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// policy is who is let in on ports without a server.
type policy struct {
	clients match.Expr
	// narrower and wider say how that differs from what is asked for.
	narrower, wider bool
}

// level is what holds on ports without a server in one namespace: what the
// namespace says, and what single workloads say instead.
type level struct {
	clients match.Expr // of the namespace
	plots   map[*plot]policy
	single  []workloadLevel
}

// workloadLevel is what one workload says for itself.
type workloadLevel struct {
	workload *workload
	clients  match.Expr
	plot     *plot
}

// ownClients is whom the target lets in where nothing is said.
func ownClients(r *run) match.Expr {
	if r.t.Access.Own != nil {
		return match.Simplify(r.t.Access.Own(r.m.Env))
	}
	for _, d := range r.ownDefaults() {
		if match.IsTrue(d.Scope.Subject) && d.Effect == intent.Deny {
			return match.False
		}
	}
	return match.True
}

// policy is the widest that can be said of those that let in no more than is
// asked for.
func (s *servers) policy(asked match.Expr, sayable func(match.Expr) bool) policy {
	for _, c := range []match.Expr{match.Simplify(asked), match.True, s.own, identified, anyIdentity, match.False} {
		if (match.Equal(c, s.own) || sayable(c)) && s.implied(c, asked) {
			return policy{clients: c, narrower: !s.implied(asked, c)}
		}
	}
	return policy{clients: s.own, wider: true}
}

// implied reports whether b holds wherever a does.
func implied(a, b match.Expr) bool { return new(asker).implied(a, b) }

// asker answers one question after the other, in the same memory.
type asker struct {
	space match.Space
	// never says of predicates, by key, whether they hold of no request: of a policy that
	// is asked at each server and port.
	never map[string]bool
}

// implied is the function of that name.
func (s *asker) implied(a, b match.Expr) bool {
	if match.IsTrue(b) || match.IsFalse(a) || match.Equal(a, b) {
		return true
	}
	for i := range strangers {
		if r := strangers[i]; s.space.Eval(a, r) && !s.space.Eval(b, r) {
			return false
		}
	}
	if match.IsFalse(b) {
		return s.impossible(a)
	}
	_, answer := s.space.Implies(a, b)
	return answer == match.Yes
}

// impossible reports whether a holds of no request.
func (s *asker) impossible(a match.Expr) bool {
	var room [512]byte
	key := match.AppendKey(room[:0], a)
	if known, ok := s.never[string(key)]; ok {
		return known
	}
	_, answer := s.space.Implies(a, match.False)
	if s.never == nil {
		s.never = map[string]bool{}
	}
	s.never[string(key)] = answer == match.Yes
	return answer == match.Yes
}

// strangers are requests that show quickly what most predicates keep out. They
// have all attributes that every request of their kind has.
var strangers = []*match.Request{
	stranger("tcp"),
	stranger("tcp", match.ClientNamespace, match.ClientAccount, match.ClientTrust, match.ClientIdentity),
	stranger("http", match.Method, match.Scheme, match.Host, match.Authority).Set(match.Path, "", "/~"),
}

func stranger(protocol string, fields ...match.Field) *match.Request {
	r := new(match.Request).Set(match.Protocol, "", protocol)
	for _, f := range append(fields, match.Namespace, match.Account) {
		r.Set(f, "", "x~")
	}
	for _, f := range []match.Field{match.ClientIP, match.DestIP} {
		r.Set(f, "", "203.0.113.7")
	}
	return r.Set(match.Port, "", "9999").Set(match.ServicePort, "", "9999")
}

// sayable tells what can be said for a subject without ports.
func (s *servers) sayable(subject match.Expr) func(match.Expr) bool {
	return func(clients match.Expr) bool {
		return s.target.Access.Elsewhere != nil && s.target.Access.Elsewhere(subject, clients) == ""
	}
}

// level decides what the namespace says. Where its plots differ, the workloads
// that are known say for themselves what they need. Others cannot, so that the
// namespace says the strictest.
func (s *servers) level(p *placed) *level {
	l := &level{plots: map[*plot]policy{}}
	sayable := func(match.Expr) bool { return false }
	if p.namespace != "" {
		sayable = s.sayable(inNamespace(p.namespace))
	}
	shut := s.unselected(p)
	for _, u := range p.other {
		asked := append(shut[u.plots[0]], admitted(s.offers(u)))
		l.plots[u.plots[0]] = s.policy(match.Simplify(asked), sayable)
	}
	l.clients = s.strictest(p, l)
	for _, plot := range p.plots {
		for _, w := range plot.workloads {
			if c := l.plots[plot].clients; !match.Equal(c, l.clients) && s.singles(p, plot, w, c) {
				l.single = append(l.single, workloadLevel{w, c, plot})
			}
		}
	}
	return l
}

// singles reports whether a workload of a plot can say a policy for itself:
// where its labels are those of no workload outside the plot.
func (s *servers) singles(p *placed, at *plot, w *workload, clients match.Expr) bool {
	inside := match.Conj(inNamespace(p.namespace), at.expr())
	return s.sayable(w.subject())(clients) && s.implied(w.subject(), inside)
}

// unselected lists, by plot, who is to be let in on ports whose workloads the
// target cannot select: they count among the ports without a server.
func (s *servers) unselected(p *placed) map[*plot]match.And {
	out := map[*plot]match.And{}
	for _, u := range p.single {
		if s.target.Access.Scope(u.subject()) == "" {
			continue
		}
		for _, plot := range u.plots {
			out[plot] = append(out[plot], admitted(s.offers(u)))
		}
	}
	return out
}

// strictest is the policy of a plot that lets in no more than any other's, or
// nobody.
func (s *servers) strictest(p *placed, l *level) match.Expr {
	for _, candidate := range p.plots {
		c := l.plots[candidate].clients
		if !slices.ContainsFunc(p.plots, func(q *plot) bool { return !s.implied(c, l.plots[q].clients) }) {
			return c
		}
	}
	return match.False
}

// covers reports whether a unit needs no server because the namespace says just
// what it asks for, for all workloads.
func (s *servers) covers(l *level, u *unit, asked match.Expr) bool {
	for _, p := range u.plots {
		if !match.Equal(l.plots[p].clients, l.clients) {
			return false
		}
	}
	return s.implied(asked, l.clients) && s.implied(l.clients, asked)
}
