package consul

import (
	"bytes"
	"slices"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// callers are the services that can be told among clients: of the input, and those that
// it lacks and facts about what they call name.
func callers(m *intent.Model, enterprise bool) []legal.Party {
	all := parties(&intent.Model{Inventory: m.Inventory, Env: m.Env}, enterprise)
	all = slices.DeleteFunc(all, func(p legal.Party) bool { return p.Client == nil })
	names := newNames(&m.Inventory, m.Env, enterprise)
	for _, u := range m.Upstream {
		s, ok := names.unshown(u.Scope.Client)
		if !ok || slices.ContainsFunc(all, func(p legal.Party) bool { return match.Equal(p.Client, u.Scope.Client) }) {
			continue
		}
		namespace := s.ns
		if namespace == "" && u.Home != nil {
			namespace = u.Home.Namespace
		}
		all = append(all, legal.Party{Namespace: namespace, Name: s.name, Client: u.Scope.Client})
	}
	return all
}

// unshown is the service that the input lacks and a condition on clients stands for.
func (n *names) unshown(client match.Expr) (s service, ok bool) {
	match.Atoms(client, func(a match.Atom, _ bool) {
		switch {
		case a.Field == match.ClientAccount:
			s.name = a.Value
		case a.Field == match.ClientNamespace && n.enterprise:
			s.ns = a.Value
		}
	})
	if s.name == "" || n.enterprise == (s.ns == "") || len(n.find(s)) > 0 {
		return s, false
	}
	e, _ := n.client(s, place.Ref{})
	return s, match.Equal(e, client)
}

// consumers are the predicates of the callers that Consul knows by name.
func consumers(m *intent.Model, enterprise bool) []match.Expr {
	var out []match.Expr
	for _, p := range callers(m, enterprise) {
		out = append(out, p.Client)
	}
	return out
}

// consumed notes how single callers treat what they call: that is said by the
// settings of the caller, of gateways that are kept as they are by these.
func (w *writer) consumed() {
	var said []*intent.Upstream
	for _, u := range w.m.Upstream {
		if !match.IsTrue(match.Simplify(u.Scope.Client)) && !w.kept.Upstream(u) {
			said = append(said, u)
		}
	}
	if len(said) == 0 {
		return
	}
	for _, p := range callers(w.m, w.names.enterprise) {
		var own []*intent.Upstream
		for _, u := range said {
			if match.Equal(p.Client, u.Scope.Client) {
				own = append(own, u)
			}
		}
		if len(own) > 0 {
			x := w.words(service{w.consulNamespace(p.Namespace), p.Name}, p.Namespace)
			x.consumes = w.saying(x, own)
		}
	}
}

// saying are the facts that say something of how a caller treats what it calls, or else
// what it says of all.
func (w *writer) saying(x *serviceWords, own []*intent.Upstream) []*intent.Upstream {
	x.consumes = own
	if w.ofAll(x) != nil {
		return own
	}
	return slices.DeleteFunc(own, func(u *intent.Upstream) bool { return len(w.writeTreatment(x, u).Kids) == 0 })
}

// writeConsumed prints how a service treats what it calls: all services, and single
// ones.
func (w *writer) writeConsumed(x *serviceWords) *manifest.Node {
	out, overrides := manifest.Map(), manifest.List()
	all := w.ofAll(x)
	if all != nil {
		out.Set("defaults", all)
	}
	for _, u := range x.consumes {
		n := w.writeTreatment(x, u).Because(u.From...)
		if u.Host.Service.IsZero() || all != nil && sameText(n, all) {
			continue // what is said of all is not said again
		}
		s := w.service(u.Host.Service)
		named := manifest.Map().Because(u.From...).Set("name", manifest.Str(s.name))
		if s.ns != x.service.ns {
			named.Set("namespace", manifest.Str(s.ns))
		}
		for _, kid := range n.Kids {
			named.Set(kid.Key, kid.Node)
		}
		overrides.Append(named)
	}
	if len(overrides.Kids) > 0 {
		out.Set("overrides", overrides)
	}
	return out
}

// ofAll prints how a service treats all that it says nothing else of; nil is nothing.
func (w *writer) ofAll(x *serviceWords) *manifest.Node {
	for _, u := range x.consumes {
		if u.Host.Service.IsZero() {
			return w.writeTreatment(x, u).Because(u.From...)
		}
	}
	return nil
}

func sameText(a, b *manifest.Node) bool {
	x, errA := a.MarshalJSON()
	y, errB := b.MarshalJSON()
	return errA == nil && errB == nil && bytes.Equal(x, y)
}

// writeTreatment prints what one caller says of one service or of all. How long
// connecting may take is said where the service does not say the same itself, or where
// the caller says something else of all.
func (w *writer) writeTreatment(x *serviceWords, u *intent.Upstream) *manifest.Node {
	n := manifest.Map()
	if l := u.Limits; l != nil {
		if d := l.ConnectTimeout; d != nil && (x.connectsAll() || !w.connectsSo(u.Host, *d)) {
			n.Set("connectTimeoutMs", manifest.Int(int((*d+time.Millisecond-1)/time.Millisecond)).Because(l.From...))
		}
		limits := manifest.Map()
		for _, f := range []struct {
			key string
			n   *int
		}{{"maxConnections", l.MaxConnections}, {"maxPendingRequests", l.MaxPending}, {"maxConcurrentRequests", l.MaxRequests}} {
			if f.n != nil {
				limits.Set(f.key, manifest.Int(*f.n).Because(l.From...))
			}
		}
		if len(limits.Kids) > 0 {
			n.Set("limits", limits)
		}
	}
	if u.Outlier != nil {
		n.Set("passiveHealthCheck", writeOutlier(u.Outlier))
	}
	return n
}

// connectsAll reports whether a caller says of all that it calls how long connecting may
// take.
func (x *serviceWords) connectsAll() bool {
	return slices.ContainsFunc(x.consumes, func(u *intent.Upstream) bool {
		return u.Host.Service.IsZero() && u.Limits != nil && u.Limits.ConnectTimeout != nil
	})
}

// connectsSo reports whether a service says itself how long connecting may take.
func (w *writer) connectsSo(h intent.Host, d time.Duration) bool {
	for _, u := range w.m.Upstream {
		if u.Host == h && match.IsTrue(match.Simplify(u.Scope.Client)) && u.SubsetName == "" {
			return u.Limits != nil && u.Limits.ConnectTimeout != nil && *u.Limits.ConnectTimeout == d
		}
	}
	return false
}

// writeOutlier prints when an instance is left out. Where none is to be, that must
// be said: every cluster leaves out instances by Envoy's defaults.
func writeOutlier(o *intent.Outlier) *manifest.Node {
	n := manifest.Map().Because(o.From...)
	if o.Interval != nil {
		n.Set("interval", manifest.Str(o.Interval.String()).Because(o.From...))
	}
	switch {
	case o.Consecutive5xx == nil:
	case *o.Consecutive5xx == 0:
		n.Set("enforcingConsecutive5xx", manifest.Int(0).Because(o.From...))
	default:
		n.Set("maxFailures", manifest.Int(*o.Consecutive5xx).Because(o.From...))
	}
	if o.MaxPercent != nil {
		n.Set("maxEjectionPercent", manifest.Int(*o.MaxPercent).Because(o.From...))
	}
	if o.BaseEjection != nil {
		n.Set("baseEjectionTime", manifest.Str(o.BaseEjection.String()).Because(o.From...))
	}
	return n
}
