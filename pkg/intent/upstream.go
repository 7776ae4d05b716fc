package intent

import (
	"time"

	"github.com/transmesh/transmesh/pkg/match"
)

// Upstream is how the clients in Scope.Client treat the endpoints of Host and
// Port. The first fact that covers a point decides, for each block: nil blocks
// of a deciding fact are the baseline's, never the next fact's.
type Upstream struct {
	Home  *Home
	Scope Scope
	Host  Host
	Port  int // the Service's port; 0 is every port without a fact of its own
	// Subset and SubsetName narrow the endpoints; zero is all of them, and also
	// subsets without a fact of their own.
	Subset     match.Expr
	SubsetName string
	// At says whether the fact hangs on the backend that a request was sent to,
	// or on the parent that was addressed (Linkerd).
	At      UpstreamAt
	Balance *Balance
	Limits  *Limits
	Outlier *Outlier
	// RetryBudget bounds retries to the host as a whole; nil is none.
	RetryBudget *RetryBudget
	From        Origin
}

// UpstreamAt is what an Upstream fact hangs on.
type UpstreamAt uint8

const (
	AtBackend UpstreamAt = iota
	AtParent
)

// Balance is how an endpoint is chosen.
type Balance struct {
	Policy BalancePolicy
	Hash   *Hash
	// Warmup gives new endpoints a growing share; nil is none.
	Warmup *time.Duration
	// WarmupShape is how the share grows, as the source writes it; "" is the
	// mesh's default.
	WarmupShape string
	// Locality prefers near endpoints; nil is the mesh's default.
	Locality *Locality
	From     Origin
}

// BalancePolicy is the algorithm.
type BalancePolicy string

const (
	RoundRobin   BalancePolicy = "round-robin"
	LeastRequest BalancePolicy = "least-request"
	Random       BalancePolicy = "random"
	OriginalDst  BalancePolicy = "passthrough"
	PeakEWMA     BalancePolicy = "peak-ewma"
	Consistent   BalancePolicy = "consistent-hash"
	// BalanceUnset leaves the algorithm to the baseline, where only other
	// settings of the block are said.
	BalanceUnset BalancePolicy = ""
)

// Hash says what keeps a client on its endpoint; exactly one source is set.
type Hash struct {
	Header, Query string
	SourceIP      bool
	Cookie        *HashCookie
	Table         string // "ring:1024" or "maglev:65537"; "" is the default
	From          Origin
}

// HashCookie is a cookie that keeps affinity. A nil TTL only reads the cookie,
// zero sets a session cookie.
type HashCookie struct {
	Name, Path string
	TTL        *time.Duration
	Attributes []Pair
}

// Locality steers by region, zone and sub-zone.
type Locality struct {
	Enabled    *bool
	Distribute []LocalityShare
	Failover   []Pair   // from region to region
	Priority   []string // label keys, or key=value
	// ByZone divides requests among the zones of a region by their shares of the
	// callers, where all others send what they can to the nearest.
	ByZone bool
	// MinEndpoints below which zones are not told apart; nil is the proxy's own.
	MinEndpoints *int
	From         Origin
}

// LocalityShare sends the traffic of one locality to others by percentage.
type LocalityShare struct {
	FromLocality string
	To           []Pair // locality to percentage
}

// Limits bounds connections and requests; nil is unlimited or the proxy's own.
type Limits struct {
	MaxConnections    *int
	ConnectTimeout    *time.Duration
	TCPIdle           *time.Duration // 0 is no end
	MaxConnDuration   *time.Duration
	Keepalive         *Keepalive
	MaxPending        *int
	MaxRequests       *int
	MaxPerConnection  *int
	MaxRetries        *int
	HTTPIdle          *time.Duration
	UpgradeHTTP2      *bool
	UseClientProtocol *bool
	MaxStreams        *int
	HTTP2PingInterval *time.Duration
	HTTP2PingTimeout  *time.Duration
	At                Places
	From              Origin
}

// Keepalive is TCP keep-alive as the operating system knows it.
type Keepalive struct {
	Probes         *int
	Time, Interval *time.Duration
}

// Outlier ejects endpoints that fail.
type Outlier struct {
	// Consecutive5xx counts errors in a row, gateway errors included; 0 is off,
	// nil the mesh's default.
	Consecutive5xx     *int
	ConsecutiveGateway *int
	ConsecutiveLocal   *int
	SplitLocal         *bool
	Interval           *time.Duration
	// BaseEjection is the first time out; MaxEjection the longest, where the
	// mesh bounds it.
	BaseEjection, MaxEjection *time.Duration
	Jitter                    *float64
	// MaxPercent of endpoints that may be out at once; MinHealthy percentage
	// below which ejection stops.
	MaxPercent, MinHealthy *int
	// SuccessRate ejects below a share of successes (0 to 1); nil is off.
	SuccessRate *float64
	Window      *time.Duration
	MinRequests *int
	RetryAfter  *bool
	At          Places
	From        Origin
}

// Empty reports whether nothing is limited.
func (l Limits) Empty() bool {
	return l.MaxConnections == nil && l.ConnectTimeout == nil && l.TCPIdle == nil && l.MaxConnDuration == nil && l.Keepalive == nil &&
		l.MaxPending == nil && l.MaxRequests == nil && l.MaxPerConnection == nil && l.MaxRetries == nil && l.HTTPIdle == nil &&
		l.UpgradeHTTP2 == nil && l.UseClientProtocol == nil && l.MaxStreams == nil && l.HTTP2PingInterval == nil && l.HTTP2PingTimeout == nil
}
