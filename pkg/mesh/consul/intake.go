package consul

import (
	"slices"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// ownIntake is what the proxy of a service keeps to.
const ownIntake = "a service's own proxy bounds how long connecting to it takes, and the connections of clients; nothing else of what goes to it is limited by itself"

// intakes lifts what the proxies of services keep to. The connections of clients are bounded
// where they come in, and those to the service by the same number. What a service does not
// say holds as ProxyDefaults say it of all.
// agent/xds/listeners.go makeInboundListener, agent/xds/clusters.go makeAppCluster,
// agent/configentry/resolve.go ComputeResolvedServiceConfig
func (r *reader) intakes() {
	for _, s := range r.servicesWith(func(d *serviceDefaults) bool { return !d.accepts.missing() || !d.connects.missing() }) {
		d := r.defaults[s]
		own := bounds{positiveOr(d.accepts), positiveOr(d.connects)}
		if d.connects.milliseconds(); own.none() {
			continue
		}
		r.m.Intake = append(r.m.Intake, own.over(r.proxies.bounds).intake(r.home(d.object), r.names.host(s)))
	}
	if all := r.proxies.bounds; !all.none() {
		r.m.Intake = append(r.m.Intake, all.intake(r.home(r.proxies.object), r.in.Env.AllServices()))
	}
}

// bounds are what a proxy keeps to: how many connections it has at once, and how many
// milliseconds connecting may take; missing is nothing.
type bounds struct{ accepts, connects value }

// positiveOr is a number that is more than 0, or nothing: 0 is the same.
func positiveOr(v value) value {
	if v.missing() || v.count() > 0 {
		return v
	}
	v.Node.Skip(sameAsNone)
	return value{}
}

func (b bounds) none() bool { return b.accepts.missing() && b.connects.missing() }

// over fills what is left open by what is said of all.
func (b bounds) over(all bounds) bounds {
	if b.accepts.missing() {
		b.accepts = all.accepts
	}
	if b.connects.missing() {
		b.connects = all.connects
	}
	return b
}

func (b bounds) intake(home *intent.Home, host intent.Host) *intent.Intake {
	i := &intent.Intake{Home: home, Host: host, Limits: &intent.Limits{ConnectTimeout: b.connects.milliseconds()}}
	if i.Limits.ConnectTimeout != nil {
		i.Limits.At.Note(intent.SettingConnect, b.connects.Node.Ref())
	}
	if !b.accepts.missing() {
		n := b.accepts.count()
		i.Accepts, i.Limits.MaxConnections = &n, &n
		i.Limits.At.Note(intent.SettingConnections, b.accepts.Node.Ref())
	}
	for _, at := range i.Limits.At {
		i.From = append(i.From, at.Ref)
	}
	i.Limits.From = i.From
	return i
}

// takenIn is what of a fact can be said of a service, and why not the rest.
func takenIn(m *intent.Model, n *names, i *intent.Intake) (said *intent.Intake, why string) {
	single := slices.ContainsFunc(m.Intake, func(x *intent.Intake) bool { return x.Host == i.Host && x.Port != 0 })
	switch {
	case !i.Bounds():
		return nil, ""
	case i.Host.Service.IsZero():
		return nil, "settings are for a service of the mesh"
	case single:
		return nil, onePort
	case treats(n, i.Host) != "":
		return nil, treats(n, i.Host)
	case i.Accepts == nil && i.Limits.ConnectTimeout == nil:
		return nil, ownIntake
	}
	said = &intent.Intake{Home: i.Home, Host: i.Host, Accepts: i.Accepts, Limits: &intent.Limits{MaxConnections: i.Accepts, From: i.From}, From: i.From}
	if i.Limits != nil {
		said.Limits.ConnectTimeout = wholeMilliseconds(i.Limits.ConnectTimeout)
		for _, at := range i.Limits.At {
			if at.Setting == intent.SettingConnect || at.Setting == intent.SettingConnections && i.Accepts != nil {
				said.Limits.At = append(said.Limits.At, at)
			}
		}
	}
	if said.Text() != i.Text() {
		why = ownIntake
	}
	return said, why
}

// wholeMilliseconds rounds a time up to what can be said; nil stays so.
func wholeMilliseconds(d *time.Duration) *time.Duration {
	if d == nil {
		return nil
	}
	whole := (*d + time.Millisecond - 1).Truncate(time.Millisecond)
	return &whole
}

// intakes notes what the proxies of services keep to, but what ProxyDefaults that stay say of
// all.
func (w *writer) intakes() {
	for _, i := range w.m.Intake {
		if w.kept.Says(i.From) {
			continue
		}
		w.words(w.service(i.Host.Service), i.Host.Service.Namespace).intake = i
	}
}

// writeIntake prints what the proxy of a service keeps to, but for what is said of all; nil
// is nothing.
func (w *writer) writeIntake(spec *manifest.Node, i *intent.Intake) {
	if i == nil {
		return
	}
	if from := i.Limits.At.Of(intent.SettingConnections, i.From); i.Accepts != nil && !w.kept.Says(from) {
		spec.Set("maxInboundConnections", manifest.Int(*i.Accepts).Because(from...))
	}
	if from := i.Limits.At.Of(intent.SettingConnect, i.From); i.Limits.ConnectTimeout != nil && !w.kept.Says(from) {
		spec.Set("localConnectTimeoutMs", manifest.Int(int(*i.Limits.ConnectTimeout/time.Millisecond)).Because(from...))
	}
}
