package intent

import (
	"fmt"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/match"
)

// RateLimit bounds how many HTTP requests the workloads in Scope.Subject take
// (Client is unused). Facts are additive, in the order of the model: a request for
// which When holds draws a token from a bucket of each; where one has none left it
// is answered with 429, and draws from none of those behind it.
//
// Buckets are of one port of one instance of a workload: two replicas let pass
// twice as much. Only requests that are let in draw, unless Denied says otherwise.
// Connections that are not HTTP draw nothing.
type RateLimit struct {
	Home  *Home
	Scope Scope
	// When may test the client and the request; nil is every request.
	When match.Expr
	Per  RatePer
	// Requests that Interval refills, evenly; both are positive. Burst is what a
	// bucket holds at most, and at first.
	Requests int
	Interval time.Duration
	Burst    int
	// Denied says that requests which are not let in draw too.
	Denied bool
	// Unavailable says that callers by gRPC are told UNAVAILABLE, and not
	// RESOURCE_EXHAUSTED.
	Unavailable bool
	// Headers are added to answers of requests over the limit.
	Headers []Pair
	From    Origin
}

// RatePer is who shares a bucket.
type RatePer uint8

const (
	// PerWorkload is one bucket for all.
	PerWorkload RatePer = iota
	// PerSecurity is one for requests by mutual TLS, and one for all others.
	PerSecurity
	// PerClient is one for each identity, and one for all clients without.
	PerClient
)

// String names whom a bucket is for.
func (p RatePer) String() string {
	return [...]string{"in all", "with and without mutual TLS each", "of each client"}[p]
}

// Text says the rate, without its scope and condition: "10 per 1s of each client".
func (r *RateLimit) Text() string {
	interval := strings.TrimSuffix(r.Interval.String(), "m0s")
	if interval != r.Interval.String() {
		interval += "m"
	}
	s := fmt.Sprintf("%d per %s %s", r.Requests, interval, r.Per)
	if r.Burst != r.Requests {
		s += fmt.Sprintf(", %d at once", r.Burst)
	}
	if r.Denied {
		s += ", with those denied"
	}
	if r.Unavailable {
		s += ", else UNAVAILABLE"
	}
	if len(r.Headers) > 0 {
		s += ", else with " + pairsText(r.Headers)
	}
	return s
}

func (p *printer) rate(r *RateLimit) {
	p.line("rate", r.Text(), where("at", r.Scope.Subject), where("when", r.When))
}
