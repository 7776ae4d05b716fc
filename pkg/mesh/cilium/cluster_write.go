package cilium

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// endpointSet is a port of a Service whose endpoints Cilium tells Envoy of; port
// 0 is all of them.
type endpointSet struct {
	service intent.Name
	port    int
}

func (e endpointSet) portText() string {
	if e.port == 0 {
		return "*"
	}
	return strconv.Itoa(e.port)
}

// cluster is the name under which endpoints are known in the object: one without
// a slash is the object's own, so that no other object changes it.
// cilium pkg/ciliumenvoyconfig/cec_resource_parser.go
func (e endpointSet) cluster() string {
	return e.service.Namespace + ":" + e.service.Name + ":" + e.portText()
}

// endpoints is the name under which Cilium publishes them.
func (e endpointSet) endpoints() string { return e.service.String() + ":" + e.portText() }

func (e endpointSet) compare(o endpointSet) int {
	if c := e.service.Compare(o.service); c != 0 {
		return c
	}
	return e.port - o.port
}

// set is what a backend names. One without a port means that of a table for one
// port, or the only port that its Service has.
func (w *writer) set(t *intent.Routing, b intent.Backend) endpointSet {
	e := endpointSet{b.Host.Service, b.Port}
	if e.port == 0 && t != nil && (b.Host == t.Host || w.several(b)) {
		e.port = t.Port
	}
	if s := w.m.Service(e.service); e.port == 0 && s != nil && len(s.Ports) == 1 {
		e.port = s.Ports[0].Port
	}
	return e
}

// cluster notes that a backend needs a cluster, and names it.
func (c *config) cluster(t *intent.Routing, b intent.Backend) string {
	e := c.w.set(t, b)
	if !slices.Contains(c.sets, e) {
		c.sets = append(c.sets, e)
	}
	return e.cluster()
}

// upstreamOf is the policy for endpoints: the first that covers them, one for
// their port before one for all.
func (w *writer) upstreamOf(e endpointSet) *intent.Upstream {
	var all *intent.Upstream
	for _, u := range w.m.Upstream {
		if u.Host.Service != e.service || u.SubsetName != "" || u.Subset != nil {
			continue
		}
		if u.Port == e.port && u.Port != 0 {
			return u
		}
		if u.Port == 0 && all == nil {
			all = u
		}
	}
	return all
}

// clusterNode prints how endpoints are found and treated.
func (w *writer) clusterNode(e endpointSet, http bool) *manifest.Node {
	u := w.upstreamOf(e)
	if u == nil {
		u = &intent.Upstream{}
	}
	limits, outlier := intent.Limits{}, u.Outlier
	if u.Limits != nil {
		limits = *u.Limits
	}
	n := typed(typeCluster).Because(u.From...)
	n.Set("name", manifest.Str(e.cluster())).Set("type", manifest.Str("EDS"))
	n.Set("edsClusterConfig", manifest.Map().Set("serviceName", manifest.Str(e.endpoints())))
	n.Set("connectTimeout", manifest.OrNil(limits.ConnectTimeout, durationNode).Because(limits.From...))
	balanceNode(n, u.Balance)
	n.Set("circuitBreakers", breakerNode(limits, u.RetryBudget)).Set("outlierDetection", outlierNode(outlier))
	if outlier != nil && outlier.MinHealthy != nil {
		n.Set("commonLbConfig", manifest.Map().Set("healthyPanicThreshold", manifest.Map().Set("value", manifest.Int(*outlier.MinHealthy))))
	}
	n.Set("upstreamConnectionOptions", keepaliveNode(limits))
	return n.Set("typedExtensionProtocolOptions", protocolNode(limits, http))
}

func balanceNode(n *manifest.Node, b *intent.Balance) {
	if b == nil {
		return
	}
	policy := manifest.Str(algorithms[b.Policy]).Because(b.From...)
	kind, size, _ := "", "", false
	if b.Hash != nil {
		kind, size, _ = strings.Cut(b.Hash.Table, ":")
		policy.Text = "RING_HASH"
	}
	if kind == "maglev" {
		policy.Text = "MAGLEV"
	}
	if policy.Text != "" {
		n.Set("lbPolicy", policy)
	}
	table, err := strconv.Atoi(size)
	switch {
	case err != nil:
	case kind == "ring":
		n.Set("ringHashLbConfig", manifest.Map().Set("minimumRingSize", manifest.Str(strconv.Itoa(table))))
	case kind == "maglev":
		n.Set("maglevLbConfig", manifest.Map().Set("tableSize", manifest.Str(strconv.Itoa(table))))
	}
	key := map[intent.BalancePolicy]string{intent.RoundRobin: "roundRobinLbConfig", intent.LeastRequest: "leastRequestLbConfig"}[b.Policy]
	if b.Warmup != nil && key != "" {
		n.Set(key, manifest.Map().Set("slowStartConfig", manifest.Map().Set("slowStartWindow", durationNode(*b.Warmup))))
	}
}

// breakerNode prints limits, which hold for each node's proxy; nil is none.
func breakerNode(l intent.Limits, budget *intent.RetryBudget) *manifest.Node {
	n := manifest.Map().Because(l.From...)
	n.Set("maxConnections", manifest.OrNil(l.MaxConnections, manifest.Int)).Set("maxPendingRequests", manifest.OrNil(l.MaxPending, manifest.Int))
	n.Set("maxRequests", manifest.OrNil(l.MaxRequests, manifest.Int)).Set("maxRetries", manifest.OrNil(l.MaxRetries, manifest.Int))
	if budget != nil {
		n.Set("retryBudget", manifest.Map().Because(budget.From...).
			Set("budgetPercent", manifest.Map().Set("value", manifest.Float(budget.Percent))).
			Set("minRetryConcurrency", manifest.Int(budget.MinActive)))
	}
	if len(n.Kids) == 0 {
		return nil
	}
	return manifest.Map().Set("thresholds", manifest.List(n))
}

