package cilium

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// endpointsIn names the endpoints that a cluster stands for; ok is false for clusters
// that find theirs in another way.
func endpointsIn(n *source.Node, name string) (endpoints string, ok bool) {
	if word(msg(n, "type"), "envoy.config.cluster.v3.Cluster.DiscoveryType") != "EDS" {
		return "", false
	}
	if eds := msg(msg(n, "edsClusterConfig"), "serviceName"); eds != nil {
		name = eds.Str()
	}
	return name, true
}

// endpointsOf reads the name of endpoints that Cilium publishes: ns/service:port, with
// the number of the Service's port or its name. Those of all ports together are no set
// where there are several.
func (c *configReader) endpointsOf(text string) (e endpointSet, ok bool) {
	ns, rest, slash := strings.Cut(text, "/")
	if !slash || strings.Contains(rest, "/") {
		return e, false
	}
	service, port, _ := strings.Cut(rest, ":")
	e.service = intent.Name{Namespace: ns, Name: service}
	s := c.in.Inventory.Service(e.service)
	if port == "" || port == "*" {
		return e, s == nil || len(s.Ports) < 2
	}
	n, err := strconv.Atoi(port)
	for i := 0; err != nil && s != nil && i < len(s.Ports); i++ {
		if s.Ports[i].Name == port {
			n, err = s.Ports[i].Port, nil
		}
	}
	e.port = n
	return e, err == nil
}

// cluster reads how the endpoints of a Service are treated.
func (c *configReader) cluster(n *source.Node, name string) {
	endpoints, found := endpointsIn(n, name)
	e, ok := c.endpointsOf(endpoints)
	if !found || !ok {
		c.keep(n, "a cluster that is no Service's is not translated", false)
		return
	}
	skipAll(msg(n, "edsClusterConfig"), "edsConfig")
	u := &intent.Upstream{Home: c.home, Host: intent.Host{Service: e.service}, Port: e.port, From: intent.From(n.Ref())}
	u.Balance, u.Limits, u.Outlier = c.balanceOf(n), limitsOf(n), c.outlierOf(n)
	u.RetryBudget = budgetOf(n)
	if idle(u) {
		return
	}
	c.upstreams[e], c.nodes[e] = u, n
	c.order = append(c.order, e)
}

// balanceOf reads the algorithm; nil is Envoy's own.
func (c *configReader) balanceOf(n *source.Node) *intent.Balance {
	policy := msg(n, "lbPolicy")
	if policy == nil {
		return nil
	}
	b := &intent.Balance{From: intent.From(policy.Ref())}
	ring, maglev := msg(msg(n, "ringHashLbConfig"), "minimumRingSize"), msg(msg(n, "maglevLbConfig"), "tableSize")
	switch word := word(policy, "envoy.config.cluster.v3.Cluster.LbPolicy"); word {
	case "RING_HASH":
		b.Policy, b.Hash = intent.Consistent, &intent.Hash{From: b.From}
		if size := whole(ring); size != nil {
			b.Hash.Table = "ring:" + strconv.Itoa(*size)
		}
	case "MAGLEV":
		b.Policy, b.Hash = intent.Consistent, &intent.Hash{Table: "maglev:65537", From: b.From} // source/extensions/load_balancing_policies/maglev/maglev_lb.h DefaultTableSize
		if size := whole(maglev); size != nil {
			b.Hash.Table = "maglev:" + strconv.Itoa(*size)
		}
	default:
		for p, w := range algorithms {
			if w == word {
				b.Policy = p
			}
		}
		if b.Policy == "" {
			c.keep(policy, "the model has no algorithm "+word, false)
			return nil
		}
	}
	for _, key := range []string{"roundRobinLbConfig", "leastRequestLbConfig"} {
		if w := msg(msg(msg(n, key), "slowStartConfig"), "slowStartWindow"); w != nil {
			b.Warmup = seconds(w)
		}
	}
	return b
}

// limitsOf reads bounds of connections and requests; nil is none.
func limitsOf(n *source.Node) *intent.Limits {
	l := intent.Limits{ConnectTimeout: seconds(msg(n, "connectTimeout"))}
	if t := threshold(n); t != nil {
		l.MaxConnections, l.MaxPending = whole(msg(t, "maxConnections")), whole(msg(t, "maxPendingRequests"))
		l.MaxRequests, l.MaxRetries = whole(msg(t, "maxRequests")), whole(msg(t, "maxRetries"))
		l.At.Note(intent.SettingConnections, msg(t, "maxConnections").Ref())
		l.At.Note(intent.SettingPending, msg(t, "maxPendingRequests").Ref())
		l.At.Note(intent.SettingRequests, msg(t, "maxRequests").Ref())
		l.At.Note(intent.SettingRetries, msg(t, "maxRetries").Ref())
		l.From = intent.From(t.Ref())
	}
	if k := msg(msg(n, "upstreamConnectionOptions"), "tcpKeepalive"); k != nil {
		l.Keepalive = &intent.Keepalive{Probes: whole(msg(k, "keepaliveProbes")), Time: wholeSeconds(msg(k, "keepaliveTime")), Interval: wholeSeconds(msg(k, "keepaliveInterval"))}
	}
	l.At.Note(intent.SettingConnect, msg(n, "connectTimeout").Ref())
	l.At.Note(intent.SettingKeepalive, msg(n, "upstreamConnectionOptions").Ref())
	protocolOf(n, &l)
	if l.From == nil {
		l.From = intent.From(n.Ref())
	}
	if l.Empty() {
		return nil
	}
	return &l
}

