package consul

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// sortedKeys are the keys of a map in order.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// security lifts who is let in, and how connections are secured.
func (r *reader) security() {
	r.transports()
	r.askers()
	all := r.readIntentions()
	live := r.withoutVirtual(all)
	r.leaving()
	r.destinations(live)
	r.terminating()
	r.m.Default = append(r.m.Default, r.withheld...)
	r.admit(live)
	r.m.Default = append(r.m.Default, defaultAccess(r.in.Env)...)
	r.unasked()
	r.unusedIntentions(live)
	r.unusedDestinations(all)
	r.unusedTokens(live)
	r.holdIntentions(live)
	r.holdProviders(live)
}

// withoutVirtual leaves out intentions for names that only stand for another
// service: proxies enforce those of the service that a chain ends at.
func (r *reader) withoutVirtual(all []*intention) []*intention {
	return slices.DeleteFunc(slices.Clone(all), func(x *intention) bool {
		res := r.resolvers[x.destination]
		virtual := res != nil && res.redirect != nil && res.redirect.service != x.destination && len(r.names.find(x.destination)) == 0
		if virtual {
			r.inert(x.node.Node, "its destination is redirected to "+res.redirect.service.String()+", whose own intentions count")
		}
		return virtual
	})
}

// guarded is a destination with what is enforced there.
type guarded struct {
	dest service
	*enforced
	subject match.Expr
	object  *intention // the first that names it
}

// admit lifts intentions: for each destination that one names what differs from
// what is said of all. Facts of wider destinations leave out the narrower ones for
// which they do not hold.
func (r *reader) admit(all []*intention) {
	targets := r.targets(all)
	for _, t := range targets {
		t.enforced = r.enforce(t.dest, all)
		r.tokens(t.dest, covering(all, t.dest))
	}
	for i, t := range targets {
		for _, f := range t.facts {
			if !f.redundant && !holdsWider(targets[i+1:], t, f) {
				r.fact(targets[:i], t, f)
			}
		}
		r.otherwise(targets[i+1:], t)
	}
}

func covering(all []*intention, dest service) []*intention {
	return slices.DeleteFunc(slices.Clone(all), func(x *intention) bool { return !x.destination.covers(dest) })
}

// targets lists the destinations that intentions name, the narrow ones first.
func (r *reader) targets(all []*intention) []*guarded {
	var out []*guarded
	for _, x := range all {
		if !slices.ContainsFunc(out, func(t *guarded) bool { return t.dest == x.destination }) {
			out = append(out, &guarded{dest: x.destination, subject: r.names.subject(x.destination, x.object.Ref()), object: x})
			if many := r.names.find(x.destination); len(many) > 1 {
				r.ambiguous(x.destination, many, x.node)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *guarded) int {
		return cmp.Or(cmp.Compare(a.dest.wild(), b.dest.wild()), compareServices(a.dest, b.dest))
	})
	return out
}

// holdsWider reports whether the nearest wider destination says a fact for a
// narrower one too.
func holdsWider(wider []*guarded, t *guarded, f *verdict) bool {
	for _, w := range wider {
		if w.dest.covers(t.dest) {
			return w.has(f, false)
		}
	}
	return false
}

// has reports whether a fact is among a destination's, redundant ones included or
// not.
func (t *guarded) has(f *verdict, redundant bool) bool {
	return slices.ContainsFunc(t.facts, func(g *verdict) bool { return (redundant || !g.redundant) && g.key == f.key })
}

// fact adds a fact to the model, for a destination without the narrower ones for
// which it does not hold.
func (r *reader) fact(narrower []*guarded, t *guarded, f *verdict) {
	all, from := []match.Expr{t.subject}, f.from
	for _, n := range narrower {
		if t.dest.covers(n.dest) && !n.has(f, true) {
			all, from = append(all, match.Negate(n.subject)), slices.Concat(from, n.instead(f))
		}
	}
	f.of.used = true
	r.m.Access = append(r.m.Access, &intent.Access{
		Home: r.home(f.of.object), Scope: intent.Scope{Subject: scopeOf(all)}, Effect: f.effect, When: r.letIn(t, f), Comment: f.of.comment, From: from,
	})
}

// instead are the intentions of a destination that keep a fact of a wider one from
// holding there.
func (t *guarded) instead(f *verdict) (out intent.Origin) {
	for _, x := range t.list {
		if x.used && x.destination == t.dest && x.source.covers(f.of.source) {
			out = append(out, x.origin()...)
		}
	}
	return out
}

// letIn is a fact's condition. What lets in does so for clients of the mesh's own
// trust domain only, and at the one port that they reach: agent/xds/rbac.go
// xdsPrincipalFromIntention.
func (r *reader) letIn(t *guarded, f *verdict) match.Expr {
	if f.effect != intent.Allow {
		return f.when
	}
	own := []match.Expr{f.when, match.Atom{Field: match.ClientTrust, Value: r.in.Env.TrustDomain, Ref: new(f.from[0])}}
	if port := r.names.reached(t.dest); t.dest.wild() == 0 && port != 0 {
		own = append(own, match.Atom{Field: match.Port, Value: strconv.Itoa(port), Ref: new(f.from[0])})
	}
	return match.Conj(own...)
}

// scopeOf is a conjunction, nil where it holds always.
func scopeOf(all []match.Expr) match.Expr {
	if e := match.Conj(all...); !match.IsTrue(e) {
		return e
	}
	return nil
}

// otherwise adds what decides where no fact does, unless the wider destination
// says the same.
func (r *reader) otherwise(wider []*guarded, t *guarded) {
	effect, by := defaultEffect(r.in.Env), (*intention)(nil)
	for _, w := range wider {
		if w.dest.covers(t.dest) {
			effect, by = w.enforced.otherwise, w.by
			break
		}
	}
	if t.enforced.otherwise == effect && (t.by == by || t.by == nil) {
		return
	}
	d := &intent.Default{Scope: intent.Scope{Subject: t.subject}, Effect: t.enforced.otherwise}
	of := cmp.Or(t.by, t.object)
	of.used = true
	d.Home, d.From = r.home(of.object), of.origin()
	r.m.Default = append(r.m.Default, d)
}

// unusedIntentions says which intentions and permissions change nothing.
func (r *reader) unusedIntentions(all []*intention) {
	claimed := claimed(r.m)
	for _, x := range all {
		if x.used = x.used && x.stems(claimed); !x.used {
			why := "the default policy decides the same without it"
			if x.byAll {
				why = "the intention of all sources decides the same without it"
			}
			r.inert(x.node.Node, why)
			continue
		}
		for _, p := range x.permissions {
			if !p.used && !p.deny {
				r.inert(p.node.Node, "the default policy decides the same without it")
			}
		}
	}
}

// unusedDestinations marks whom intentions are about that change nothing.
func (r *reader) unusedDestinations(all []*intention) {
	used := map[*source.Object]bool{}
	for _, x := range all {
		used[x.object] = used[x.object] || x.used
	}
	for _, x := range all {
		if n := specOf(x.object).get("destination").get("name").Node; n != nil && !used[x.object] && x.object.Group() == group {
			n.Skip("names whom the intentions are about, none of which changes anything")
		}
	}
}
