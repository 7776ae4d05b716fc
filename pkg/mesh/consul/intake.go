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
// where they come in, and those to the service by the same number.
// agent/xds/listeners.go makeInboundListener, agent/xds/clusters.go makeAppCluster
func (r *reader) intakes() {
	for _, s := range r.servicesWith(func(d *serviceDefaults) bool { return !d.accepts.missing() || !d.connects.missing() }) {
		d := r.defaults[s]
		i := &intent.Intake{Home: r.home(d.object), Host: r.names.host(s), Limits: &intent.Limits{ConnectTimeout: d.connects.milliseconds()}}
		if i.Limits.ConnectTimeout != nil {
			i.Limits.At.Note(intent.SettingConnect, d.connects.Node.Ref())
		}
		if n := d.accepts.count(); n > 0 {
			i.Accepts, i.Limits.MaxConnections = &n, &n
			i.Limits.At.Note(intent.SettingConnections, d.accepts.Node.Ref())
		} else if !d.accepts.missing() {
			d.accepts.Node.Skip(sameAsNone)
		}
		if !i.Bounds() {
			continue
		}
		for _, at := range i.Limits.At {
			i.From = append(i.From, at.Ref)
		}
		i.Limits.From = i.From
		r.m.Intake = append(r.m.Intake, i)
	}
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

// intakes notes what the proxies of services keep to.
func (w *writer) intakes() {
	for _, i := range w.m.Intake {
		w.words(w.service(i.Host.Service), i.Host.Service.Namespace).intake = i
	}
}

// writeIntake prints what the proxy of a service keeps to; nil is nothing.
func writeIntake(spec *manifest.Node, i *intent.Intake) {
	if i == nil {
		return
	}
	if i.Accepts != nil {
		spec.Set("maxInboundConnections", manifest.Int(*i.Accepts).Because(i.Limits.At.Of(intent.SettingConnections, i.From)...))
	}
	if t := i.Limits.ConnectTimeout; t != nil {
		spec.Set("localConnectTimeoutMs", manifest.Int(int(*t/time.Millisecond)).Because(i.Limits.At.Of(intent.SettingConnect, i.From)...))
	}
}
