package intent

import "github.com/transmesh/transmesh/pkg/match"

// Routing is one first-match table. For a request, the tables of its entry and
// protocol whose Scope.Client covers the client are considered; of these, those with
// the most specific Host that matches (a Service or exact name before a longer
// wildcard before a shorter); of these, one whose Port is the port addressed before
// one with Port 0; of these, the first. That table alone decides, by its first rule
// that holds, or its Else.
type Routing struct {
	Home *Home
	// Scope.Client says whose requests are meant: nil is every client.
	// Scope.Subject is unused.
	Scope Scope
	// Entry is the name of the ingress entry that requests come through; the
	// zero Name is the mesh itself, from workload to workload.
	Entry Name
	Host  Host
	// Port is the Service's (or entry's) port; 0 is every port without a table
	// of its own. Rules may also test match.ServicePort.
	Port     int
	Protocol Protocol
	Rules    []Rule
	Else     Action
	From     Origin
}

// Protocol is how a table understands the traffic.
type Protocol uint8

const (
	HTTP Protocol = iota // HTTP requests, gRPC among them
	GRPC                 // as HTTP, of a route that is declared for gRPC
	TLS                  // TLS passed through, chosen by SNI
	TCP                  // bytes
)

// String names the protocol in lower case.
func (p Protocol) String() string { return [...]string{"http", "grpc", "tls", "tcp"}[p] }

// Rule is one line of a table.
type Rule struct {
	// Name is the operator's name of the rule; "" is none.
	Name    string
	Comment string
	// Home is the object that the rule stems from or is to be written into; nil
	// is the table's.
	Home *Home
	When match.Expr
	// Steps are executed in order, before Then.
	Steps   []Step
	Then    Action
	Timeout *Timeout
	Retry   *Retry
	From    Origin
}

// Action is what finally happens to a request.
type Action interface{ isAction() }

type (
	// Forward sends the request to one of To, chosen by weight. An empty To is
	// an answer of 500 or 503: routes to nowhere.
	Forward struct{ To []Backend }
	// Passthrough sends the request to the host and port that it addressed, as
	// if there were no table.
	Passthrough struct {
		// AsUnknown says that the client takes it for what it is not told of: where
		// Egress denies the client, it goes nowhere. It stands in Routing.Else only, and
		// there is also for connections that name no server, where no other table takes them.
		AsUnknown bool
	}
	// Redirect answers with another address.
	Redirect struct {
		Status int // 301, 302, 303, 307 or 308
		// Scheme, Host, Port and Path replace those of the request; the zero
		// value keeps them, but for Port: see there.
		Scheme, Host string
		// Port 0 is the scheme's own port where Scheme is set, otherwise the
		// request's; RequestPort is the request's where Scheme is set.
		Port int
		Path *PathRewrite
		From Origin
	}
	// Respond answers itself.
	Respond struct {
		Status int
		Body   string
		From   Origin
	}
)

// RequestPort is the port of a redirect to another scheme that keeps the one which the
// client addressed, whichever that is. Readers name the ports themselves where they
// know them.
const RequestPort = -1

func (Forward) isAction()     {}
func (Passthrough) isAction() {}
func (Redirect) isAction()    {}
func (Respond) isAction()     {}

// Backend is a set of endpoints; it is never routed again.
type Backend struct {
	// Host is whose endpoints are meant. A Service that is known not to exist
	// answers 500 or 503 for its share.
	Host Host
	// Port is the Service's port; 0 is the port that the client addressed, or
	// the Service's only one.
	Port int
	// Subset narrows the endpoints by their labels (field Label); nil is all.
	Subset match.Expr
	// SubsetName is what the source calls the subset; "" is none. A name whose
	// definition is not in the input has a nil Subset and Missing set.
	SubsetName string
	// Missing says that the source refers to a Service or subset which is
	// known not to exist: its share of requests fails.
	Missing bool
	// Weight is relative to the sum over all backends; 0 gets nothing.
	Weight int
	// Steps change requests of this share only, after those of the rule.
	Steps    []Step
	Fallback []Backend
	From     Origin
}