// threshold is the one for requests of the usual priority; nil is none.
func threshold(n *source.Node) *source.Node {
	for _, t := range msg(msg(n, "circuitBreakers"), "thresholds").Items() {
		if p := msg(t, "priority"); p == nil || word(p, "envoy.config.core.v3.RoutingPriority") == "DEFAULT" {
			return t
		}
	}
	return nil
}

func wholeSeconds(n *source.Node) *time.Duration {
	v := whole(n)
	if v == nil {
		return nil
	}
	d := time.Duration(*v) * time.Second
	return &d
}

// protocolOf reads how requests and connections are sent.
func protocolOf(n *source.Node, l *intent.Limits) {
	for _, e := range msg(n, "typedExtensionProtocolOptions").Entries() {
		switch typeOf(e.Value) {
		case typeTCP:
			l.TCPIdle = seconds(msg(e.Value, "idleTimeout"))
		case typeHTTP:
			common := msg(e.Value, "commonHttpProtocolOptions")
			l.HTTPIdle, l.MaxConnDuration = seconds(msg(common, "idleTimeout")), seconds(msg(common, "maxConnectionDuration"))
			l.MaxPerConnection = whole(msg(common, "maxRequestsPerConnection"))
			as := msg(e.Value, "useDownstreamProtocolConfig")
			if explicit := msg(e.Value, "explicitHttpConfig"); explicit != nil {
				if msg(explicit, "http2ProtocolOptions") != nil {
					yes := true
					l.UpgradeHTTP2 = &yes
				}
				as = explicit
			}
			options := msg(as, "http2ProtocolOptions")
			options.Kind()
			l.MaxStreams = whole(msg(options, "maxConcurrentStreams"))
		}
	}
}

// outlierOf reads ejection; nil is none.
func (c *configReader) outlierOf(n *source.Node) *intent.Outlier {
	d := msg(n, "outlierDetection")
	panicAt := msg(msg(msg(n, "commonLbConfig"), "healthyPanicThreshold"), "value")
	if d == nil {
		return nil
	}
	o := &intent.Outlier{
		Consecutive5xx: whole(msg(d, "consecutive5xx")), Interval: seconds(msg(d, "interval")), BaseEjection: seconds(msg(d, "baseEjectionTime")),
		MaxPercent: whole(msg(d, "maxEjectionPercent")), SplitLocal: flag(msg(d, "splitExternalLocalOriginErrors")),
		ConsecutiveLocal: whole(msg(d, "consecutiveLocalOriginFailure")), MaxEjection: seconds(msg(d, "maxEjectionTime")), From: intent.From(d.Ref()),
	}
	for _, s := range []struct {
		setting intent.Setting
		key     string
	}{
		{intent.SettingConsecutive, "consecutive5xx"}, {intent.SettingInterval, "interval"}, {intent.SettingBaseEjection, "baseEjectionTime"},
		{intent.SettingShare, "maxEjectionPercent"}, {intent.SettingOtherErrors, "splitExternalLocalOriginErrors"},
		{intent.SettingOtherErrors, "consecutiveLocalOriginFailure"}, {intent.SettingLongestEjection, "maxEjectionTime"},
	} {
		o.At.Note(s.setting, msg(d, s.key).Ref())
	}
	if o.Consecutive5xx == nil {
		five := 5 // Envoy's own, for whoever asks for ejection
		o.Consecutive5xx = &five
	}
	disable(o, whole(msg(d, "enforcingConsecutive5xx")))
	if share := whole(msg(d, "enforcingConsecutiveGatewayFailure")); share != nil && *share > 0 {
		o.ConsecutiveGateway = whole(msg(d, "consecutiveGatewayFailure"))
	}
	if rate := whole(msg(d, "enforcingSuccessRate")); rate != nil && *rate != 0 {
		c.keep(msg(d, "enforcingSuccessRate"), "the model does not say how Envoy ejects by success rate", false)
	}
	switch v := fraction(panicAt); {
	case v == nil:
	case *v != math.Trunc(*v):
		c.keep(panicAt, "the model has no share of healthy endpoints in parts of a percent", false)
	default:
		share := int(*v)
		o.MinHealthy = &share
	}
	return o
}

// disable turns off ejection after errors in a row.
func disable(o *intent.Outlier, enforcing *int) {
	if enforcing != nil && *enforcing == 0 {
		zero := 0
		o.Consecutive5xx = &zero
	}
}

// budgetOf reads the bound of retries; nil is none.
func budgetOf(n *source.Node) *intent.RetryBudget {
	b := msg(threshold(n), "retryBudget")
	if b == nil {
		return nil
	}
	out := &intent.RetryBudget{Percent: 20, MinActive: 3, From: intent.From(b.Ref())}
	if v := fraction(msg(msg(b, "budgetPercent"), "value")); v != nil {
		out.Percent = *v
	}
	if v := whole(msg(b, "minRetryConcurrency")); v != nil {
		out.MinActive = *v
	}
	return out
}