// full is the share of detections that are followed by an ejection.
const full = 100

// outlierNode prints ejection. What is not asked for is turned off where Envoy
// would do it by itself.
func outlierNode(o *intent.Outlier) *manifest.Node {
	if o == nil {
		return nil
	}
	n := manifest.Map().Because(o.From...)
	if o.Consecutive5xx != nil && *o.Consecutive5xx == 0 {
		n.Set("enforcingConsecutive5xx", manifest.Int(0))
	} else {
		n.Set("consecutive5xx", manifest.OrNil(o.Consecutive5xx, manifest.Int))
	}
	n.Set("interval", manifest.OrNil(o.Interval, durationNode)).Set("baseEjectionTime", manifest.OrNil(o.BaseEjection, durationNode))
	n.Set("maxEjectionPercent", manifest.OrNil(o.MaxPercent, manifest.Int)).Set("enforcingSuccessRate", manifest.Int(0))
	if o.ConsecutiveGateway != nil && *o.ConsecutiveGateway > 0 {
		n.Set("consecutiveGatewayFailure", manifest.Int(*o.ConsecutiveGateway)).Set("enforcingConsecutiveGatewayFailure", manifest.Int(full))
	}
	n.Set("splitExternalLocalOriginErrors", manifest.OrNil(o.SplitLocal, manifest.Bool))
	n.Set("consecutiveLocalOriginFailure", manifest.OrNil(o.ConsecutiveLocal, manifest.Int))
	return n.Set("maxEjectionTime", manifest.OrNil(o.MaxEjection, durationNode))
}

func keepaliveNode(l intent.Limits) *manifest.Node {
	if l.Keepalive == nil {
		return nil
	}
	seconds := func(key string, n *manifest.Node) *manifest.Node {
		if key == "keepaliveProbes" {
			return n.Set(key, manifest.OrNil(l.Keepalive.Probes, manifest.Int))
		}
		d := l.Keepalive.Time
		if key == "keepaliveInterval" {
			d = l.Keepalive.Interval
		}
		if d != nil {
			n.Set(key, manifest.Int(int(d.Seconds())))
		}
		return n
	}
	n := manifest.Map().Because(l.From...)
	for _, key := range []string{"keepaliveProbes", "keepaliveTime", "keepaliveInterval"} {
		seconds(key, n)
	}
	return manifest.Map().Set("tcpKeepalive", n)
}

// protocolNode prints how requests and connections are sent: as the client does,
// unless HTTP/2 is asked for. nil is for what is not HTTP and has no bounds.
func protocolNode(l intent.Limits, http bool) *manifest.Node {
	out := manifest.Map()
	if l.TCPIdle != nil {
		out.Set(nameTCP, typed(typeTCP).Because(l.From...).Set("idleTimeout", durationNode(*l.TCPIdle)))
	}
	if http {
		common := manifest.Map().Because(l.From...)
		common.Set("idleTimeout", manifest.OrNil(l.HTTPIdle, durationNode)).Set("maxConnectionDuration", manifest.OrNil(l.MaxConnDuration, durationNode))
		common.Set("maxRequestsPerConnection", manifest.OrNil(l.MaxPerConnection, manifest.Int))
		n := typed(typeHTTP)
		if len(common.Kids) > 0 {
			n.Set("commonHttpProtocolOptions", common)
		}
		h2 := manifest.Map().Set("http2ProtocolOptions", manifest.Map().Set("maxConcurrentStreams", manifest.OrNil(l.MaxStreams, manifest.Int)))
		if l.UpgradeHTTP2 != nil && *l.UpgradeHTTP2 {
			n.Set("explicitHttpConfig", h2)
		} else {
			n.Set("useDownstreamProtocolConfig", h2)
		}
		out.Set(nameHTTP, n)
	}
	if len(out.Kids) == 0 {
		return nil
	}
	return out
}

// hashPolicy prints what keeps requests on an endpoint: of the first backend that
// asks for it. nil is nothing.
func (c *config) hashPolicy(t *intent.Routing, to []intent.Backend) *manifest.Node {
	for _, b := range to {
		u := c.w.upstreamOf(c.w.set(t, b))
		if u == nil || u.Balance == nil || u.Balance.Hash == nil {
			continue
		}
		return manifest.List(hashNode(u.Balance.Hash))
	}
	return nil
}

func hashNode(h *intent.Hash) *manifest.Node {
	n := manifest.Map().Because(h.From...)
	switch {
	case h.Header != "":
		return n.Set("header", manifest.Map().Set("headerName", manifest.Str(h.Header)))
	case h.Query != "":
		return n.Set("queryParameter", manifest.Map().Set("name", manifest.Str(h.Query)))
	case h.SourceIP:
		return n.Set("connectionProperties", manifest.Map().Set("sourceIp", manifest.Bool(true)))
	}
	cookie := manifest.Map().Set("name", manifest.Str(h.Cookie.Name)).Set("ttl", manifest.OrNil(h.Cookie.TTL, durationNode))
	if h.Cookie.Path != "" {
		cookie.Set("path", manifest.Str(h.Cookie.Path))
	}
	attributes := manifest.List()
	for _, a := range h.Cookie.Attributes {
		attributes.Append(manifest.Map().Set("name", manifest.Str(a.Key)).Set("value", manifest.Str(a.Value)))
	}
	if len(attributes.Kids) > 0 {
		cookie.Set("attributes", attributes)
	}
	return n.Set("cookie", cookie)
}
