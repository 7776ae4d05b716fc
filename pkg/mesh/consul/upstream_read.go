package consul

import (
	"maps"
	"slices"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// treatment is how a client treats a service, or all services that it says nothing
// else of.
type treatment struct {
	node    value
	limits  *intent.Limits
	outlier *intent.Outlier
	kept    bool // for Consul, what else it says
}

// empty reports whether nothing is said that is known elsewhere.
func (t treatment) empty() bool { return t.limits == nil && t.outlier == nil }

// upstreams lifts how clients treat services: what a client says of a service,
// then what it says of all, then what the service says itself. A later one fills
// the parts that those before leave open.
// agent/configentry/resolve.go ComputeResolvedServiceConfig
func (r *reader) upstreams() {
	for _, s := range r.servicesWith(func(d *serviceDefaults) bool { return !d.upstreams.missing() }) {
		r.consumer(r.defaults[s])
	}
	for _, s := range sortedServices(r.resolvers) {
		if u := r.provided(s); u != nil {
			r.m.Upstream = append(r.m.Upstream, u)
		}
		r.defined(s)
	}
}

// defined lifts the subsets of a service, which routes need not name.
func (r *reader) defined(s service) {
	res := r.resolvers[s]
	for _, name := range slices.Sorted(maps.Keys(res.subsets)) {
		r.m.Upstream = append(r.m.Upstream, &intent.Upstream{
			Home: r.home(res.object), Host: r.names.host(s), SubsetName: name, Subset: res.subsets[name].where, From: intent.From(res.subsets[name].node.Node.Ref()),
		})
	}
}

// provided is what a service says itself of how it is to be treated.
func (r *reader) provided(s service) *intent.Upstream {
	res := r.resolvers[s]
	if res == nil || res.balance == nil && res.connect == nil {
		return nil
	}
	u := &intent.Upstream{Home: r.home(res.object), Host: r.names.host(s), Balance: res.balance, From: intent.From(res.object.Ref())}
	if res.connect != nil {
		u.Limits = &intent.Limits{ConnectTimeout: res.connect, From: intent.From(res.connectTimeout.Node.Ref())}
	}
	return u
}

// consumer lifts the outbound side of one service.
func (r *reader) consumer(d *serviceDefaults) {
	defaults := r.treatment(d.object, d.upstreams.get("defaults"))
	for _, name := range []string{"name", "namespace", "partition", "peer"} {
		if v := defaults.node.get(name); v.text() != "" {
			v.Node.Reject("names a service, where all are meant")
		}
	}
	client, _ := r.names.client(d.service, d.upstreams.Node.Ref())
	type override struct {
		service service
		treatment
	}
	var overrides []override
	for _, n := range d.upstreams.get("overrides").items() {
		s := service{d.service.ns, readName(n.get("name"))}
		if kept := r.onlyEnterprise(n, "namespace"); len(kept) > 0 {
			s.ns = kept[0].text()
		}
		if s.name == "" || s.name == anyName {
			n.Node.Reject("names no service")
		}
		if foreign := append(r.onlyEnterprise(n, "partition"), said(n.get("peer"))...); len(foreign) > 0 {
			r.field(d.object, n, whyFarService)
			continue
		}
		overrides = append(overrides, override{s, r.treatment(d.object, n)})
	}
	add := func(host intent.Host, s service, t treatment) {
		u := &intent.Upstream{Home: r.home(d.object), Scope: intent.Scope{Client: client}, Host: host, Limits: t.limits, Outlier: t.outlier, From: intent.From(t.node.Node.Ref())}
		r.complete(u, r.provided(s))
		r.m.Upstream = append(r.m.Upstream, u)
	}
	var named []service
	for _, o := range overrides {
		named = append(named, o.service)
		if t := o.over(defaults); !t.empty() || r.provided(o.service) != nil {
			add(r.names.host(o.service), o.service, t)
		} else if !o.kept {
			r.inert(o.node.Node, "it says nothing of how the service is treated")
		}
	}
	if defaults.node.missing() || defaults.empty() {
		return
	}
	for _, s := range sortedServices(r.resolvers) {
		if !slices.Contains(named, s) && r.provided(s) != nil {
			add(r.names.host(s), s, defaults)
		}
	}
	add(r.in.Env.AllServices(), service{}, defaults)
}

func said(v value) []value {
	if v.text() == "" {
		return nil
	}
	return []value{v}
}

// over fills what is left open by what is said of all services: blocks as a whole,
// the connect timeout by itself.
func (t treatment) over(all treatment) treatment {
	if t.outlier == nil {
		t.outlier = all.outlier
	}
	switch {
	case t.limits == nil:
		t.limits = all.limits
	case all.limits != nil:
		l := *t.limits
		if l.ConnectTimeout == nil {
			l.ConnectTimeout = all.limits.ConnectTimeout
		}
		if l.MaxConnections == nil && l.MaxPending == nil && l.MaxRequests == nil {
			l.MaxConnections, l.MaxPending, l.MaxRequests = all.limits.MaxConnections, all.limits.MaxPending, all.limits.MaxRequests
		}
		t.limits = &l
	}
	return t
}

// complete fills what a client leaves open by what the service says itself.
func (r *reader) complete(u, own *intent.Upstream) {
	if own == nil {
		return
	}
	u.Balance = own.Balance
	switch {
	case u.Limits == nil:
		u.Limits = own.Limits
	case own.Limits != nil && u.Limits.ConnectTimeout == nil:
		l := *u.Limits
		l.ConnectTimeout = own.Limits.ConnectTimeout
		u.Limits = &l
	}
}

// treatment reads one entry of the outbound side.
func (r *reader) treatment(o *source.Object, n value) treatment {
	t, before := treatment{node: n}, len(r.m.Opaque)
	if n.missing() {
		return t
	}
	n.Node.Kind()
	l := intent.Limits{}
	limits := n.get("limits")
	if !limits.missing() {
		limits.Node.Kind()
		l.MaxConnections, l.MaxPending, l.MaxRequests = limits.get("maxConnections").optionalCount(), limits.get("maxPendingRequests").optionalCount(), limits.get("maxConcurrentRequests").optionalCount()
		l.From = append(l.From, limits.Node.Ref())
		l.At.Note(intent.SettingConnections, limits.get("maxConnections").Node.Ref())
		l.At.Note(intent.SettingPending, limits.get("maxPendingRequests").Node.Ref())
		l.At.Note(intent.SettingRequests, limits.get("maxConcurrentRequests").Node.Ref())
	}
	if v := n.get("connectTimeoutMs"); !v.missing() {
		l.ConnectTimeout = v.milliseconds()
		l.At.Note(intent.SettingConnect, v.Node.Ref())
		l.From = append(l.From, v.Node.Ref())
	}
	if !l.Empty() {
		t.limits = &l
	}
	t.outlier = r.outlier(o, n.get("passiveHealthCheck"))
	checkShared(n.get("balanceOutboundConnections"))
	r.fields(o, n, whyClient, "protocol", "envoyListenerJSON", "envoyClusterJSON", "meshGateway", "balanceOutboundConnections")
	t.kept = len(r.m.Opaque) > before
	return t
}

// outlier reads when an instance that fails is left out: nothing is where zero is said
// of what is enforced.
func (r *reader) outlier(o *source.Object, n value) *intent.Outlier {
	if n.missing() {
		return nil
	}
	out := ejection(n)
	out.At.Note(intent.SettingConsecutive, n.get("enforcingConsecutive5xx").Node.Ref())
	if v := n.get("enforcingConsecutive5xx"); !v.missing() {
		switch share := v.percent(); {
		case share == nil || *share == 100:
		case *share == 0:
			out.Consecutive5xx = share
		default:
			r.field(o, v, whyByChance)
		}
	}
	return out
}

// ejection reads when an instance that fails is left out, if that is enforced. Zeros and
// what is not said are Envoy's defaults.
func ejection(n value) *intent.Outlier {
	n.Node.Kind()
	out := &intent.Outlier{From: intent.From(n.Node.Ref())}
	out.At.Note(intent.SettingConsecutive, n.get("maxFailures").Node.Ref())
	out.At.Note(intent.SettingInterval, n.get("interval").Node.Ref())
	out.At.Note(intent.SettingBaseEjection, n.get("baseEjectionTime").Node.Ref())
	out.At.Note(intent.SettingShare, n.get("maxEjectionPercent").Node.Ref())
	if failures := n.get("maxFailures").count(); failures > 0 {
		out.Consecutive5xx = &failures
	}
	for _, f := range []struct {
		name string
		to   **time.Duration
	}{{"interval", &out.Interval}, {"baseEjectionTime", &out.BaseEjection}} {
		if d := positive(n.get(f.name)); d != nil {
			*f.to = d
		}
	}
	if v := n.get("maxEjectionPercent"); !v.missing() {
		out.MaxPercent = v.percent()
	}
	return out
}

// percent reads a whole percentage.
func (v value) percent() *int {
	n := v.count()
	if n > 100 {
		v.Node.Reject("is more than 100")
		return nil
	}
	return &n
}
