package legal

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Party is a name by which a target knows workloads, as servers and as clients.
type Party struct {
	// Namespace is where policies about it are kept; Name is what the target
	// calls it.
	Namespace, Name string
	// Subject selects its workloads.
	Subject match.Expr
	// Port is the workloads' port that clients reach, and no other; 0 is not
	// known, and then conditions on ports cannot be said.
	Port int
	// Client tells it among the clients; nil where it cannot be told.
	Client match.Expr
}

// Named is what may be done at a server, by each client that is named and by all
// others, who stand last.
type Named struct {
	Party
	Sources []Source
	// Open says that what no source is denied is let in, as the target's own
	// default does.
	Open bool
	// Home and From are those of what is denied there by default.
	Home *intent.Home
	From intent.Origin
}

// Source is a client with what it is denied and what it is let in with. A request
// is denied if any of Deny holds, and otherwise let in if any of Allow does.
type Source struct {
	// Party is nil for all other clients.
	Party       *Party
	Deny, Allow []Share
	// HTTP says that it is told what requests it may send, so that other
	// connections are refused.
	HTTP bool
}

// Share is the part of a fact that concerns one client at one server.
type Share struct {
	Fact *intent.Access
	// Requests are alternatives of conditions on requests; an empty one holds
	// always.
	Requests [][]match.Literal
	// Others says that connections that are not HTTP are denied besides.
	Others bool
	// everywhere says that it lets in whatever is sent, at all ports and of all
	// trust domains.
	everywhere bool
	// trusts says that it tells trust domains apart.
	trusts bool
	// trusting says that it is about clients of the mesh's own only.
	trusting bool
	// Clients are the input values that chose the client.
	Clients intent.Origin
}

// Admissions lists what a legal model says of admission, in the order of the
// target's parties; those of which nothing is said are left out. beyond is what
// holds for workloads without a name: nil is the target's own default.
func Admissions(m *intent.Model, t Target) (servers []Named, beyond *intent.Default) {
	n := newNamer(&run{m: m, t: t, source: m.Baseline})
	return n.all(), n.beyond
}

// named says admission by names: what is said of workloads is said of the servers
// that they are, and what is said of clients of those that have names. What is
// let in shrinks to these, what is kept out grows; where something is denied at
// workloads that have no name, all without a name are closed.
func named(r *run) {
	if r.t.Access.Combine != ByName {
		return
	}
	r.namedTransport()
	n := newNamer(r)
	servers := n.all()
	access, defaults := n.facts(servers)
	n.note(access)
	n.noteDefaults(access, defaults)
	n.notePorts()
	r.m.Access, r.m.Default = nil, defaults
	for _, part := range access {
		r.m.Access = append(r.m.Access, part.said)
	}
}

// namedTransport replaces how connections are accepted by what the target does:
// its names are those of clients with identity.
func (r *run) namedTransport() {
	var own []*intent.Transport
	if r.t.Transport != nil {
		own = served(r.t.Transport(r.m.Env))
	}
	said := served(r.m.Transport)
	if len(said) == 0 || sameTransport(said, own) {
		r.m.Transport = append(r.notServed(), own...)
		return
	}
	before := r.fragment()
	before.Access, before.Default, before.Transport = r.m.Access, r.m.Default, said
	var strict []*intent.Transport
	var from intent.Origin
	asked := false
	for _, t := range said {
		if t.Mode == intent.Plain {
			r.withoutIdentity(remaining(t.Scope.Subject, strict))
		}
		strict = append(strict, t)
		asked = asked || t.Mode != intent.Strict && !t.From.Defaulted()
		from = merge(from, t.From)
	}
	r.m.Transport = append(r.notServed(), own...)
	after := r.fragment()
	after.Access, after.Default, after.Transport = r.m.Access, r.m.Default, own
	c := Change{
		Pass: "named", Feature: TransportStrict, Code: diag.DefaultDiffers, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateRewritten, From: from,
		Summary: "connections without mutual TLS are refused", Detail: "clients outside the mesh are not let in", Fix: "let the clients join the mesh",
		Before: before, After: after,
	}
	if asked {
		c.Code, c.Fate = diag.Narrowed, FateDrifted
	}
	if r.strictAnyway(match.True, said) {
		c.Code, c.Drift, c.Summary, c.Detail, c.Fix = diag.Approximated, intent.Same, "mutual TLS goes without saying", "", "nothing"
	}
	r.record(c)
}

func (r *run) notServed() []*intent.Transport {
	return slices.DeleteFunc(slices.Clone(r.m.Transport), isServed)
}

func sameTransport(a, b []*intent.Transport) bool {
	return slices.EqualFunc(a, b, func(x, y *intent.Transport) bool {
		return x.Mode == y.Mode && match.Equal(x.Scope.Subject, y.Scope.Subject)
	})
}

// saidPart is a fact of the target's model with the fact that it is part of, nil
// for what was let in by default.
type saidPart struct{ of, said *intent.Access }

