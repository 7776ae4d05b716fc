package intent

import "github.com/transmesh/transmesh/pkg/match"

// Access is one fact about requests at workloads in scope for which When holds.
//
// A request at a workload is judged so. Facts that are not Enforced are left
// out. If a Deny holds, it is denied. Otherwise, if an Allow holds, it is
// admitted; if none does, the first Default that covers it decides. An admitted
// request must also be agreed to by the provider of every Ask that holds. All of
// it after Transport (whether the connection is accepted, and whether the client
// has an identity) and Tokens (whether a token is valid).
//
// On connections that are not HTTP, HTTP attributes are absent; readers write
// with match.Protocol what their mesh does there, so that nobody has to guess
// the port's protocol.
//
// Facts of side Dialled are the caller's: they are enforced where a request is
// sent, and judged among themselves by the same rules. A request passes if both
// sides let it. Where no Dialled fact and no Dialled Default covers the caller,
// it may dial anything. They hold for what leaves the cluster, too, beside what
// External and Egress say of it: a connection leaves where all of them let it.
type Access struct {
	Home *Home
	Name string // the rule's name within its object; "" is none
	// Side is Served, at the workload of Scope.Subject (Client is unused), or
	// Dialled, at the callers of Scope.Client: then Subject is unused, and When
	// may also test fields of the subject, the workload that is called, or of what is
	// dialled outside of the cluster: match.DestHost, DestIP, Port and SNI.
	Side   Side
	Scope  Scope
	Effect Effect
	Mode   Mode
	// Provider is who is asked; of Ask only.
	Provider string
	// FailOpen says of Ask that a request passes where the provider does not answer.
	FailOpen bool
	When     match.Expr
	// Status is what a denied client sees: 403, 404, or 0 for the mesh's own.
	Status  int
	Comment string
	// Withheld says that a Deny stands for what cannot be read or said.
	Withheld bool
	From     Origin
}

// Inspects reports whether a fact in force lets in by what requests have, so that a proxy
// looks into them.
func (a *Access) Inspects() bool {
	out := false
	if a.Effect == Allow && a.Mode == Enforced {
		match.Atoms(a.When, func(x match.Atom, _ bool) { out = out || x.Field.HTTP() || x.Field == match.Protocol })
	}
	return out
}

// Default decides what no Access fact of its side decides: the first that covers
// a point.
type Default struct {
	Home *Home
	// Side is as in Access: a Dialled Default covers the callers of Scope.Client.
	Side   Side
	Scope  Scope
	Effect Effect // Allow or Deny
	// Withheld says that this is a deny-all which stands for what the target
	// cannot say; Why is its comment in the output.
	Withheld bool
	Why      string
	// Protocol is what the port in scope is declared to speak, in meshes that
	// declare it where they admit: "http", "http2", "grpc", "tls" or "tcp"; ""
	// is not said. It decides nothing here.
	Protocol string
	From     Origin
}

// Effect is what a fact does.
type Effect uint8

const (
	Allow Effect = iota
	Deny
	Ask // admitted if the provider agrees
)

// String names the effect in lower case.
func (e Effect) String() string { return [...]string{"allow", "deny", "ask"}[e] }

// Mode is whether a fact is enforced.
type Mode uint8

const (
	Enforced Mode = iota
	Audit         // logs only
	DryRun        // counts what it would do
)

// String names the mode in lower case.
func (m Mode) String() string { return [...]string{"enforced", "audit", "dry-run"}[m] }

// Tokens is one set of accepted JWT issuers for workloads in scope. Sets that
// cover a workload are united. A request without a token passes; one with a
// token that no rule accepts is denied (401); a valid token gives the request
// its match.Token attributes.
type Tokens struct {
	Home  *Home
	Scope Scope
	Rules []TokenRule
	// Lenient takes a token that no rule accepts for none, where otherwise the
	// request is denied. All sets of one workload are alike in this.
	Lenient bool
	From    Origin
}

// TokenRule accepts the tokens of one issuer.
type TokenRule struct {
	// Home is the object of the rule alone, in meshes that have such; nil is that
	// it is a part of the set's.
	Home      *Home
	Issuer    string
	Audiences []string // empty is any
	JWKS      string   // inline keys, or ""
	JWKSURI   string
	// Unchecked takes keys from whoever answers at JWKSURI, although it is of
	// https: nobody looks at whose certificate that is.
	Unchecked bool
	// Headers, Params and Cookies say where the token is looked for; all empty
	// is "Authorization: Bearer" and the query parameter access_token.
	Headers []TokenHeader
	Params  []string
	Cookies []string
	// Forward keeps the token on the request; nil is the mesh's default.
	Forward       *bool
	PayloadHeader string // receives the payload; "" is none
	ClaimHeaders  []Pair // header name to claim
	SpaceClaims   []string
	TimeoutText   string // of fetching keys, as written; "" is the default
	From          Origin
}

// TokenHeader is a header that carries a token behind a prefix.
type TokenHeader struct{ Name, Prefix string }
