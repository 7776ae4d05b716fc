package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// note records what became of each fact.
func (n *namer) note(parts []saidPart) {
	said := map[*intent.Access][]*intent.Access{}
	for _, p := range parts {
		said[p.of] = append(said[p.of], p.said)
	}
	for _, a := range n.m.Access {
		if a.Mode == intent.Enforced {
			n.record(n.change(a, said))
		}
	}
}

// change is what became of one fact, by what is said of each.
func (n *namer) change(a *intent.Access, all map[*intent.Access][]*intent.Access) Change {
	said, denied, covers := all[a], n.beside(a, all), n.replaces[a]
	why, fix := reasons(n.lost[a])
	c := Change{
		Pass: "named", Feature: AccessAllow, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: a.From,
		Summary: objectOf(a.From) + " is written by the names of servers and clients", Fix: "nothing",
		Before: n.strictly(n.admitting(slices.Concat(denied, covers, []*intent.Access{a})...), a), After: n.strictly(n.admitting(slices.Concat(denied, covers, said)...), a),
	}
	if a.Effect == intent.Deny {
		c.Feature, c.Before, c.After = AccessDeny, n.strictly(n.denying(append(slices.Clone(covers), a)...), a), n.strictly(n.denying(slices.Concat(covers, said)...), a)
		if n.closed(a) {
			c.Before, c.After = n.strictly(n.admitting(n.allowed(a, append(slices.Clone(covers), a)...)...), a), n.strictly(n.admitting(n.allowed(a, slices.Concat(covers, said)...)...), a)
		}
	}
	if n.unnamed[a] || n.eclipsed[a] || a.Effect == intent.Allow && n.open(a) {
		c.Before, c.After = nil, nil // other facts, or a default, say part of it
	}
	switch {
	case n.idle[a]:
		c.Code, c.Fate, c.Before, c.After = diag.Shadowed, FateInert, nil, nil
		c.Summary = ruleOf(a.From) + " is not written: " + n.whyIdle(a)
	case why != "" && a.Effect == intent.Deny:
		c.Code, c.Drift, c.Fate = diag.Narrowed, intent.Narrower, FateDrifted
		c.Summary, c.Detail, c.Fix = ruleOf(a.From)+" keeps out more: "+why, "requests are denied that cannot be told apart", fix
	case why != "" && len(said) == 0:
		c.From = merge(a.From, atomRefs(a.When))
		c.Code, c.Drift, c.Fate = diag.AllowLost, intent.Narrower, FateDropped
		c.Summary, c.Detail, c.Fix = ruleOf(a.From)+" lets nobody in: "+why, "requests that it let in are denied", fix
	case why != "":
		c.Code, c.Drift, c.Fate = diag.Narrowed, intent.Narrower, FateDrifted
		c.Summary, c.Detail, c.Fix = ruleOf(a.From)+" lets in less: "+why, "requests that it let in are denied", fix
	}
	return c
}

// whyIdle says why a fact needs no words of its own.
func (n *namer) whyIdle(a *intent.Access) string {
	switch {
	case len(n.where[a]) == 0:
		return "no Service of the input selects the workloads that it is about"
	case a.Effect == intent.Deny:
		return "what it denies is denied there already"
	case n.open(a):
		return "everyone is let in there already"
	}
	return "others let in or deny there all that it is about"
}

// beside are the facts that deny at the servers which a fact lets into, as they were
// and as they are said: what they keep out need not be let in.
func (n *namer) beside(a *intent.Access, said map[*intent.Access][]*intent.Access) []*intent.Access {
	var out []*intent.Access
	for _, d := range n.m.Access {
		reaches := func(server string) bool { return slices.Contains(n.where[a], server) }
		if d.Effect == intent.Deny && d.Mode == intent.Enforced && d != a && slices.ContainsFunc(n.where[d], reaches) {
			out = append(append(out, d), said[d]...)
		}
	}
	return slices.Clip(out)
}

// closed reports whether all servers that a fact reaches let in by facts only:
// nobody else need be kept out there.
func (n *namer) closed(a *intent.Access) bool {
	return len(n.where[a]) > 0 && !slices.ContainsFunc(n.where[a], func(server string) bool { return !n.byFacts[server] })
}

