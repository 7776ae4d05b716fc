package istio

import (
	"cmp"
	"fmt"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

func optionalInt(n *source.Node) *int {
	if n == nil {
		return nil
	}
	v := n.Int()
	return &v
}

// positiveInt reads a number of which 0 means that nothing is said.
func positiveInt(n *source.Node) *int {
	v := optionalInt(n)
	if v != nil && *v == 0 {
		return nil
	}
	return v
}

func optionalBool(n *source.Node) *bool {
	if n == nil {
		return nil
	}
	v := n.Bool()
	return &v
}

func (r *reader) balance(n *source.Node) *intent.Balance {
	if n == nil {
		return nil
	}
	out := &intent.Balance{From: intent.From(n.Ref()), Hash: r.hash(n.Get("consistentHash"))}
	if s := n.Get("simple"); s != nil {
		policy, ok := meaning(algorithms, s.Str())
		if !ok {
			s.Reject("is not " + words(algorithms))
		}
		out.Policy = policy
		if s.Str() == "LEAST_CONN" {
			r.add(diag.Deprecated, "LEAST_CONN is called LEAST_REQUEST now", "write LEAST_REQUEST", s.Ref())
		}
	}
	switch h := out.Hash; {
	case h == nil:
	case h.Header == "" && h.Query == "" && !h.SourceIP && h.Cookie == nil: // Envoy makes up a hash at random
		out.Policy, out.Hash = intent.Random, nil
	default:
		out.Policy = intent.Consistent
	}
	out.Warmup = optionalDuration(n.Get("warmupDurationSecs"))
	if w := n.Get("warmup"); w != nil {
		out.Warmup = optionalDuration(w.Get("duration"))
		for _, key := range []string{"minimumPercent", "aggression"} {
			if x := w.Get(key); x != nil {
				x.Float()
				out.WarmupShape += fmt.Sprintf("%s=%s ", key, x.Text())
			}
		}
	}
	out.Locality = locality(n.Get("localityLbSetting"))
	if z := n.Get("zoneAwareLbSetting"); z != nil {
		out.Locality = locality(z)
		out.Locality.ByZone, out.Locality.MinEndpoints = true, optionalInt(z.Get("minClusterSize"))
	}
	return out
}

func (r *reader) hash(n *source.Node) *intent.Hash {
	if n == nil {
		return nil
	}
	out := &intent.Hash{Header: n.Get("httpHeaderName").Str(), Query: n.Get("httpQueryParameterName").Str(), SourceIP: n.Get("useSourceIp").Bool(), From: intent.From(n.Ref())}
	if c := n.Get("httpCookie"); c != nil {
		out.Cookie = &intent.HashCookie{Name: c.Get("name").Str(), Path: c.Get("path").Str()}
		if t := c.Get("ttl"); t != nil {
			ttl := t.Duration() // 0 is a cookie of the session
			out.Cookie.TTL = &ttl
		}
		for _, a := range c.Get("attributes").Items() {
			out.Cookie.Attributes = append(out.Cookie.Attributes, intent.Pair{Key: a.Get("name").Str(), Value: a.Get("value").Str()})
		}
	}
	if ring := n.Get("ringHash"); ring != nil {
		out.Table = "ring:" + ring.Get("minimumRingSize").Text()
	}
	if m := n.Get("minimumRingSize"); m != nil {
		out.Table = "ring:" + m.Text()
	}
	if m := n.Get("maglev"); m != nil {
		out.Table = "maglev:" + cmp.Or(m.Get("tableSize").Text(), "65537") // Envoy's own
	}
	return out
}

func locality(n *source.Node) *intent.Locality {
	if n == nil {
		return nil
	}
	out := &intent.Locality{Enabled: optionalBool(n.Get("enabled")), Priority: stringsOf(n.Get("failoverPriority")), From: intent.From(n.Ref())}
	for _, d := range n.Get("distribute").Items() {
		share := intent.LocalityShare{FromLocality: d.Get("from").Str()}
		for _, e := range entries(d.Get("to")) {
			share.To = append(share.To, intent.Pair{Key: e.Key, Value: e.Value.Text()})
		}
		out.Distribute = append(out.Distribute, share)
	}
	for _, f := range n.Get("failover").Items() {
		out.Failover = append(out.Failover, intent.Pair{Key: f.Get("from").Str(), Value: f.Get("to").Str()})
	}
	return out
}

// upgrades are the spellings of h2UpgradePolicy.
var upgrades = map[string]*bool{"DEFAULT": nil, "UPGRADE": boolean(true), "DO_NOT_UPGRADE": boolean(false)}

func boolean(b bool) *bool { return &b }

func (r *reader) limits(n *source.Node) *intent.Limits {
	if n == nil {
		return nil
	}
	tcp, http := n.Get("tcp"), n.Get("http")
	out := &intent.Limits{
		MaxConnections: positiveInt(tcp.Get("maxConnections")), ConnectTimeout: optionalDuration(tcp.Get("connectTimeout")),
		TCPIdle: idleTimeout(tcp.Get("idleTimeout")), MaxConnDuration: optionalDuration(tcp.Get("maxConnectionDuration")),
		MaxPending: positiveInt(http.Get("http1MaxPendingRequests")), MaxRequests: positiveInt(http.Get("http2MaxRequests")),
		MaxPerConnection: positiveInt(http.Get("maxRequestsPerConnection")), MaxRetries: positiveInt(http.Get("maxRetries")),
		HTTPIdle: optionalDuration(http.Get("idleTimeout")), UseClientProtocol: optionalBool(http.Get("useClientProtocol")),
		MaxStreams: positiveInt(http.Get("maxConcurrentStreams")), From: intent.From(n.Ref()),
	}
	if k := tcp.Get("tcpKeepalive"); k != nil {
		out.Keepalive = &intent.Keepalive{Probes: optionalInt(k.Get("probes")), Time: optionalDuration(k.Get("time")), Interval: optionalDuration(k.Get("interval"))}
	}
	if k := http.Get("http2KeepAlive"); k != nil {
		out.HTTP2PingInterval, out.HTTP2PingTimeout = optionalDuration(k.Get("interval")), optionalDuration(k.Get("timeout"))
	}
	if u := http.Get("h2UpgradePolicy"); u != nil {
		policy, ok := upgrades[u.Str()]
		if !ok {
			u.Reject("is not DEFAULT, UPGRADE or DO_NOT_UPGRADE")
		}
		out.UpgradeHTTP2 = policy
	}
	for _, s := range limitSettings {
		out.At.Note(s.setting, n.Get(s.block).Get(s.key).Ref())
	}
	return out
}

// limitSettings are where limits are said.
var limitSettings = []struct {
	setting    intent.Setting
	block, key string
}{
	{intent.SettingConnections, "tcp", "maxConnections"}, {intent.SettingConnect, "tcp", "connectTimeout"}, {intent.SettingTCPIdle, "tcp", "idleTimeout"},
	{intent.SettingConnectionLife, "tcp", "maxConnectionDuration"}, {intent.SettingKeepalive, "tcp", "tcpKeepalive"},
	{intent.SettingPending, "http", "http1MaxPendingRequests"}, {intent.SettingRequests, "http", "http2MaxRequests"},
	{intent.SettingPerConnection, "http", "maxRequestsPerConnection"}, {intent.SettingRetries, "http", "maxRetries"}, {intent.SettingHTTPIdle, "http", "idleTimeout"},
	{intent.SettingStreams, "http", "maxConcurrentStreams"}, {intent.SettingProtocol, "http", "useClientProtocol"},
	{intent.SettingProtocol, "http", "h2UpgradePolicy"}, {intent.SettingProtocol, "http", "http2KeepAlive"},
}

// ejectionSettings are where ejection is said.
var ejectionSettings = []struct {
	setting intent.Setting
	key     string
}{
	{intent.SettingConsecutive, "consecutive5xxErrors"}, {intent.SettingOtherErrors, "consecutiveGatewayErrors"},
	{intent.SettingOtherErrors, "consecutiveLocalOriginFailures"}, {intent.SettingOtherErrors, "splitExternalLocalOriginErrors"},
	{intent.SettingInterval, "interval"}, {intent.SettingBaseEjection, "baseEjectionTime"},
	{intent.SettingShare, "maxEjectionPercent"}, {intent.SettingShare, "minHealthPercent"},
}

// outlier reads ejection; an empty block turns it on with all defaults.
func (r *reader) outlier(n *source.Node) *intent.Outlier {
	if n == nil {
		return nil
	}
	out := &intent.Outlier{
		Consecutive5xx: optionalInt(n.Get("consecutive5xxErrors")), ConsecutiveGateway: optionalInt(n.Get("consecutiveGatewayErrors")),
		ConsecutiveLocal: optionalInt(n.Get("consecutiveLocalOriginFailures")), SplitLocal: optionalBool(n.Get("splitExternalLocalOriginErrors")),
		Interval: optionalDuration(n.Get("interval")), BaseEjection: optionalDuration(n.Get("baseEjectionTime")),
		MaxPercent: optionalInt(n.Get("maxEjectionPercent")), MinHealthy: optionalInt(n.Get("minHealthPercent")), From: intent.From(n.Ref()),
	}
	if n.Kind() == source.Map && out.Consecutive5xx == nil {
		five := 5
		out.Consecutive5xx = &five
	}
	for _, s := range ejectionSettings {
		out.At.Note(s.setting, n.Get(s.key).Ref())
	}
	if c := n.Get("consecutiveErrors"); c != nil {
		c.Inert("Istio does not read it any more")
		r.add(diag.Inert, "consecutiveErrors is not read by Istio any more", "write consecutive5xxErrors", c.Ref())
	}
	if c := n.Get("outlierDetectionHttpErrorCodes"); c != nil {
		c.Inert("Istio does not act on it yet")
		r.add(diag.Inert, "outlierDetectionHttpErrorCodes is in the API, but Istio does not act on it", "remove it", c.Ref())
	}
	return out
}

func (r *reader) retryBudget(n *source.Node) *intent.RetryBudget {
	if n == nil {
		return nil
	}
	out := &intent.RetryBudget{Percent: 20, MinActive: 3, From: intent.From(n.Ref())}
	if p := n.Get("percent"); p != nil {
		out.Percent = p.Float()
	}
	if m := n.Get("minRetryConcurrency"); m != nil {
		out.MinActive = m.Int()
	}
	if i := n.Get("budgetInterval"); i != nil {
		out.Interval = i.Duration()
	}
	return out
}

// clientTLS reads how callers secure connections. An empty block disables TLS,
// since that is the zero value of the mode.
func (r *reader) clientTLS(d *destinationRule, subset string, port int, n *source.Node) {
	if n == nil {
		return
	}
	t := &intent.Transport{
		Home: d.home, Side: intent.Dialled, Scope: intent.Scope{Client: d.client}, Host: d.host, Port: port, SubsetName: subset, Subset: d.subsets[subset],
		PortName: r.portName(d.host, port), Mode: intent.Plain, From: intent.From(n.Ref()),
	}
	if m := n.Get("mode"); m != nil {
		mode, ok := meaning(tlsModes, m.Str())
		if !ok {
			m.Reject("is not " + words(tlsModes))
		}
		t.Mode = mode
	} else if n.Kind() == source.Map {
		r.add(diag.Inert, "tls without a mode disables TLS for "+d.host.String(), "say the mode", n.Ref())
	}
	o := &intent.Originate{
		SNI: n.Get("sni").Str(), SubjectNames: stringsOf(n.Get("subjectAltNames")), CACertificates: n.Get("caCertificates").Str(),
		ClientCert: n.Get("clientCertificate").Str(), PrivateKey: n.Get("privateKey").Str(), Credential: n.Get("credentialName").Str(),
		CACRL: n.Get("caCrl").Str(), SkipVerify: optionalBool(n.Get("insecureSkipVerify")),
	}
	if a, ok := authorityNamed(o.Credential); ok && a.Kind == "ConfigMap" && t.Mode == intent.Simple {
		o.Credential, o.Authorities = "", []intent.Authority{a}
	}
	if t.Mode == intent.Simple || t.Mode == intent.SimpleMutual || o.SNI != "" || len(o.SubjectNames) > 0 {
		o.From = intent.From(n.Ref())
		t.Originate = o
	}
	r.m.Transport = append(r.m.Transport, t)
}

// portName is what a Service of the input calls a port; "" is not known.
func (r *reader) portName(h intent.Host, port int) string {
	s := r.in.Inventory.Service(h.Service)
	if s == nil || port == 0 {
		return ""
	}
	for _, p := range s.Ports {
		if p.Port == port {
			return p.Name
		}
	}
	return ""
}
