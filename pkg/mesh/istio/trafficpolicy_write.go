package istio

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// policy prints what is said of the host, or of a subset beside what the host's
// policy says already; nil is nothing.
func (p *callPolicy) policy(subset string, base *manifest.Node) *manifest.Node {
	n, ports := manifest.Map(), manifest.List()
	for _, at := range p.points {
		switch {
		case at.subset != subset:
		case at.port == 0:
			at.blocks(n)
		default:
			port := manifest.Map().Set("port", manifest.Map().Set("number", manifest.Int(at.port)))
			if at.blocks(port); len(port.Kids) == 1 {
				port.Set("connectionPool", writeLimits(&intent.Limits{})) // a port says something
			}
			ports.Append(port)
		}
	}
	slices.SortStableFunc(ports.Kids, func(a, b manifest.Kid) int { return cmp.Compare(portNumber(a.Node), portNumber(b.Node)) })
	if len(ports.Kids) > 0 {
		n.Set("portLevelSettings", ports)
	}
	for _, key := range n.Keys() {
		if own := base.Get(key); own != nil && manifest.Equal(own, n.Get(key)) {
			n.Unset(key)
		}
	}
	if len(n.Kids) == 0 {
		return nil
	}
	return n
}

func portNumber(n *manifest.Node) int {
	i, err := strconv.Atoi(n.Get("port").Get("number").Text)
	if err != nil {
		panic("istio: a port that is no number")
	}
	return i
}

// blocks sets the blocks of a policy.
func (at *callPoint) blocks(n *manifest.Node) {
	if u := at.up; u != nil {
		n.Because(u.From...)
		n.Set("loadBalancer", writeBalance(u.Balance)).Set("connectionPool", writeLimits(u.Limits)).Set("outlierDetection", writeOutlier(u.Outlier))
		n.Set("retryBudget", writeBudget(u.RetryBudget))
	}
	n.Set("tls", writeClientTLS(at.tls))
}

func writeBalance(b *intent.Balance) *manifest.Node {
	if b == nil {
		return nil
	}
	n := manifest.Map().Because(b.From...)
	if b.Hash != nil {
		n.Set("consistentHash", writeHash(b.Hash))
	} else if b.Policy != intent.BalanceUnset {
		n.Set("simple", manifest.Str(word(algorithms, b.Policy)))
	}
	if b.Warmup != nil {
		warmup := manifest.Map().Set("duration", writeDuration(*b.Warmup))
		for _, part := range strings.Fields(b.WarmupShape) {
			if key, value, ok := strings.Cut(part, "="); ok {
				warmup.Set(key, number(value))
			}
		}
		n.Set("warmup", warmup)
	}
	if b.Locality != nil && b.Locality.ByZone {
		return n.Set("zoneAwareLbSetting", writeLocality(b.Locality).Set("minClusterSize", manifest.OrNil(b.Locality.MinEndpoints, manifest.Int)))
	}
	return n.Set("localityLbSetting", writeLocality(b.Locality))
}

// number is a number as it was written.
func number(text string) *manifest.Node {
	if i, err := strconv.Atoi(text); err == nil {
		return manifest.Int(i)
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return manifest.Float(f)
	}
	return manifest.Str(text)
}

func writeHash(h *intent.Hash) *manifest.Node {
	n := manifest.Map().Because(h.From...)
	switch {
	case h.Header != "":
		n.Set("httpHeaderName", manifest.Str(h.Header))
	case h.Query != "":
		n.Set("httpQueryParameterName", manifest.Str(h.Query))
	case h.SourceIP:
		n.Set("useSourceIp", manifest.Bool(true))
	case h.Cookie != nil:
		n.Set("httpCookie", writeCookie(h.Cookie))
	}
	kind, size, _ := strings.Cut(h.Table, ":")
	switch {
	case kind == "ring" && size != "":
		n.Set("ringHash", manifest.Map().Set("minimumRingSize", number(size)))
	case kind == "ring":
		n.Set("ringHash", manifest.Map())
	case kind == "maglev" && size != "":
		n.Set("maglev", manifest.Map().Set("tableSize", number(size)))
	case kind == "maglev":
		n.Set("maglev", manifest.Map())
	}
	return n
}

func writeCookie(c *intent.HashCookie) *manifest.Node {
	n := manifest.Map().Set("name", manifest.Str(c.Name))
	if c.Path != "" {
		n.Set("path", manifest.Str(c.Path))
	}
	n.Set("ttl", manifest.OrNil(c.TTL, writeDuration))
	attributes := manifest.List()
	for _, a := range c.Attributes {
		attributes.Append(manifest.Map().Set("name", manifest.Str(a.Key)).Set("value", manifest.Str(a.Value)))
	}
	if len(attributes.Kids) > 0 {
		n.Set("attributes", attributes)
	}
	return n
}

func writeLocality(l *intent.Locality) *manifest.Node {
	if l == nil {
		return nil
	}
	n := manifest.Map().Because(l.From...).Set("enabled", manifest.OrNil(l.Enabled, manifest.Bool))
	distribute, failover := manifest.List(), manifest.List()
	for _, d := range l.Distribute {
		to := manifest.Map()
		for _, share := range d.To {
			to.Set(share.Key, number(share.Value))
		}
		distribute.Append(manifest.Map().Set("from", manifest.Str(d.FromLocality)).Set("to", to))
	}
	for _, f := range l.Failover {
		failover.Append(manifest.Map().Set("from", manifest.Str(f.Key)).Set("to", manifest.Str(f.Value)))
	}
	if len(distribute.Kids) > 0 {
		n.Set("distribute", distribute)
	}
	if len(failover.Kids) > 0 {
		n.Set("failover", failover)
	}
	return n.Set("failoverPriority", manifest.Strs(l.Priority...))
}

