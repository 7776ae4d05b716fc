package istio

import (
	"math/big"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/source"
)

const maxUint32 = 1<<32 - 1

func validUnsigned(n *source.Node) { between(n, 0, maxUint32, "is no number from 0 to 4294967295") }

func validCount(n *source.Node) { between(n, 0, maxInt32, "is no number from 0 to 2147483647") }

// validPool rejects what pkg/config/validation validateConnectionPool does.
func validPool(n *source.Node) {
	if n == nil {
		return
	}
	tcp, http := n.Get("tcp"), n.Get("http")
	if tcp == nil && http == nil {
		n.Reject("says neither tcp nor http")
	}
	for _, key := range []string{"http1MaxPendingRequests", "http2MaxRequests", "maxRequestsPerConnection", "maxRetries", "maxConcurrentStreams"} {
		validCount(http.Get(key))
	}
	validCount(tcp.Get("maxConnections"))
	validUnsigned(tcp.Get("tcpKeepalive").Get("probes"))
	if http.Get("h2UpgradePolicy").Str() == "UPGRADE" && http.Get("useClientProtocol").Bool() {
		http.Get("useClientProtocol").Reject("stands beside h2UpgradePolicy UPGRADE")
	}
	if k := http.Get("http2KeepAlive"); k != nil && (k.Get("interval") == nil || k.Get("timeout") == nil) {
		k.Reject("needs interval and timeout")
	}
}

// validOutlier rejects what pkg/config/validation validateOutlierDetection does.
func validOutlier(n *source.Node) {
	for _, key := range []string{"maxEjectionPercent", "minHealthPercent"} {
		between(n.Get(key), 0, 100, "is no percentage from 0 to 100")
	}
	for _, key := range []string{"consecutive5xxErrors", "consecutiveGatewayErrors", "consecutiveLocalOriginFailures"} {
		validUnsigned(n.Get(key))
	}
	for _, code := range n.Get("outlierDetectionHttpErrorCodes").Items() {
		between(code, 100, 599, "is not a status from 100 to 599")
	}
	if local := n.Get("consecutiveLocalOriginFailures"); local.Int() > 0 && !n.Get("splitExternalLocalOriginErrors").Bool() {
		local.Reject("needs splitExternalLocalOriginErrors")
	}
}

// validBalance rejects what pkg/config/validation validateLoadBalancer does.
func validBalance(n *source.Node) {
	if n == nil {
		return
	}
	if n.Get("simple") != nil {
		n.Get("consistentHash").Reject("stands beside simple")
	}
	validHash(n.Get("consistentHash"))
	validLocality(n.Get("localityLbSetting"))
	validZones(n.Get("zoneAwareLbSetting"), n.Get("localityLbSetting"))
	if w := n.Get("warmup"); w != nil {
		if w.Get("duration") == nil {
			w.Reject("has no duration")
		}
		validPercent(w.Get("minimumPercent"))
		if a := w.Get("aggression"); a != nil && a.Float() <= 0 {
			a.Reject("is not greater than 0")
		}
	}
}

// hashSources are what a request is told apart by; tables how it is assigned.
var (
	hashSources = []string{"httpHeaderName", "httpCookie", "useSourceIp", "httpQueryParameterName"}
	hashTables  = []string{"ringHash", "maglev"}
)

func validHash(n *source.Node) {
	oneOf(n, hashSources)
	oneOf(n, hashTables)
	if c := n.Get("httpCookie"); c != nil {
		if c.Get("name").Str() == "" {
			c.Reject("has no name")
		}
		seen := map[string]bool{}
		for _, a := range c.Get("attributes").Items() {
			if name := a.Get("name").Str(); name == "" || seen[name] {
				a.Reject("has no name of its own")
			}
			seen[a.Get("name").Str()] = true
		}
	}
	if old := n.Get("minimumRingSize"); old.Int() != 0 && says(n, hashTables) {
		old.Reject("stands beside ringHash or maglev")
	}
	if m := n.Get("maglev"); m != nil {
		if !isPrime(m.Get("tableSize").Int()) {
			m.Reject("needs a tableSize that is a prime less than 5000011")
		}
	}
}

