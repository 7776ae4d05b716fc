package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// supposition is a circumstance in which more matters of what documents say: of is what a
// model means in it.
type supposition struct {
	reason reason
	of     func(*intent.Model) *intent.Model
}

// suppositions are all of them.
var suppositions = []supposition{
	{keptOut, lettingIn},
	{notAccepted, acceptingAll},
	{nowhere, findingAll},
}

// toldApart are the differences of two readings, as they are or else in the first
// supposition in which there are some.
func toldApart(a, b *job) (in reason, ds []decide.Difference) {
	if r := decide.Compare(a.model, b.model, decide.Options{}); r.Verdict != decide.Same {
		return unproven, r.Differences
	}
	for _, s := range suppositions {
		if r := decide.Compare(s.of(a.model), s.of(b.model), decide.Options{}); r.Verdict != decide.Same {
			return s.reason, r.Differences
		}
	}
	return unproven, nil
}

// judgedAlike reports whether requests that show a difference in some supposition meet
// with the same as things are, in the judgement of one request, which compares nothing.
func (u unseen) judgedAlike(ds []decide.Difference) bool {
	a, b := u.set.base.model, u.changed.model
	return !slices.ContainsFunc(ds, func(d decide.Difference) bool {
		switch r := d.Request; {
		case r == nil:
			return false
		case d.Aspect == intent.Admission && r.Subject != nil:
			x, y := admitted(a, r), admitted(b, r)
			return x.Allowed != y.Allowed || x.Allowed && !slices.Equal(x.Asks, y.Asks)
		case d.Aspect == intent.Routed:
			return decide.Run(a, *r).Action != decide.Run(b, *r).Action
		}
		return false
	})
}

// admitted is what the workload of a witness says to it.
func admitted(m *intent.Model, r *decide.Request) decide.Admission {
	q := r.At.Clone()
	for _, f := range []match.Field{match.Namespace, match.Account, match.Service, match.Port} {
		q.Copy(r.Subject, f)
	}
	for _, l := range r.Subject.Values(match.Label) {
		q.Set(match.Label, l.Key, l.Value)
	}
	token := decide.NoToken
	if len(q.Values(match.Token)) > 0 {
		token = decide.GoodToken
	}
	return decide.Admit(m, q, token)
}

// lettingIn is a model with a rule that lets everyone in.
func lettingIn(m *intent.Model) *intent.Model {
	c := m.Clone()
	c.Access = append(c.Access, &intent.Access{Effect: intent.Allow, When: match.True})
	return c
}

// acceptingAll is a model that accepts the tokens of all issuers where it accepts
// some.
func acceptingAll(m *intent.Model) *intent.Model {
	c := m.Clone()
	for i, t := range c.Tokens {
		wide := *t
		wide.Rules = append(slices.Clone(t.Rules), intent.TokenRule{})
		c.Tokens[i] = &wide
	}
	return c
}

// findingAll is a model in which all backends are there.
func findingAll(m *intent.Model) *intent.Model {
	c := m.Clone()
	for _, t := range c.Routing {
		for i := range t.Rules {
			if f, ok := t.Rules[i].Then.(intent.Forward); ok {
				f.To = slices.Clone(f.To)
				for j := range f.To {
					f.To[j].Missing = false
				}
				t.Rules[i].Then = f
			}
		}
	}
	return c
}

// otherwise is the set where each mesh lets in by default whom it keeps out, and keeps
// out whom it lets in.
func (s *documentSet) otherwise() *documentSet {
	env, c := intent.Defaults(), *s
	if s.env != nil {
		env = *s.env
	}
	env.Said = slices.Sorted(slices.Values(append(slices.Clone(env.Said), "consul.defaultIntentionPolicy", "linkerd.defaultInboundPolicy")))
	env.Consul.DefaultIntention = otherOf(env.Consul.DefaultIntention, "allow", "deny")
	env.Linkerd.DefaultInbound = otherOf(env.Linkerd.DefaultInbound, "all-unauthenticated", "deny")
	c.env = &env
	return &c
}

func otherOf(value, open, closed string) string {
	if value == closed {
		return open
	}
	return closed
}

// onlyHeld reports whether models differ in nothing but what is kept as it was written
// for its own mesh, of which facts hold all.
func onlyHeld(a, b *intent.Model) bool {
	d := dumper{nameless: true, sets: true}
	return d.model(a) != d.model(b) && d.model(withoutHeld(a)) == d.model(withoutHeld(b))
}

func withoutHeld(m *intent.Model) *intent.Model {
	c := *m
	c.Opaque = slices.DeleteFunc(slices.Clone(m.Opaque), func(o *intent.Opaque) bool { return o.Held && !o.Network })
	return &c
}
