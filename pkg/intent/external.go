package intent

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// External is what callers are told of hosts that are no Services of the
// cluster: servers outside of it, or in the mesh without a Service. The most
// specific host that a caller knows decides; of equal ones the first fact.
//
// It is additive where Egress denies: what one of the facts makes known may be
// called. Where nothing denies, an External that Plain holds for changes nothing
// but that the mesh knows the host by its name.
type External struct {
	Home *Home
	// Scope.Client says who knows of it: nil is every client. Scope.Subject is
	// unused.
	Scope Scope
	// Hosts are names outside, with wildcards, or those of Services that
	// Kubernetes has none of; never the zero Host.
	Hosts []Host
	// Addresses are those, or blocks of those, that stand for the hosts where a
	// connection names none; nil is every address at the ports.
	Addresses []string
	Ports     []ExternalPort
	// Inside says that its endpoints are of the mesh, which counts where mutual
	// TLS is chosen.
	Inside  bool
	Resolve Resolution
	// Endpoints are where connections go; nil is what Resolve finds.
	Endpoints []Endpoint
	// Selector chooses the endpoints among the pods and machines of the object's
	// namespace by their labels; nil is by Endpoints.
	Selector []Pair
	// SubjectNames are those that certificates of the servers must have; nil is
	// any.
	SubjectNames []string
	From         Origin
}

// Title names the hosts for people, or where these are any, their addresses.
func (e *External) Title() string {
	if len(e.Addresses) > 0 && len(e.Hosts) == 1 && e.Hosts[0].DNS == "*" {
		return strings.Join(e.Addresses, ", ")
	}
	return hostsText(e.Hosts)
}

// ExternalPort is a port of an External.
type ExternalPort struct {
	Name string
	Port int
	// Target is the port of the endpoints; 0 is the same.
	Target int
	// Protocol is HTTP, HTTP2, GRPC, HTTPS, TLS, TCP, UDP or the name of what is
	// spoken on top of TCP; "" is not said.
	Protocol string
	From     Origin
}

// Resolution is how the endpoints of an External are found.
type Resolution uint8

const (
	ResolveNone    Resolution = iota // connections go to the address that the caller chose
	ResolveStatic                    // Endpoints are addresses
	ResolveDNS                       // all that the name stands for
	ResolveDNSOne                    // one at a time of what the name stands for
	ResolveDynamic                   // by the name that the request has, for wildcards
)

// Endpoint is one place where connections to an External go.
type Endpoint struct {
	// Address is an address, a name, or a socket; "" is a gateway of Network.
	Address string
	// Ports are the numbers for names of ports, sorted by name.
	Ports []Pair
	// Labels, sorted by key, are those by which subsets choose.
	Labels            []Pair
	Network, Locality string
	Weight            int
	Account           string
	From              Origin
}

// Family is what connections to the port tell of the host that they are for: HTTP
// requests name it, and so do the greetings of TLS; others tell their address
// only. known is false of what no connection of TCP is.
func (p ExternalPort) Family() (f Protocol, known bool) {
	switch strings.ToUpper(p.Protocol) {
	case "HTTP", "HTTP2", "HTTP_PROXY", "GRPC", "GRPC-WEB":
		return HTTP, true
	case "HTTPS", "TLS":
		return TLS, true
	case "UDP":
		return TCP, false
	}
	return TCP, true
}

// Nameless reports whether connections to the port are taken for the hosts
// whichever address they are for: nothing else tells of which host they are.
func (e *External) Nameless(p ExternalPort) bool {
	f, known := p.Family()
	return known && f == TCP && len(e.Addresses) == 0
}

// Plain reports whether connections to a port go where the host's own name, or
// the address that the caller has for it, leads.
func (e *External) Plain(p ExternalPort) bool {
	return e.found() && p.sameTarget() && len(e.SubjectNames) == 0 && (!e.Nameless(p) || e.Resolve == ResolveNone)
}

// found reports whether the endpoints are what the name, or the caller's address,
// stands for.
func (e *External) found() bool {
	return e.Resolve != ResolveStatic && len(e.Endpoints)+len(e.Selector) == 0
}

func (p ExternalPort) sameTarget() bool { return p.Target == 0 || p.Target == p.Port }

// Egress says what becomes of connections of the clients in Scope.Client that
// leave the cluster for what no External makes known to them. The first fact that
// covers a client decides; where none does, they pass. Connections to the
// cluster's own Services are none of its business.
type Egress struct {
	Home  *Home
	Scope Scope // Subject is unused
	// Effect is Allow or Deny.
	Effect Effect
	// Withheld says that this is a Deny which stands for what the target cannot
	// say; Why is its comment in the output.
	Withheld bool
	Why      string
	From     Origin
}

// Denied holds for the clients that facts, of which the first that covers a client decides,
// let send nothing outside but what is made known to them.
func Denied(es []*Egress) match.Expr {
	var denied, let []match.Expr
	for _, e := range es {
		client := match.Simplify(e.Scope.Client)
		if e.Effect != Deny {
			let = append(let, client)
			continue
		}
		and := []match.Expr{client}
		for _, x := range let {
			if !match.Apart(x, client) {
				and = append(and, match.Negate(x))
			}
		}
		denied = append(denied, match.Conj(and...))
	}
	return match.Disj(denied...)
}
