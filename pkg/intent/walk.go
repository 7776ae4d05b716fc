package intent

import "github.com/transmesh/transmesh/pkg/match"

// Part is a piece of a Model with an origin of its own.
type Part interface{ Origin() Origin }

// Walk visits every part of a model, outermost first, in the model's order. It
// is the only traversal: a new kind of part is added here.
func Walk(m *Model, visit func(Part)) {
	w := walker{visit: visit, homes: map[*Home]bool{}}
	for _, r := range m.Routing {
		w.routing(r)
	}
	for _, t := range m.Transport {
		w.home(t.Home)
		visit(t)
		if t.Originate != nil {
			visit(t.Originate)
		}
	}
	for _, u := range m.Upstream {
		w.upstream(u)
	}
	for _, i := range m.Intake {
		w.home(i.Home)
		visit(i)
		if i.Limits != nil {
			visit(i.Limits)
		}
	}
	for _, d := range m.Default {
		w.home(d.Home)
		visit(d)
	}
	for _, a := range m.Access {
		w.home(a.Home)
		visit(a)
	}
	for _, t := range m.Tokens {
		w.home(t.Home)
		visit(t)
		for i := range t.Rules {
			visit(&t.Rules[i])
		}
	}
	for _, r := range m.Rates {
		w.home(r.Home)
		visit(r)
		for i := range r.Headers {
			visit(&r.Headers[i])
		}
	}
	for _, l := range m.Logs {
		w.home(l.Home)
		visit(l)
		for i := range l.To {
			visit(&l.To[i])
		}
	}
	for _, e := range m.Entries {
		w.entry(e)
	}
	for _, e := range m.External {
		w.external(e)
	}
	for _, e := range m.Egress {
		w.home(e.Home)
		visit(e)
	}
	for _, v := range m.Visible {
		w.home(v.Home)
		visit(v)
		for i := range v.Shows {
			visit(&v.Shows[i])
		}
		for i := range v.Hides {
			visit(&v.Hides[i])
		}
	}
	for _, x := range m.Machines {
		w.home(x.Home)
		visit(x)
		for i := range x.Labels {
			visit(&x.Labels[i])
		}
	}
	for _, e := range m.Exports {
		w.home(e.Home)
		visit(e)
	}
	for _, o := range m.Opaque {
		w.home(o.Home)
		visit(o)
	}
}

type walker struct {
	visit func(Part)
	homes map[*Home]bool
}

func (w walker) home(h *Home) {
	if h == nil || w.homes[h] {
		return
	}
	w.homes[h] = true
	w.visit(h)
	for i := range h.Labels {
		w.visit(&h.Labels[i])
	}
	for i := range h.Annotations {
		w.visit(&h.Annotations[i])
	}
}

func (w walker) routing(t *Routing) {
	w.home(t.Home)
	w.visit(t)
	for i := range t.Rules {
		r := &t.Rules[i]
		w.home(r.Home)
		w.visit(r)
		w.steps(r.Steps)
		w.action(r.Then)
		if r.Timeout != nil {
			w.visit(r.Timeout)
		}
		if r.Retry != nil {
			w.visit(r.Retry)
			if r.Retry.Budget != nil {
				w.visit(r.Retry.Budget)
			}
		}
	}
	w.action(t.Else)
}

func (w walker) steps(steps []Step) {
	for _, s := range steps {
		w.visit(s.(Part))
		if m, ok := s.(Mirror); ok {
			w.backend(&m.To)
		}
	}
}

func (w walker) backend(b *Backend) {
	w.visit(b)
	w.steps(b.Steps)
	for i := range b.Fallback {
		w.backend(&b.Fallback[i])
	}
}

func (w walker) action(a Action) {
	switch a := a.(type) {
	case Forward:
		for i := range a.To {
			w.backend(&a.To[i])
		}
	case Redirect:
		w.visit(a)
	case Respond:
		w.visit(a)
	case Passthrough, nil:
	default:
		panic("intent: unknown action")
	}
}

func (w walker) upstream(u *Upstream) {
	w.home(u.Home)
	w.visit(u)
	if b := u.Balance; b != nil {
		w.visit(b)
		if b.Hash != nil {
			w.visit(b.Hash)
		}
		if b.Locality != nil {
			w.visit(b.Locality)
		}
	}
	if u.Limits != nil {
		w.visit(u.Limits)
	}
	if u.Outlier != nil {
		w.visit(u.Outlier)
	}
	if u.RetryBudget != nil {
		w.visit(u.RetryBudget)
	}
}

func (w walker) entry(e *Entry) {
	w.home(e.Home)
	w.visit(e)
	for i := range e.Selector {
		w.visit(&e.Selector[i])
	}
	for i := range e.Listeners {
		w.visit(&e.Listeners[i])
		if tls := e.Listeners[i].TLS; tls != nil {
			w.tls(tls)
		}
	}
}

func (w *walker) tls(t *ListenerTLS) {
	w.visit(t)
	if t.Clients != nil {
		w.visit(t.Clients)
	}
}

func (w walker) external(e *External) {
	w.home(e.Home)
	w.visit(e)
	for i := range e.Ports {
		w.visit(&e.Ports[i])
	}
	for i := range e.Endpoints {
		w.visit(&e.Endpoints[i])
	}
}

// Predicates lists the expressions of a part, nil ones included: its scope, its
// condition, its subset. Those of its own parts are not among them.
func Predicates(p Part) []match.Expr {
	var out []match.Expr
	EachPredicate(p, func(e match.Expr) { out = append(out, e) })
	return out
}

// EachPredicate tells the expressions that Predicates lists.
func EachPredicate(p Part, tell func(match.Expr)) {
	switch p := p.(type) {
	case *Routing:
		tell(p.Scope.Client)
	case *Rule:
		tell(p.When)
	case *Backend:
		tell(p.Subset)
	case *Transport:
		tell(p.Scope.Subject)
		tell(p.Scope.Client)
		tell(p.Subset)
	case *Upstream:
		tell(p.Scope.Client)
		tell(p.Subset)
	case *Access:
		tell(p.Scope.Subject)
		tell(p.Scope.Client)
		tell(p.When)
	case *Default:
		tell(p.Scope.Subject)
		tell(p.Scope.Client)
	case *Tokens:
		tell(p.Scope.Subject)
	case *RateLimit:
		tell(p.Scope.Subject)
		tell(p.When)
	case *AccessLog:
		tell(p.Scope.Subject)
	case *Entry:
		tell(p.OffersTo)
	case *Listener:
		tell(p.RoutesFrom)
	case *External:
		tell(p.Scope.Client)
	case *Egress:
		tell(p.Scope.Client)
	case *Visibility:
		tell(p.Scope.Client)
	case *Opaque:
		tell(p.Scope.Subject)
		tell(p.Scope.Client)
	case CORS:
		for _, a := range p.Origins {
			tell(a)
		}
	}
}
