package legal_test

import (
	"math/rand/v2"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// gen makes random models over the universe.
type gen struct {
	*rand.Rand
	// positive makes only what every target of the tests can say.
	positive bool
	n        int
}

func (g *gen) from() intent.Origin {
	g.n++
	return intent.From(place.Ref{Object: "Policy shop/p", Path: "spec", Pos: place.Pos{File: "in.yaml", Line: g.n, Col: 1}})
}

func atom(f match.Field, op match.Op, value string) match.Atom {
	return match.Atom{Field: f, Op: op, Value: value}
}

func label(value string) match.Atom {
	return match.Atom{Field: match.Label, Key: "app", Op: match.Exact, Value: value}
}

func pick[T any](g *gen, all ...T) T { return all[g.IntN(len(all))] }

func (g *gen) subject() match.Expr {
	and := match.And{}
	if g.IntN(6) > 0 {
		and = append(and, atom(match.Namespace, match.Exact, pick(g, "shop", "shop", "depot")))
	}
	if g.IntN(2) == 0 {
		and = append(and, g.maybeNot(label(pick(g, "a", "b", "z"))))
	}
	if g.IntN(4) == 0 {
		and = append(and, g.maybeNot(match.Atom{Field: match.Label, Key: "version", Op: match.Exact, Value: "2"}))
	}
	if g.IntN(4) == 0 {
		and = append(and, g.maybeNot(atom(match.Port, match.Exact, pick(g, "80", "90"))))
	}
	return match.Simplify(and)
}

func (g *gen) maybeNot(e match.Expr) match.Expr {
	if !g.positive && g.IntN(4) == 0 {
		return match.Not{X: e}
	}
	return e
}

func (g *gen) http() match.Expr {
	and := match.And{atom(match.Protocol, match.Exact, "http")}
	if g.IntN(3) > 0 {
		and = append(and, g.maybeNot(match.Disj(g.path(), g.path())))
	}
	if g.IntN(3) == 0 {
		and = append(and, g.maybeNot(atom(match.Method, match.Exact, pick(g, "GET", "POST"))))
	}
	if g.IntN(5) == 0 {
		and = append(and, g.maybeNot(match.Atom{Field: match.Header, Key: "x-env", Op: match.Exact, Value: "test"}))
	}
	return match.Simplify(and)
}

func (g *gen) path() match.Expr {
	if !g.positive && g.IntN(6) == 0 {
		return atom(match.Path, match.Prefix, pick(g, "/x", "/"))
	}
	return atom(match.Path, pick(g, match.Exact, match.Segments), pick(g, "/x", "/x/y", "/z", "/"))
}

func (g *gen) client() match.Expr {
	switch g.IntN(5) {
	case 0:
		if g.IntN(3) == 0 {
			return anyone
		}
		return identified
	case 1:
		return g.maybeNot(atom(match.ClientIP, match.CIDR, "10.0.0.0/8"))
	case 2:
		return match.Conj(atom(match.ClientNamespace, match.Exact, pick(g, "shop", "depot")), atom(match.ClientAccount, match.Exact, pick(g, "web", "job")))
	default:
		return g.maybeNot(match.Disj(atom(match.ClientNamespace, match.Exact, pick(g, "shop", "depot")), atom(match.ClientNamespace, match.Exact, "shop")))
	}
}

func (g *gen) when() match.Expr {
	and := match.And{}
	if g.IntN(2) == 0 {
		and = append(and, g.http())
	}
	if g.IntN(4) > 0 {
		and = append(and, g.client())
	}
	if !g.positive && g.IntN(8) == 0 {
		and = append(and, g.maybeNot(atom(match.Port, match.Exact, "90")))
	}
	return match.Simplify(and)
}

// inventory shows three workloads and their ports.
func inventory() intent.Inventory {
	w := func(ns, app string, ports ...int) *intent.Workload {
		out := &intent.Workload{Name: intent.Name{Namespace: ns, Name: app}, Kind: "Deployment", Labels: []intent.Pair{{Key: "app", Value: app}}}
		for _, p := range ports {
			out.Ports = append(out.Ports, intent.WorkloadPort{Port: p})
		}
		return out
	}
	return intent.Inventory{Workloads: []*intent.Workload{w("depot", "a", 80), w("shop", "a", 80), w("shop", "b", 80, 90)}}
}

// dialled adds what callers may dial.
func (g *gen) dialled(m *intent.Model) {
	for range 1 + g.IntN(2) {
		client := match.Conj(atom(match.ClientNamespace, match.Exact, pick(g, "shop", "depot")), atom(match.ClientAccount, match.Exact, pick(g, "web", "job")))
		home := &intent.Home{Namespace: "shop", Name: "out"}
		for range g.IntN(3) {
			when := match.Conj(g.subject(), g.maybeNot(atom(match.Port, match.Exact, "80")))
			if g.IntN(3) == 0 {
				when = match.Conj(when, g.http())
			}
			m.Access = append(m.Access, &intent.Access{
				Home: home, Side: intent.Dialled, Effect: pick(g, intent.Allow, intent.Allow, intent.Deny), Scope: intent.Scope{Client: client}, When: when, From: g.from(),
			})
		}
		if g.IntN(3) > 0 {
			m.Default = append(m.Default, &intent.Default{Home: home, Side: intent.Dialled, Effect: intent.Deny, Scope: intent.Scope{Client: client}, From: g.from()})
		}
	}
}

// model makes a model; the catch-all facts are those of a permissive mesh.
func (g *gen) model() *intent.Model {
	m := &intent.Model{Env: intent.Defaults(), Inventory: inventory()}
	for range 1 + g.IntN(4) {
		a := &intent.Access{Home: &intent.Home{Namespace: "shop", Name: "p"}, Scope: intent.Scope{Subject: g.subject()}, When: g.when(), From: g.from()}
		if g.IntN(10) == 0 {
			a.Mode = pick(g, intent.Audit, intent.DryRun)
		}
		if !g.positive && g.IntN(3) == 0 {
			a.Effect = pick(g, intent.Deny, intent.Deny, intent.Ask)
		}
		m.Access = append(m.Access, a)
		if a.Effect == intent.Allow && g.IntN(4) > 0 {
			m.Default = append(m.Default, &intent.Default{Home: a.Home, Scope: a.Scope, Effect: intent.Deny, From: a.From})
		}
	}
	for range g.IntN(3) {
		m.Default = append(m.Default, &intent.Default{Scope: intent.Scope{Subject: g.subject()}, Effect: pick(g, intent.Allow, intent.Deny), From: g.from()})
	}
	for range g.IntN(3) {
		m.Transport = append(m.Transport, &intent.Transport{Side: intent.Served, Scope: intent.Scope{Subject: g.subject()}, Mode: pick(g, intent.Strict, intent.Permissive, intent.Plain), From: g.from()})
	}
	if !g.positive && g.IntN(4) == 0 {
		g.dialled(m)
	}
	standard := place.Default("source", "default")
	m.Default = append(m.Default, &intent.Default{Effect: pick(g, intent.Allow, intent.Allow, intent.Allow, intent.Deny), From: intent.From(standard)})
	m.Transport = append(m.Transport, &intent.Transport{Side: intent.Served, Mode: intent.Permissive, From: intent.From(standard)})
	return m
}
