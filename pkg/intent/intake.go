package intent

import (
	"fmt"
	"strings"
)

// Intake bounds what the proxies of the workloads behind Host let through to them, of all
// that is sent there together, by whom ever: by clients outside the mesh, too. Limits of an
// Upstream are what the proxy of each caller keeps to.
//
// Each port of each instance of a workload is bounded by itself. The first fact that covers
// a host and port decides there; where none does, proxies let through what comes.
type Intake struct {
	Home *Home
	// Host is that of the Service which workloads are behind; a wildcard, or the zero Host,
	// stands for all that it covers.
	Host Host
	Port int // the Service's port; 0 is every port without a fact of its own
	// Accepts is how many connections of clients a proxy has at once: more are closed as
	// they come. nil is any number.
	Accepts *int
	// Limits are of the connections from the proxy to the application beside it, and of
	// the requests on them; nil is that nothing is bounded. UpgradeHTTP2 and MaxRetries
	// are the caller's own, and unused.
	Limits *Limits
	From   Origin
}

// Text says the limits: equal texts are equal limits.
func (i *Intake) Text() string {
	if !i.Bounds() {
		return "no limits"
	}
	var parts []string
	if i.Accepts != nil {
		parts = append(parts, fmt.Sprintf("accepts %d", *i.Accepts))
	}
	if i.Limits != nil && !i.Limits.Empty() {
		parts = append(parts, Describe(i.Limits))
	}
	return strings.Join(parts, ", ")
}

// Bounds reports whether something is bounded; by no fact nothing is.
func (i *Intake) Bounds() bool {
	return i != nil && (i.Accepts != nil || i.Limits != nil && !i.Limits.Empty())
}

// Origin is where the fact stands.
func (i *Intake) Origin() Origin { return i.From }

func (p *printer) intake(i *Intake) {
	p.line("intake", i.Host.String(), number("port", i.Port), i.Text())
}
