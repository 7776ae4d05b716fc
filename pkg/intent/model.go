// Package intent is the neutral model: what manifests ask for, in the words of
// operators and in no mesh's own. It is pure data; decide says what it means,
// legal fits it to a target.
//
// The model is a flat list of facts. Routing is a set of first-match tables.
// Access is a set of deny-overrides facts plus a default.
//
// Facts of Routing, Transport, Upstream, Intake, Default, Logs and Egress are exclusive: for each
// point exactly one of them decides, the first in the list whose scope covers
// the point (Routing: after the choice of the most specific host and port, see
// Routing). Readers resolve their mesh's precedence into this order. A list was
// preferred to disjoint scopes because the complement of a thousand namespaces
// is nothing anyone can read, and because dropping a specific fact then shows
// its effect: the next one decides. Facts of Access, Tokens, Rates, Machines and Exports are additive:
// all that cover a point hold.
//
// nil, empty and zero differ everywhere: a nil pointer is "not said", a pointer
// to zero is "said to be zero". Origins and names are not part of a fact's
// meaning.
package intent

// Model is all that one set of manifests asks for.
type Model struct {
	Routing   []*Routing
	Transport []*Transport
	Upstream  []*Upstream
	Intake    []*Intake
	Default   []*Default
	Access    []*Access
	Tokens    []*Tokens
	Rates     []*RateLimit
	Logs      []*AccessLog
	Entries   []*Entry
	External  []*External
	Egress    []*Egress
	Visible   []*Visibility
	Machines  []*Machine
	Exports   []*Export
	Opaque    []*Opaque
	// Leaves, sorted by name, are the Services that legalization adds, one per subset, for
	// targets that know no subsets. Readers leave it empty.
	Leaves []*Service
	// Baseline is what holds where no fact speaks.
	Baseline  Baseline
	Inventory Inventory
	Env       Environment
}

// Baseline is what a mesh does with requests of which no manifest speaks, and
// with parts of rules that say nothing: its defaults. All of it has default
// origins (place.Default).
type Baseline struct {
	// Retry of HTTP requests without a retry policy; nil is none.
	Retry *Retry
	// RetryOpen says that nothing settles whether such requests are tried again:
	// implementations do as they like.
	RetryOpen bool
	// Timeout of HTTP requests without one; nil is none.
	Timeout *Timeout
	// Inspection is what becomes of HTTP requests where an Access that lets in tells
	// requests apart, by the proxy that does so: beside what routes and Retry have of
	// them, so that retries of both add up. nil is nothing.
	Inspection *Inspection
	// Paths says how paths are normalised before any rule sees them.
	Paths PathForm
	// Network says that who is kept out is so whatever carries what is sent, UDP and
	// ICMP too; otherwise proxies take connections of TCP, and let pass the rest.
	Network bool
	// Trusts are the trust domains whose identities servers take; clients of others
	// are refused with their certificates, whatever policies say. nil is that
	// nothing tells.
	Trusts []string
	// Balance, Limits and Outlier of services without a policy; nil is "the
	// proxy's own", which is not compared.
	Balance *Balance
	Limits  *Limits
	Outlier *Outlier
}

// Inspection is what a proxy does by itself with requests that it tells apart for
// admission.
type Inspection struct {
	Retry   *Retry   // nil is none
	Timeout *Timeout // nil is none
}

// PathForm is how far a mesh normalises a path before it matches it.
type PathForm uint8

const (
	PathRaw    PathForm = iota // as received (Linkerd)
	PathDots                   // dot segments resolved, backslash to slash (Istio BASE, RFC 3986)
	PathMerged                 // also: repeated slashes merged
	PathFull                   // also: %2F and %5C decoded first
)
