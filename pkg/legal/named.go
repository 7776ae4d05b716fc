package legal

import (
	"slices"

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
	// everywhere says that it lets in whatever is sent, at all ports.
	everywhere bool
	// part says that it is about more of the client than its fact.
	part bool
	// Clients are the input values that chose the client.
	Clients intent.Origin
}

// Admissions lists what a legal model says of admission, in the order of the
// target's parties; those of which nothing is said are left out. beyond is what
// holds for workloads without a name: nil is the target's own default.
func Admissions(m *intent.Model, t Target) (servers []Named, beyond *intent.Default) {
	n := newNamer(&run{m: m, t: t, source: m.Baseline})
	n.written = true
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
	n.demanded(servers)
	n.shutDestinations(servers)
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
	switch {
	case !r.strictAnyway(match.True, said):
	case slices.ContainsFunc(said, func(t *intent.Transport) bool { return !t.Accounts && lets(r.m, noAccounts, t.Scope.Subject) }):
		c.Summary, c.Detail, c.Fix = "clients are let in that are service accounts only", machinesDenied, nameMachines
	default:
		c.Code, c.Drift, c.Summary, c.Detail, c.Fix = diag.Approximated, intent.Same, "mutual TLS goes without saying", "", "nothing"
	}
	r.record(c)
}

func (r *run) notServed() []*intent.Transport {
	return slices.DeleteFunc(slices.Clone(r.m.Transport), isServed)
}

func sameTransport(a, b []*intent.Transport) bool {
	return slices.EqualFunc(a, b, func(x, y *intent.Transport) bool {
		return x.Mode == y.Mode && x.Accounts == y.Accounts && match.Equal(x.Scope.Subject, y.Scope.Subject)
	})
}
