// Package decide says what a model means, and whether two mean the same.
package decide

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// Request is a concrete request that a client sends into the mesh or to an
// ingress entry.
type Request struct {
	// Entry is the ingress that it comes through; zero is the mesh.
	Entry intent.Name
	// Host and Port are what the client addresses: a Service and its port, or a
	// DNS name; of a witness that goes to a workload by itself (see Server), no
	// host and the workload's port.
	Host intent.Host
	Port int
	// At holds the attributes: of HTTP, of the connection, of the client.
	At match.Request
	// Token is the state of a JWT that is sent: see TokenState.
	Token TokenState
	// Subject is the workload that a witness about admission is sent to: its
	// namespace, labels and port; nil for requests that are routed.
	Subject *match.Request
	// Client says in words who sends a witness: "shop/web" for a client of the
	// inventory. "" is every client alike.
	Client string
	// Server says in words to which workload a witness goes where no Service
	// leads to it.
	Server string
	// trust is the mesh's own trust domain.
	trust string
}

// TokenState is what kind of token comes with a request.
type TokenState uint8

const (
	NoToken   TokenState = iota
	BadToken             // signed by nobody known, expired, or of an issuer that no rule accepts
	GoodToken            // valid; its attributes are in At under match.Token
)

// Verdict is the answer of a comparison.
type Verdict string

const (
	Same      Verdict = "same"
	Narrower  Verdict = "narrower"  // b admits less than a, and is otherwise the same
	Wider     Verdict = "wider"     // b admits something that a keeps out
	Different Verdict = "different" // b treats some request in another way
	Unsure    Verdict = "unsure"    // past the budget, or one-sided opaque configuration
)

// Options of a comparison.
type Options struct {
	// Defaults compares defaulted facts too (place.Ref.IsDefault): a retry
	// policy that only the mesh's default justifies. Admission and transport are
	// always compared.
	Defaults bool
	// Aspects limits what is compared; empty is all.
	Aspects []intent.Aspect
	// Reasons bounds the differences of admission that are told of one scope and
	// verdict, each decided by other facts than those before; 0 is one, whatever
	// decides.
	Reasons int
	// Scopes asks for Result.Scopes, Clients for Difference.Clients.
	Scopes, Clients bool
	// Causes tells what differs alike in admission and rates of several workloads once
	// for each set of objects that make it, not once for all: whoever looks for the
	// differences of some objects misses none.
	Causes bool
	// Brief leaves out witnesses, for those who only want to know what differs;
	// the origins of a difference are then all that is about its scope.
	Brief bool
	// BriefDefaults is Brief of differences that only defaults make.
	BriefDefaults bool
	// Wider looks in admission only for what is let in besides: that b lets in less
	// may be told, or not.
	Wider bool
	// Arrivals compares also who is let in after what routes change of requests,
	// where both send them to the same endpoints: a header that a route sets may
	// open what policies alone keep closed.
	Arrivals bool
	// Excused are steps whose effect on admission is known: requests that one of
	// them lets in are left out.
	Excused []Step
}

// Difference is one request, or one scope, that two models treat differently.
type Difference struct {
	Aspect  intent.Aspect
	Verdict Verdict // Narrower, Wider, Different or Unsure
	// Defaulted says that on both sides no manifest asks for it. Beside it there may be
	// another difference of the same scope and aspect, which some manifest asks for.
	Defaulted bool
	// Scope names what was compared, for tables: "routing shop/cart:80".
	Scope string
	// Witness is a request that shows it, as a curl-like line with the client's
	// identity; "" where the difference is not about a request.
	Witness string
	// Clients are the clients of the inventory, as namespace/account, with whom
	// the witness shows the same, the witness's own first, if Options asked for
	// them.
	Clients []string
	// Request is the witness as data; nil where there is none.
	Request *Request
	// A and B say in a clause what either side does; FromA and FromB why.
	A, B         string
	FromA, FromB intent.Origin
}

// Result is the outcome of a comparison.
type Result struct {
	Verdict     Verdict
	Differences []Difference
	// Scopes are all scopes compared with their verdicts, sorted, if Options asked
	// for them.
	Scopes []ScopeVerdict
}

// ScopeVerdict is one line of the table of a comparison.
type ScopeVerdict struct {
	Scope   string
	Aspect  intent.Aspect
	Verdict Verdict
}