// allowed adds to facts those that let in at the servers which one reaches.
func (n *namer) allowed(a *intent.Access, facts ...*intent.Access) []*intent.Access {
	out := slices.Clone(facts)
	for _, x := range n.m.Access {
		reaches := func(server string) bool { return slices.Contains(n.where[a], server) }
		if x.Effect == intent.Allow && x.Mode == intent.Enforced && slices.ContainsFunc(n.where[x], reaches) {
			out = append(out, x)
		}
	}
	return out
}

// open reports whether a fact reaches a server that is open.
func (n *namer) open(a *intent.Access) bool {
	return slices.ContainsFunc(n.where[a], func(name string) bool {
		i, said := n.number[name]
		return said && n.servers[i].Open
	})
}

// strictly is a fragment in which connections are accepted as the target does, at
// the servers that a fact reaches.
func (n *namer) strictly(f *intent.Model, a *intent.Access) *intent.Model {
	f.Transport, f.Tokens = served(n.m.Transport), n.m.Tokens
	for _, name := range n.where[a] {
		if i, said := n.number[name]; said {
			f.Access = append(f.Access, n.servers[i].elsewhere()...)
		}
	}
	return f
}

// elsewhere denies the ports that clients do not reach.
func (s Named) elsewhere() []*intent.Access {
	if s.Port == 0 || s.Open {
		return nil
	}
	at := intent.Scope{Subject: match.Conj(s.Subject, match.Negate(portAtom(s.Port)))}
	return []*intent.Access{{Home: s.Home, Scope: at, Effect: intent.Deny, From: s.From}}
}

// notePorts records that other ports than the servers' own are not reached.
func (n *namer) notePorts() {
	before, after := n.fragment(), n.fragment()
	before.Access, before.Default, before.Transport = n.m.Access, n.m.Default, served(n.m.Transport)
	after.Default, after.Transport = n.m.Default, before.Transport
	before.Tokens, after.Tokens = n.m.Tokens, n.m.Tokens
	for _, s := range n.servers {
		after.Access = append(after.Access, s.elsewhere()...)
	}
	if len(after.Access) == 0 {
		return
	}
	after.Access = append(after.Access, n.m.Access...)
	n.record(Change{
		Pass: "named", Feature: AccessPort, Code: diag.DefaultDiffers, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateRewritten, From: intent.Origin{},
		Summary: "clients reach one port of each workload", Detail: "other ports are not served by the target's proxies",
		Fix: "nothing, if nobody in the mesh needs them", Before: before, After: after,
	})
}

// opens are defaults that leave out the servers which are open: there facts decide
// what the default is.
func (n *namer) opens() []*intent.Default {
	var out []*intent.Default
	for _, s := range n.servers {
		if s.Open {
			out = append(out, &intent.Default{Scope: intent.Scope{Subject: s.Subject}, Effect: intent.Allow})
		}
	}
	return out
}

// noteDefaults records what became of the defaults.
func (n *namer) noteDefaults(parts []saidPart, defaults []*intent.Default) {
	if len(n.servers) == 0 && n.beyond == nil && sameDefaults(n.m.Default, defaults) {
		return
	}
	before, after := n.fragment(), n.fragment()
	before.Transport, after.Transport = served(n.m.Transport), served(n.m.Transport)
	before.Tokens, after.Tokens = n.m.Tokens, n.m.Tokens
	for _, s := range n.servers {
		before.Access, after.Access = append(before.Access, s.elsewhere()...), append(after.Access, s.elsewhere()...)
	}
	before.Default, after.Default = append(n.opens(), n.m.Default...), append(n.opens(), defaults...)
	var from intent.Origin
	for _, d := range n.m.Default {
		from = append(from, d.From...)
	}
	for _, p := range parts {
		if p.of == nil {
			after.Access = append(after.Access, p.said)
		}
	}
	c := Change{
		Pass: "named", Feature: AccessDefaultDeny, Code: diag.Approximated, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateRewritten, From: merge(nil, from),
		Summary: "what is denied by default is said of each server by its name", Fix: "nothing", Before: before, After: after,
	}
	if n.grown != "" {
		c.Code, c.Fate = diag.Narrowed, FateDrifted
		c.Summary, c.Detail, c.Fix = "more is denied by default: "+n.grown, "workloads that no Service of the input selects let nobody in", "add all Services to the input"
	}
	n.record(c)
}
