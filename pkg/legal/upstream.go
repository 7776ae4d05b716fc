package legal

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// upstream drops what the target cannot say of how endpoints are treated, field
// by field.
func upstream(r *run) {
	var out []*intent.Upstream
	defines := r.t.Caps.Says(RouteSubset, nil) == ""
	kept := Kept(r.m, r.t.Mesh)
	r.onlyPorts(kept)
	treats := func(intent.Host) string { return "" }
	if r.t.Treats != nil {
		treats = r.t.Treats(r.m)
	}
	for i, u := range r.m.Upstream {
		if kept.Upstream(u) {
			out = append(out, u)
			continue
		}
		empty := emptyUpstream(u) && !hides(u, r.m.Upstream[i+1:])
		switch {
		case empty && u.SubsetName != "" && defines && r.definable(u, r.m.Upstream[i+1:]):
			out = append(out, u) // defines a subset, which routes may name
			continue
		case empty && u.SubsetName == "" && u.Port != 0 && !overrules(u, r.m.Upstream[i+1:]):
			continue // names a port for something else
		case !r.upstreamFits(u, treats, r.m.Upstream[i+1:]):
			continue
		}
		r.upstreamFields(u)
		r.endedOutlier(u)
		if later := r.m.Upstream[i+1:]; !emptyUpstream(u) || hides(u, later) || u.Port != 0 && overrules(u, later) {
			out = append(out, u)
		}
	}
	r.m.Upstream = out
}

// definable reports whether an empty fact for a subset can stand for its definition alone:
// of one Service, and where the target treats all subsets alike, of one that later facts
// say nothing of.
func (r *run) definable(u *intent.Upstream, later []*intent.Upstream) bool {
	return (!u.Host.Wide() || r.t.Caps.Says(UpstreamHost, u) == "") && (r.t.Caps.Says(UpstreamSubset, u) == "" || !overrules(u, later))
}

// hides reports whether an empty fact keeps some callers from a later one, which is
// for more of them.
func hides(u *intent.Upstream, later []*intent.Upstream) bool {
	if isTrue(u.Scope.Client) {
		return false
	}
	return slices.ContainsFunc(later, func(l *intent.Upstream) bool {
		return l.Host == u.Host && !emptyUpstream(l) && !match.Equal(l.Scope.Client, u.Scope.Client)
	})
}

// overrules reports whether an empty fact for a port stands before one for all ports
// that sets something.
func overrules(u *intent.Upstream, later []*intent.Upstream) bool {
	return slices.ContainsFunc(later, func(l *intent.Upstream) bool { return l.Host == u.Host && l.Port == 0 && !emptyUpstream(l) })
}

func emptyUpstream(u *intent.Upstream) bool {
	return u.Balance == nil && u.Limits == nil && u.Outlier == nil && u.RetryBudget == nil && !u.From.Defaulted()
}

// upstreamFits drops facts for hosts that are no Services, for those of which nothing
// can be said, and for ports, subsets or clients that the target cannot single out. Those
// for subsets go without loss where later ones say the same of all of the Service.
func (r *run) upstreamFits(u *intent.Upstream, treats func(intent.Host) string, later []*intent.Upstream) bool {
	if !u.From.Defaulted() {
		if why := treats(u.Host); why != "" {
			r.dropped("upstream", UpstreamHost, intent.Limiting, u.From, "the policy for "+u.Host.String(), why, nil, nil)
			return false
		}
	}
	for _, n := range []struct {
		asked bool
		f     Feature
	}{
		{u.Host.Service == (intent.Name{}) && !emptyUpstream(u), UpstreamHost}, {u.Port != 0, UpstreamPort}, {u.Subset != nil || u.SubsetName != "", UpstreamSubset}, {!isTrue(u.Scope.Client), UpstreamClient},
	} {
		if !n.asked {
			continue
		}
		why := r.t.Caps.Says(n.f, u)
		if why == "" && n.f == UpstreamPort && r.t.OnePort != nil {
			why = r.t.OnePort(r.m, u)
		}
		if why != "" {
			if n.f == UpstreamSubset && r.likeAll(u, later) {
				return false
			}
			r.dropped("upstream", n.f, intent.Limiting, u.From, "the policy for "+u.Host.String(), why, nil, nil)
			return false
		}
	}
	return true
}

// upstreamField is a setting of a policy with the feature that it needs.
type upstreamField struct {
	f       Feature
	setting intent.Setting // "" for balancing
	aspect  intent.Aspect
	what    string
	said    bool
	part    intent.Part
	// at is where the setting is said.
	at   intent.Origin
	drop func()
}