// facts writes servers as facts: each is closed but for what is let in.
func (n *namer) facts(servers []Named) (out []saidPart, defaults []*intent.Default) {
	for _, s := range servers {
		var explicit, trusted []match.Expr
		for _, src := range s.Sources {
			client := match.Expr(nil)
			if src.Party != nil {
				client = match.Simplify(src.Party.Client)
				explicit, trusted = append(explicit, match.Negate(client)), append(trusted, match.Negate(match.Conj(client, n.trusted())))
			} else {
				client = match.Conj(append([]match.Expr{anyIdentity}, explicit...)...)
			}
			if s.Open {
				out = append(out, n.openFacts(s, src, client)...)
			} else {
				out = append(out, n.sourceFacts(s, src, client, trusted)...)
			}
		}
		if s.Open {
			if n.beyond != nil {
				defaults = append(defaults, &intent.Default{Home: s.Home, Scope: intent.Scope{Subject: s.Subject}, Effect: intent.Allow, From: s.From})
			}
			continue
		}
		defaults = append(defaults, &intent.Default{Home: s.Home, Scope: intent.Scope{Subject: s.Subject}, Effect: intent.Deny, From: s.From})
	}
	if n.beyond != nil {
		defaults = append(defaults, n.beyond)
	}
	return out, append(defaults, n.own...)
}

// sourceFacts are what a source is denied and let in with at a server that is
// closed. Clients of other trust domains are none of those that are named.
func (n *namer) sourceFacts(s Named, src Source, client match.Expr, named []match.Expr) []saidPart {
	var out []saidPart
	for _, list := range []struct {
		effect intent.Effect
		shares []Share
	}{{intent.Deny, src.Deny}, {intent.Allow, src.Allow}} {
		for _, share := range list.shares {
			fact := *share.Fact
			fact.Scope, fact.Effect = intent.Scope{Subject: s.Subject}, list.effect
			and := []match.Expr{share.asked(client)}
			if src.Party == nil && list.effect == intent.Deny && share.trusts {
				and = append([]match.Expr{anyIdentity}, named...)
			}
			if share.trusting && list.effect == intent.Deny {
				and = append(and, n.trusted())
			}
			when := share.when()
			switch {
			case share.Others:
				when = match.Disj(match.Negate(httpOnly), when)
			case src.HTTP:
				when = match.Conj(httpOnly, when)
			}
			if list.effect == intent.Allow {
				and = append(and, n.trusted(), s.reached())
			}
			fact.When = match.Conj(append(and, when)...)
			part := saidPart{of: share.Fact, said: &fact}
			if n.opened[share.Fact] {
				part.of = nil
			}
			out = append(out, part)
		}
	}
	return out
}

// openFacts are what a source is denied at a server that is open.
func (n *namer) openFacts(s Named, src Source, client match.Expr) []saidPart {
	var out []saidPart
	deny := func(share Share, when match.Expr, of *intent.Access) {
		fact := *share.Fact
		fact.Scope, fact.Effect, fact.When = intent.Scope{Subject: s.Subject}, intent.Deny, match.Conj(share.asked(client), when)
		out = append(out, saidPart{of: of, said: &fact})
	}
	others := false
	for _, share := range src.Deny {
		when := share.when()
		switch {
		case share.Others:
			when, others = match.Disj(match.Negate(httpOnly), when), true
		case src.HTTP:
			when = match.Conj(httpOnly, when)
		}
		deny(share, when, share.Fact)
	}
	all := slices.Concat(src.Allow, []Share{{Fact: &intent.Access{Home: s.Home, From: s.From}}})
	switch {
	case src.unconditional() && src.HTTP && !others:
		deny(all[0], match.Negate(httpOnly), nil)
	case src.unconditional():
	case len(src.Allow) > 0:
		var allowed []match.Expr
		for _, a := range src.Allow {
			allowed = append(allowed, a.when())
		}
		deny(all[0], match.Negate(match.Conj(httpOnly, match.Disj(allowed...))), nil)
	case len(src.Deny) == 0:
		deny(all[0], match.True, nil)
	}
	return out
}

// unconditional reports whether a client is let in but for what it is denied.
func (s Source) unconditional() bool {
	return slices.ContainsFunc(s.Allow, func(a Share) bool {
		return slices.ContainsFunc(a.Requests, func(c []match.Literal) bool { return len(c) == 0 })
	})
}

// leavesMost reports whether all that is denied to a client is told by something
// that requests have, so that a list of it ends with what is let in.
func (s Source) leavesMost() bool {
	return !slices.ContainsFunc(s.Deny, func(d Share) bool {
		return slices.ContainsFunc(d.Requests, func(c []match.Literal) bool {
			return !slices.ContainsFunc(c, func(l match.Literal) bool { return !l.Not })
		})
	})
}

// reached holds at the port that clients reach.
func (p Party) reached() match.Expr {
	if p.Port == 0 {
		return match.True
	}
	return portAtom(p.Port)
}

// asked is a predicate on clients with the input value that chose them.
func (s Share) asked(client match.Expr) match.Expr {
	if len(s.Clients) == 0 {
		return client
	}
	return match.Map(client, func(a match.Atom) match.Expr {
		a.Ref = s.Clients[0]
		return a
	})
}

