package consul

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// defaults prints the protocol of every service that routes or permissions are
// about, how long its own proxy lets requests take where that must be longer than 15
// seconds, and how a service treats what it calls. All services of one route have one
// protocol, or Consul's servers refuse it.
func (w *writer) defaults() {
	protocols := w.protocols()
	for _, x := range w.sorted() {
		protocol := w.agreed(x, protocols[x.service])
		if !x.http && x.spoken == nil && len(x.consumes)+len(x.outside) == 0 && x.intake == nil || w.goesWithoutSaying(x, protocol) {
			continue
		}
		from, home := x.from, (*intent.Home)(nil)
		if x.spoken != nil {
			from, home = append(slices.Clone(from), x.spoken.from...), x.spoken.home
		}
		for _, e := range x.outside {
			home = e.Home
		}
		for _, u := range x.consumes {
			from, home = append(from, u.From...), cmp.Or(home, u.Home)
		}
		if x.intake != nil {
			from, home = append(slices.Clone(from), x.intake.From...), cmp.Or(home, x.intake.Home)
		}
		spec := w.spec(w.object(kindDefaults, x.namespace, x.service.name, consulHome(home, kindDefaults), from))
		switch {
		case len(x.outside) > 0:
			writeDestination(x.outside, spec)
		case x.spoken != nil:
			spec.Set("protocol", manifest.Str(protocol).Because(x.spoken.from...))
		case x.http && (w.allSpeak == nil || w.allSpeak.Protocol != protocol):
			spec.Set("protocol", manifest.Str(protocol))
		}
		if len(x.consumes) > 0 {
			spec.Set("upstreamConfig", w.writeConsumed(x))
		}
		if x.limit != nil {
			spec.Set("localRequestTimeoutMs", writeLocalLimit(*x.limit).Because(x.limitFrom...))
		}
		w.writeIntake(spec, x.intake)
	}
}

// writeLocalLimit prints a bound in milliseconds, rounded up; 0 is none, for which
// the longest stands.
func writeLocalLimit(d time.Duration) *manifest.Node {
	if d == 0 {
		d = longestLimit
	}
	return manifest.Int(int((d + time.Millisecond - 1) / time.Millisecond))
}

// The protocols that services can speak, the least demanding first; routes are for
// all but the first.
const (
	protocolTCP   = "tcp"
	protocolHTTP  = "http"
	protocolHTTP2 = "http2"
	protocolGRPC  = "grpc"
)

// protocols chooses one for each group of services that routes join: gRPC where
// all are, HTTP/2 where some are, and HTTP otherwise.
func (w *writer) protocols() map[service]string {
	group := map[service]service{}
	var root func(s service) service
	root = func(s service) service {
		if up, ok := group[s]; ok && up != s {
			return root(up)
		}
		return s
	}
	join := func(s service, to hop) {
		if a, b := root(s), root(to.service); a != b {
			group[b] = a
		}
	}
	for _, t := range w.m.Routing {
		s := w.service(t.Host.Service)
		for i := range t.Rules {
			for _, b := range legs(t.Rules[i].Then) {
				join(s, w.hop(s, &b))
				for j := range b.Fallback {
					join(s, w.standInHop(w.hop(s, &b), &b.Fallback[j]))
				}
			}
		}
	}
	count := map[service][2]int{} // services of the group, and those of gRPC
	for _, x := range w.sorted() {
		if !x.http {
			continue
		}
		c := count[root(x.service)]
		c[0]++
		if x.grpc || w.speaksGRPC(x.service) {
			c[1]++
		}
		count[root(x.service)] = c
	}
	out := map[service]string{}
	for s := range w.services {
		switch c := count[root(s)]; {
		case c[1] == 0:
			out[s] = protocolHTTP
		case c[0] == c[1]:
			out[s] = protocolGRPC
		default:
			out[s] = protocolHTTP2
		}
	}
	return out
}

// speaksGRPC reports whether the input says that the port of a service is for
// gRPC, by its application protocol or its name.
func (w *writer) speaksGRPC(s service) bool {
	return slices.ContainsFunc(w.names.find(s), func(x *intent.Service) bool {
		return len(x.Ports) == 1 && (x.Ports[0].AppProtocol == protocolGRPC || x.Ports[0].AppProtocol == "" && (x.Ports[0].Name == protocolGRPC || strings.HasPrefix(x.Ports[0].Name, protocolGRPC+"-")))
	})
}