func (r *run) upstreamFields(u *intent.Upstream) {
	for _, list := range []func(*intent.Upstream) []upstreamField{balanceFields, limitFields, outlierFields} {
		fields := list(u)
		for _, f := range fields {
			if !f.said {
				continue
			}
			why := r.t.Caps.Says(f.f, f.part)
			if why == "" && f.ofRequests() && r.t.Requests != nil {
				why = r.t.Requests(r.m, u)
			}
			if why == "" {
				continue
			}
			before := r.upstreams(deepUpstream(u))
			f.drop()
			r.dropped("upstream", f.f, f.aspect, f.origin(u), f.what+" for "+u.Host.String(), why, before, r.upstreams(deepUpstream(u)))
		}
	}
	if u.RetryBudget != nil {
		if why := r.t.Caps.Says(RetryBudgets, u.RetryBudget); why != "" {
			before := r.upstreams(deepUpstream(u))
			at := u.RetryBudget.From
			u.RetryBudget = nil
			r.dropped("upstream", RetryBudgets, intent.Retrying, at, "the retry budget for "+u.Host.String(), why, before, r.upstreams(deepUpstream(u)))
		}
	}
}

// ofRequests reports whether a setting is about how requests are sent over connections,
// and not about connections of any protocol.
func (f upstreamField) ofRequests() bool {
	return slices.Contains([]intent.Setting{
		intent.SettingProtocol, intent.SettingHTTPIdle, intent.SettingConnectionLife, intent.SettingPerConnection, intent.SettingStreams,
	}, f.setting)
}

// origin is where a setting is said, with all of its part where nothing of that is
// left.
func (f upstreamField) origin(u *intent.Upstream) intent.Origin {
	switch f.part.(type) {
	case *intent.Limits:
		if u.Limits == nil {
			return merge(f.at, f.part.Origin())
		}
		return f.at
	case *intent.Outlier:
		if u.Outlier == nil {
			return merge(f.at, f.part.Origin())
		}
		return f.at
	}
	return f.part.Origin()
}

// deepUpstream copies a fact with its blocks.
func deepUpstream(u *intent.Upstream) *intent.Upstream {
	c := *u
	if u.Balance != nil {
		c.Balance = clonePart(u.Balance)
	}
	if u.Limits != nil {
		c.Limits = clonePart(u.Limits)
	}
	if u.Outlier != nil {
		c.Outlier = clonePart(u.Outlier)
	}
	return &c
}

func balanceFields(u *intent.Upstream) []upstreamField {
	if u.Balance == nil {
		return nil
	}
	b := clonePart(u.Balance)
	u.Balance = b
	field := func(f Feature, what string, said bool, part intent.Part, drop func()) upstreamField {
		return upstreamField{f, "", intent.Balancing, what, said, part, part.Origin(), func() {
			drop()
			if b.Policy == intent.BalanceUnset && b.Hash == nil && b.Warmup == nil && b.Locality == nil {
				u.Balance = nil
			}
		}}
	}
	fields := []upstreamField{
		field(BalanceAlgorithm, "the load balancing algorithm", b.Policy != intent.BalanceUnset && b.Policy != intent.Consistent, b, func() { b.Policy = intent.BalanceUnset }),
		field(BalanceWarmup, "the slow start", b.Warmup != nil, b, func() { b.Warmup = nil }),
	}
	if b.Hash != nil {
		fields = append(fields, field(BalanceHash, "consistent hashing", true, b.Hash, func() { b.Hash, b.Policy = nil, intent.BalanceUnset }))
	}
	if b.Locality != nil {
		fields = append(fields, field(BalanceLocality, "the locality setting", true, b.Locality, func() { b.Locality = nil }))
	}
	return fields
}

func limitFields(u *intent.Upstream) []upstreamField {
	if u.Limits == nil {
		return nil
	}
	l := clonePart(u.Limits)
	u.Limits = l
	field := func(f Feature, s intent.Setting, what string, said bool, drop func()) upstreamField {
		return upstreamField{f, s, intent.Limiting, what, said, l, l.At.Of(s, l.From), func() {
			drop()
			if l.Empty() {
				u.Limits = nil
			}
		}}
	}
	single := func(f Feature, s intent.Setting, what string, only intent.Limits, drop func()) upstreamField {
		out := field(f, s, what, !only.Empty(), drop)
		only.From = l.From
		out.part = &only
		return out
	}
	timeout := func(s intent.Setting, what string, only intent.Limits, drop func()) upstreamField {
		return single(LimitTimeouts, s, what, only, drop)
	}
	requests := func(s intent.Setting, what string, only intent.Limits, drop func()) upstreamField {
		return single(LimitRequests, s, what, only, drop)
	}
	return []upstreamField{
		field(LimitConnections, intent.SettingConnections, "the limit of connections", l.MaxConnections != nil, func() { l.MaxConnections = nil }),
		requests(intent.SettingPending, "the limit of pending requests", intent.Limits{MaxPending: l.MaxPending}, func() { l.MaxPending = nil }),
		requests(intent.SettingRequests, "the limit of requests", intent.Limits{MaxRequests: l.MaxRequests}, func() { l.MaxRequests = nil }),
		requests(intent.SettingPerConnection, "the limit of requests on a connection", intent.Limits{MaxPerConnection: l.MaxPerConnection}, func() { l.MaxPerConnection = nil }),
		requests(intent.SettingRetries, "the limit of retries", intent.Limits{MaxRetries: l.MaxRetries}, func() { l.MaxRetries = nil }),
		requests(intent.SettingStreams, "the limit of streams", intent.Limits{MaxStreams: l.MaxStreams}, func() { l.MaxStreams = nil }),
		timeout(intent.SettingConnect, "the connect timeout", intent.Limits{ConnectTimeout: l.ConnectTimeout}, func() { l.ConnectTimeout = nil }),
		timeout(intent.SettingTCPIdle, "the idle timeout of connections", intent.Limits{TCPIdle: l.TCPIdle}, func() { l.TCPIdle = nil }),
		timeout(intent.SettingHTTPIdle, "the idle timeout of HTTP connections", intent.Limits{HTTPIdle: l.HTTPIdle}, func() { l.HTTPIdle = nil }),
		timeout(intent.SettingConnectionLife, "the longest life of a connection", intent.Limits{MaxConnDuration: l.MaxConnDuration}, func() { l.MaxConnDuration = nil }),
		field(LimitKeepalive, intent.SettingKeepalive, "TCP keep-alive", l.Keepalive != nil, func() { l.Keepalive = nil }),
		field(LimitProtocol, intent.SettingProtocol, "the HTTP/2 setting", l.UpgradeHTTP2 != nil || l.UseClientProtocol != nil || l.HTTP2PingInterval != nil || l.HTTP2PingTimeout != nil, func() {
			l.UpgradeHTTP2, l.UseClientProtocol, l.HTTP2PingInterval, l.HTTP2PingTimeout = nil, nil, nil, nil
		}),
	}
}

