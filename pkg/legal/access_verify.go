package legal

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// verifyAccess finds what the target cannot say of admission, tokens and
// connections.
func verifyAccess(m *intent.Model, t Target, fail failure) {
	served := *m
	m = &served
	r := &run{m: m, t: t, source: m.Baseline}
	verbatim(r)
	verifyDialled(r.takeDialled(), t, fail)
	for _, set := range m.Tokens {
		fail("tokens", set.From, t.Caps.Says(TokenRules, set))
	}
	for _, c := range m.Transport {
		verifyTransport(r, c, fail)
	}
	say := r.speech()
	for _, a := range m.Access {
		verifyFact(say, a, fail)
	}
	switch t.Access.Combine {
	case DenyOverrides:
		verifyDefaults(r, fail)
	case Partition:
		verifyPartition(m, t, fail)
	case ByName:
		verifyNamed(r, fail)
	case NoAccess:
		for _, a := range m.Access {
			fail("an access fact", a.From, "it has no authorization")
		}
	}
}

// verifyDialled wants a target that can say what clients may dial.
func verifyDialled(d dialledFacts, t Target, fail failure) {
	for _, a := range d.access {
		fail("an access fact of callers", a.From, t.Caps.Says(AccessDialled, a))
	}
	for _, x := range d.def {
		fail("a default of callers", x.From, t.Caps.Says(AccessDialled, x))
	}
}

func verifyTransport(r *run, c *intent.Transport, fail failure) {
	switch {
	case c.From.Defaulted():
	case c.Side == intent.Dialled && !Kept(r.m, r.t.Mesh).Dial(c):
		_, why := r.noDial(c)
		fail("a dialled connection", c.From, why)
	case c.Side == intent.Dialled:
	default:
		fail("an accepted connection", c.From, r.noTransport(c))
	}
}

// verifyFact looks at one fact by itself.
func verifyFact(s speech, a *intent.Access, fail failure) {
	if a.From.Defaulted() || s.target.Access.Combine == ByName {
		return // the latter are looked at together
	}
	s.evaded = false // exceptions that would be evaded are gone; what is left was said so
	for _, l := range s.unsaid(a.Effect, a.When) {
		fail("the condition "+l.Atom.String(), a.From, s.no(a.Effect, l))
	}
	form := s.target.Access
	if form.Combine != DenyOverrides {
		return
	}
	if form.Shape != nil {
		fail("a condition of that shape", a.From, form.Shape(a.Effect, a.When))
	}
	if form.Scope != nil {
		fail("an access scope", a.From, form.Scope(a.Scope.Subject))
	}
	fail(a.Effect.String(), a.From, s.target.Caps.Says(map[intent.Effect]Feature{intent.Allow: AccessAllow, intent.Deny: AccessDeny, intent.Ask: AccessAsk}[a.Effect], a))
	if f, ok := map[intent.Mode]Feature{intent.Audit: AccessAudit, intent.DryRun: AccessDryRun}[a.Mode]; ok {
		fail(a.Mode.String(), a.From, s.target.Caps.Says(f, a))
	}
}

// verifyDefaults wants scopes that deny, and the target's own behind them.
func verifyDefaults(r *run, fail failure) {
	own := r.ownDefaults()
	n := len(r.m.Default) - len(own)
	if n < 0 || !sameDefaults(r.m.Default[n:], own) {
		fail("its own defaults", nil, "they are not the last ones")
		return
	}
	for _, d := range r.m.Default[:n] {
		if d.Effect == intent.Allow {
			fail("a default that allows", d.From, "a rule says that")
		}
		if r.t.Access.Scope != nil {
			fail("a default's scope", d.From, r.t.Access.Scope(d.Scope.Subject))
		}
	}
}

// verifyPartition wants the normal form of partition.go.
func verifyPartition(m *intent.Model, t Target, fail failure) {
	for _, a := range m.Access {
		if a.Effect != intent.Allow && a.Mode == intent.Enforced {
			fail(a.Effect.String(), a.From, "it knows only what is let in")
		}
	}
	parts := Servers(m, t)
	at := map[string][]Server{}
	for _, s := range parts.Servers {
		fail("a server's scope", s.Default.From, t.Access.Scope(s.Subject))
		key := match.Key(match.Conj(inNamespace(s.Namespace), portAtom(s.Port)))
		for _, other := range at[key] {
			if meet(other.Labels, s.Labels) {
				fail("two servers of one port", s.Default.From, "it would take the older one")
			}
		}
		at[key] = append(at[key], s)
		verifyRegions(s, t, fail)
	}
	for _, e := range parts.Elsewhere {
		if t.Access.Elsewhere == nil || !e.sayable(t) {
			fail("ports without a server", e.Default.From, "it has no such policy")
		}
	}
}

func (e Elsewhere) sayable(t Target) bool {
	return t.Access.Elsewhere(e.Default.Scope.Subject, e.Clients) == ""
}

// verifyRegions wants facts that leave out what other regions take from them.
func verifyRegions(s Server, t Target, fail failure) {
	for _, r := range s.Regions {
		for _, g := range r.Grants {
			for _, x := range s.Regions {
				if match.Equal(x.When, r.When) || x.grants(g) || covered(s.Grants, g) {
					continue
				}
				wins := match.True
				if prefers := t.inbound().Prefers; prefers != nil {
					wins = match.Negate(prefers(x.When, r.When))
				}
				if meet(g.Fact.When, match.Conj(x.When, wins)) {
					fail("a grant in part of a region", g.Fact.From, "another route takes the requests "+match.String(x.When))
				}
			}
		}
	}
}

func covered(grants []Grant, g Grant) bool { return Region{Grants: grants}.grants(g) }
