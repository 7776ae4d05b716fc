package intent

import "time"

// Timeout bounds one request.
type Timeout struct {
	// Request bounds the whole exchange with all retries; nil is not said, 0
	// is said to be unlimited.
	Request *time.Duration
	// Backend bounds one attempt, for meshes that say it beside Request
	// (Gateway API backendRequest); nil is not said.
	Backend *time.Duration
	// Idle bounds the silence on a stream; nil is not said.
	Idle *time.Duration
	// Response bounds the time from the request's end to the response's end;
	// nil is not said.
	Response *time.Duration
	At       Places
	From     Origin
}

// Retry says when a request is tried again.
type Retry struct {
	// Attempts is the number of tries after the first; 0 is said to be none.
	Attempts int
	// On lists conditions, sorted and without duplicates.
	On []RetryOn
	// PerTry bounds one try; nil is not said.
	PerTry *time.Duration
	// Backoff is the base interval between tries; nil is the mesh's own.
	Backoff *time.Duration
	// Budget bounds retries by a share of all requests; nil is none.
	Budget *RetryBudget
	// OtherHosts prefers an endpoint that was not tried; OtherLocalities also
	// leaves the locality. nil is the mesh's own.
	OtherHosts, OtherLocalities *bool
	At                          Places
	From                        Origin
}

// RetryOn is a condition: a name below, or an HTTP status or range of them as
// "503" and "502-504", or "grpc:" with a gRPC status name in lower case with
// dashes ("grpc:unavailable").
type RetryOn string

const (
	On5xx            RetryOn = "5xx"             // any 5xx answer, and no answer at all
	OnGatewayError   RetryOn = "gateway-error"   // 502, 503 or 504
	OnConnectFailure RetryOn = "connect-failure" // no connection
	OnRefusedStream  RetryOn = "refused-stream"  // HTTP/2 REFUSED_STREAM
	OnReset          RetryOn = "reset"           // no answer: reset or disconnected
	OnResetBefore    RetryOn = "reset-before-request"
	OnRetriable4xx   RetryOn = "retriable-4xx" // 409
	OnRetriableCodes RetryOn = "retriable-status-codes"
	OnEnvoyLimited   RetryOn = "envoy-ratelimited"
)

// RetryBudget bounds retries relative to traffic.
type RetryBudget struct {
	Percent      float64 // of active or recent requests, 0 to 100 and above
	MinPerSecond int     // retries always allowed per second
	MinActive    int     // concurrent retries always allowed
	Interval     time.Duration
	From         Origin
}
