package intent

// Drift is how a change alters what traffic is let through or what happens to
// it.
type Drift string

const (
	Same     Drift = "same"
	Narrower Drift = "narrower" // admits a subset
	Wider    Drift = "wider"    // admits something that was kept out
	Other    Drift = "other"    // treats the same traffic in another way
)

// Aspect is what a comparison looks at.
type Aspect string

const (
	Admission Aspect = "admission" // who may send which request to which workload
	Tokening  Aspect = "token"     // which tokens are accepted
	Auditing  Aspect = "audit"     // what is recorded: of access logs, and by policies that enforce nothing
	Routed    Aspect = "routing"   // which backends, shares, redirects, answers
	Rewritten Aspect = "rewrite"   // what path, host and headers the workload and client see
	Mirrored  Aspect = "mirror"
	Faulted   Aspect = "fault"
	Crossing  Aspect = "cors"
	Timing    Aspect = "timeout"
	Retrying  Aspect = "retry"
	Balancing Aspect = "balance"
	Limiting  Aspect = "limit"
	Ejecting  Aspect = "outlier"
	Securing  Aspect = "mtls" // how connections are secured
	Entering  Aspect = "entry"
	Rating    Aspect = "rate" // how many requests workloads take
	// Running is what is reported, and how what runs the mesh is set up: no request is
	// treated otherwise for it.
	Running Aspect = "operation"
)

// Aspects lists them all, in the order of reports.
var Aspects = []Aspect{Admission, Tokening, Auditing, Securing, Routed, Rewritten, Mirrored, Faulted, Crossing, Timing, Retrying, Balancing, Limiting, Ejecting, Entering, Rating, Running}