// when is the condition on requests.
func (s Share) when() match.Expr {
	all := make([]conjunct, len(s.Requests))
	for i, ls := range s.Requests {
		all[i] = ls
	}
	return disjunction(all)
}

var httpOnly = match.Atom{Field: match.Protocol, Op: match.Exact, Value: "http"}

// trusted holds for clients of the mesh's own trust domain.
func (n *namer) trusted() match.Expr {
	return match.Atom{Field: match.ClientTrust, Op: match.Exact, Value: n.m.Env.TrustDomain}
}

// note records what became of each fact.
func (n *namer) note(parts []saidPart) {
	for _, a := range n.m.Access {
		if a.Mode != intent.Enforced {
			continue
		}
		var said []*intent.Access
		for _, p := range parts {
			if p.of == a {
				said = append(said, p.said)
			}
		}
		n.record(n.change(a, said))
	}
}

func (n *namer) change(a *intent.Access, said []*intent.Access) Change {
	why := strings.Join(n.lost[a], "; ")
	c := Change{
		Pass: "named", Feature: AccessAllow, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: a.From,
		Summary: objectOf(a.From) + " is written by the names of servers and clients", Fix: "nothing",
		Before: n.strictly(n.admitting(a), a), After: n.strictly(n.admitting(said...), a),
	}
	if a.Effect == intent.Deny {
		c.Feature, c.Before, c.After = AccessDeny, n.strictly(n.denying(a), a), n.strictly(n.denying(said...), a)
	}
	if n.unnamed[a] || n.eclipsed[a] || a.Effect == intent.Allow && n.open(a) {
		c.Before, c.After = nil, nil // other facts, or a default, say part of it
	}
	switch {
	case n.idle[a]:
		c.Code, c.Fate, c.Before, c.After = diag.Shadowed, FateInert, nil, nil
		c.Summary = objectOf(a.From) + " is not written: everyone is let in there, or nobody is"
	case why != "" && a.Effect == intent.Deny:
		c.Code, c.Drift, c.Fate = diag.Narrowed, intent.Narrower, FateDrifted
		c.Summary, c.Detail, c.Fix = objectOf(a.From)+" keeps out more: "+why, "requests are denied that cannot be told apart", "add the Services and workloads that it is about to the input"
	case why != "" && len(said) == 0:
		c.Code, c.Drift, c.Fate = diag.AllowLost, intent.Narrower, FateDropped
		c.Summary, c.Detail, c.Fix = objectOf(a.From)+" lets nobody in: "+why, "requests that it let in are denied", "add the Services and workloads that it is about to the input"
	case why != "":
		c.Code, c.Drift, c.Fate = diag.Narrowed, intent.Narrower, FateDrifted
		c.Summary, c.Detail, c.Fix = objectOf(a.From)+" lets in less: "+why, "requests that it let in are denied", "add the Services and workloads that it is about to the input"
	}
	return c
}

// open reports whether a fact reaches a server that is open.
func (n *namer) open(a *intent.Access) bool {
	return slices.ContainsFunc(n.servers, func(s Named) bool { return s.Open && slices.Contains(n.where[a], s.Namespace+"/"+s.Name) })
}

// strictly is a fragment in which connections are accepted as the target does, at
// the servers that a fact reaches.
func (n *namer) strictly(f *intent.Model, a *intent.Access) *intent.Model {
	f.Transport = served(n.m.Transport)
	for _, s := range n.servers {
		if slices.Contains(n.where[a], s.Namespace+"/"+s.Name) {
			f.Access = append(f.Access, s.elsewhere()...)
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
	var from intent.Origin
	before.Access, before.Default, before.Transport = n.m.Access, n.m.Default, served(n.m.Transport)
	after.Default, after.Transport = n.m.Default, before.Transport
	for _, s := range n.servers {
		after.Access, from = append(after.Access, s.elsewhere()...), merge(from, s.From)
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
	for _, s := range n.servers {
		before.Access, after.Access = append(before.Access, s.elsewhere()...), append(after.Access, s.elsewhere()...)
	}
	before.Default, after.Default = append(n.opens(), n.m.Default...), append(n.opens(), defaults...)
	var from intent.Origin
	for _, d := range n.m.Default {
		from = merge(from, d.From)
	}
	for _, p := range parts {
		if p.of == nil {
			after.Access = append(after.Access, p.said)
		}
	}
	c := Change{
		Pass: "named", Feature: AccessDefaultDeny, Code: diag.Approximated, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateRewritten, From: from,
		Summary: "what is denied by default is said of each server by its name", Fix: "nothing", Before: before, After: after,
	}
	if n.grown != "" {
		c.Code, c.Fate = diag.Narrowed, FateDrifted
		c.Summary, c.Detail, c.Fix = "more is denied by default: "+n.grown, "workloads that no Service of the input selects let nobody in", "add all Services to the input"
	}
	n.record(c)
}