func outlierFields(u *intent.Upstream) []upstreamField {
	if u.Outlier == nil {
		return nil
	}
	o := clonePart(u.Outlier)
	u.Outlier = o
	field := func(f Feature, s intent.Setting, what string, said bool, drop func()) upstreamField {
		return upstreamField{f, s, intent.Ejecting, what, said, o, o.At.Of(s, o.From), func() {
			drop()
			if o.Consecutive5xx == nil && f == OutlierErrors && o.ConsecutiveGateway == nil {
				u.Outlier = nil
			}
		}}
	}
	timing := func(s intent.Setting, what string, only intent.Outlier, drop func()) upstreamField {
		said := only.Interval != nil || only.MaxEjection != nil || only.Jitter != nil || only.BaseEjection != nil
		only.From = o.From
		return upstreamField{OutlierTiming, s, intent.Ejecting, what, said, &only, o.At.Of(s, o.From), drop}
	}
	others := field(OutlierErrors, intent.SettingOtherErrors, "ejection after gateway or local errors", o.ConsecutiveGateway != nil || o.ConsecutiveLocal != nil || o.SplitLocal != nil, func() {
		o.ConsecutiveGateway, o.ConsecutiveLocal, o.SplitLocal = nil, nil, nil
	})
	others.part = &intent.Outlier{ConsecutiveGateway: o.ConsecutiveGateway, ConsecutiveLocal: o.ConsecutiveLocal, SplitLocal: o.SplitLocal, From: o.From}
	return []upstreamField{
		others,
		timing(intent.SettingInterval, "the interval of ejection", intent.Outlier{Interval: o.Interval}, func() { o.Interval = nil }),
		timing(intent.SettingLongestEjection, "the longest time of ejection", intent.Outlier{MaxEjection: o.MaxEjection}, func() { o.MaxEjection = nil }),
		timing(intent.SettingJitter, "the jitter of ejection", intent.Outlier{Jitter: o.Jitter}, func() { o.Jitter = nil }),
		timing(intent.SettingBaseEjection, "the time of ejection", intent.Outlier{BaseEjection: o.BaseEjection}, func() { o.BaseEjection = nil }),
		field(OutlierShare, intent.SettingShare, "the share of endpoints that may be ejected", o.MaxPercent != nil || o.MinHealthy != nil, func() { o.MaxPercent, o.MinHealthy = nil, nil }),
		field(OutlierRate, intent.SettingRate, "ejection by success rate", o.SuccessRate != nil || o.Window != nil || o.MinRequests != nil || o.RetryAfter != nil, func() {
			o.SuccessRate, o.Window, o.MinRequests, o.RetryAfter = nil, nil, nil, nil
		}),
		field(OutlierErrors, intent.SettingConsecutive, "ejection after consecutive errors", u.Outlier != nil && o.Consecutive5xx != nil, func() { u.Outlier = nil }),
	}
}

// endedOutlier drops ejection where the host's table puts it out of force.
func (r *run) endedOutlier(u *intent.Upstream) {
	if u.Outlier == nil || r.t.Route.EndsOutlier == nil {
		return
	}
	why := ""
	for _, t := range r.m.Routing {
		if t.Host == u.Host && t.Entry.IsZero() {
			why = cmp.Or(why, r.t.Route.EndsOutlier(t))
		}
	}
	if why == "" {
		return
	}
	before, at := r.upstreams(deepUpstream(u)), u.Outlier.From
	u.Outlier = nil
	r.dropped("upstream", OutlierErrors, intent.Ejecting, at, "ejection for "+u.Host.String(), why, before, r.upstreams(deepUpstream(u)))
}