// filled is a map with entries, or nil.
func filled(n *manifest.Node) *manifest.Node {
	if len(n.Kids) == 0 {
		return nil
	}
	return n
}

func writeLimits(l *intent.Limits) *manifest.Node {
	if l == nil {
		return nil
	}
	tcp := manifest.Map().Set("maxConnections", manifest.OrNil(l.MaxConnections, manifest.Int)).Set("connectTimeout", manifest.OrNil(l.ConnectTimeout, writeDuration)).
		Set("idleTimeout", manifest.OrNil(l.TCPIdle, writeDuration)).Set("maxConnectionDuration", manifest.OrNil(l.MaxConnDuration, writeDuration))
	if k := l.Keepalive; k != nil {
		tcp.Set("tcpKeepalive", manifest.Map().Set("probes", manifest.OrNil(k.Probes, manifest.Int)).Set("time", manifest.OrNil(k.Time, writeDuration)).Set("interval", manifest.OrNil(k.Interval, writeDuration)))
	}
	http := manifest.Map().Set("http1MaxPendingRequests", manifest.OrNil(l.MaxPending, manifest.Int)).Set("http2MaxRequests", manifest.OrNil(l.MaxRequests, manifest.Int)).
		Set("maxRequestsPerConnection", manifest.OrNil(l.MaxPerConnection, manifest.Int)).Set("maxRetries", manifest.OrNil(l.MaxRetries, manifest.Int)).
		Set("idleTimeout", manifest.OrNil(l.HTTPIdle, writeDuration)).Set("useClientProtocol", manifest.OrNil(l.UseClientProtocol, manifest.Bool)).
		Set("maxConcurrentStreams", manifest.OrNil(l.MaxStreams, manifest.Int)).Set("h2UpgradePolicy", manifest.OrNil(l.UpgradeHTTP2, writeUpgrade))
	if l.HTTP2PingInterval != nil || l.HTTP2PingTimeout != nil {
		http.Set("http2KeepAlive", manifest.Map().Set("interval", manifest.OrNil(l.HTTP2PingInterval, writeDuration)).Set("timeout", manifest.OrNil(l.HTTP2PingTimeout, writeDuration)))
	}
	n := manifest.Map().Because(l.From...).Set("tcp", filled(tcp)).Set("http", filled(http))
	if len(n.Kids) == 0 {
		n.Set("tcp", manifest.Map()) // one of the two must be there
	}
	return n
}

func writeUpgrade(upgrade bool) *manifest.Node {
	if upgrade {
		return manifest.Str("UPGRADE")
	}
	return manifest.Str("DO_NOT_UPGRADE")
}

// writeOutlier prints ejection. Five errors in a row is Istio's default, which
// is said all the same: a block without it is easily misread.
func writeOutlier(o *intent.Outlier) *manifest.Node {
	if o == nil {
		return nil
	}
	return manifest.Map().Because(o.From...).Set("consecutive5xxErrors", manifest.OrNil(o.Consecutive5xx, manifest.Int)).
		Set("consecutiveGatewayErrors", manifest.OrNil(o.ConsecutiveGateway, manifest.Int)).Set("consecutiveLocalOriginFailures", manifest.OrNil(o.ConsecutiveLocal, manifest.Int)).
		Set("splitExternalLocalOriginErrors", manifest.OrNil(o.SplitLocal, manifest.Bool)).Set("interval", manifest.OrNil(o.Interval, writeDuration)).
		Set("baseEjectionTime", manifest.OrNil(o.BaseEjection, writeDuration)).Set("maxEjectionPercent", manifest.OrNil(o.MaxPercent, manifest.Int)).
		Set("minHealthPercent", manifest.OrNil(o.MinHealthy, manifest.Int))
}

func writeBudget(b *intent.RetryBudget) *manifest.Node {
	if b == nil {
		return nil
	}
	n := manifest.Map().Because(b.From...).Set("percent", percentage(b.Percent).Get("value")).Set("minRetryConcurrency", manifest.Int(b.MinActive))
	if b.Interval != time.Duration(0) {
		n.Set("budgetInterval", writeDuration(b.Interval))
	}
	return n
}

func writeClientTLS(t *intent.Transport) *manifest.Node {
	if t == nil || t.Mode == intent.Auto {
		return nil
	}
	n := manifest.Map().Because(t.From...).Set("mode", manifest.Str(word(tlsModes, t.Mode)))
	o := t.Originate
	if o == nil {
		return n
	}
	credential := o.Credential
	for _, a := range o.Authorities {
		credential = configMapScheme + a.Name.String()
	}
	for _, s := range []struct{ key, value string }{
		{"clientCertificate", o.ClientCert}, {"privateKey", o.PrivateKey}, {"caCertificates", o.CACertificates}, {"credentialName", credential},
		{"caCrl", o.CACRL}, {"sni", o.SNI},
	} {
		if s.value != "" {
			n.Set(s.key, manifest.Str(s.value))
		}
	}
	return n.Set("subjectAltNames", manifest.Strs(o.SubjectNames...)).Set("insecureSkipVerify", manifest.OrNil(o.SkipVerify, manifest.Bool))
}