// largestTable bounds the tables of Maglev.
const largestTable = 5000011

// isPrime takes 1 for a prime, as Envoy does.
func isPrime(x int) bool {
	return x == 1 || x > 1 && x < largestTable && big.NewInt(int64(x)).ProbablyPrime(0)
}

// oneOf rejects all but the first of what excludes each other.
func oneOf(n *source.Node, keys []string) {
	first := ""
	for _, k := range keys {
		switch x := n.Get(k); {
		case x == nil:
		case first != "":
			x.Reject("stands beside " + first)
		default:
			first = k
		}
	}
}

// localityLabels are those by which Istio tells localities apart.
var localityLabels = []string{"topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.istio.io/subzone"}

// validZones rejects what pkg/config/validation/agent ValidateZoneAwareLbSetting
// does, and settings of both kinds.
func validZones(n, beside *source.Node) {
	if n == nil {
		return
	}
	if beside != nil {
		n.Reject("stands beside localityLbSetting")
	}
	for _, p := range n.Get("failoverPriority").Items() {
		if slices.Contains(localityLabels, p.Str()) {
			p.Reject("is about localities, which are told apart anyway")
		}
	}
	validFailover(n.Get("failover").Items())
}

// validLocality rejects what pkg/config/validation/agent
// ValidateLocalityLbSetting does.
func validLocality(n *source.Node) {
	distribute, failover := n.Get("distribute").Items(), n.Get("failover").Items()
	if len(distribute) > 0 && len(failover) > 0 {
		n.Get("failover").Reject("stands beside distribute")
	}
	for _, p := range n.Get("failoverPriority").Items() {
		if len(failover) > 0 && slices.Contains(localityLabels, p.Str()) {
			p.Reject("is about localities, and stands beside failover")
		}
	}
	var from []*source.Node
	for _, d := range distribute {
		if d.Get("from") == nil {
			d.Reject("has no from")
		}
		from = append(from, d.Get("from"))
		validDistribution(d)
	}
	validPlaces(from)
	validFailover(failover)
}

func validFailover(failover []*source.Node) {
	for _, f := range failover {
		a, b := f.Get("from").Str(), f.Get("to").Str()
		if a == b || strings.ContainsAny(a+b, "/*") {
			f.Reject("does not name two regions")
		}
	}
}

// validDistribution rejects shares that are not 100 together.
func validDistribution(d *source.Node) {
	sum := 0
	var seen []string
	for _, e := range entries(d.Get("to")) {
		between(e.Value, 1, 100, "is no percentage from 1 to 100")
		sum += e.Value.Int()
		if why := badPlace(e.Key, seen); why != "" {
			e.Value.Reject(why)
		}
		seen = append(seen, e.Key)
	}
	if sum != 100 {
		d.Reject("has shares that are not 100 together")
	}
}

func validPlaces(ns []*source.Node) {
	var seen []string
	for _, n := range ns {
		if why := badPlace(n.Str(), seen); why != "" {
			n.Reject(why)
		}
		seen = append(seen, n.Str())
	}
}

// badPlace says why a locality cannot stand behind others, or "".
func badPlace(s string, before []string) string {
	parts := strings.SplitN(s, "/", 3)
	switch {
	case slices.Contains(parts, ""):
		return "has an empty part in a locality"
	case strings.Contains(strings.TrimSuffix(s, "*"), "*"):
		return "has a wildcard that is not at its end"
	case slices.ContainsFunc(before, func(b string) bool { return samePlace(strings.SplitN(b, "/", 3), parts) }):
		return "is about a locality that another one covers"
	}
	return ""
}

// samePlace reports whether two localities overlap, of which a comes first: a
// wildcard covers what comes behind it.
func samePlace(a, b []string) bool {
	for i := range a {
		switch {
		case a[i] == "*" || i >= len(b):
			return true
		case a[i] != b[i]:
			return false
		}
	}
	return true
}
