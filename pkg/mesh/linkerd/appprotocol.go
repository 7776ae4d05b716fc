package linkerd

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// The application protocols that Linkerd understands; it takes any other as
// opaque, so that routes, retries, timeouts and circuit breaking on the port have
// no effect.
// linkerd2 policy-controller/k8s/index/src/outbound/index.rs AppProtocol
const (
	appHTTP = "http"
	appH2C  = "kubernetes.io/h2c"
	// appOpaque is that Linkerd does not look into it.
	appOpaque = "linkerd.io/opaque"
)

// overHTTP2 are the other words for protocols that speak HTTP/2.
var overHTTP2 = []string{"grpc", "http2", "h2c", "grpc-web"}

// routed reports whether what a port is declared to speak lets Linkerd look at routes
// of a protocol.
func routed(sp intent.ServicePort, p intent.Protocol) bool {
	switch strings.ToLower(sp.AppProtocol) {
	case "":
		return true // looked into
	case appH2C:
		return p == intent.HTTP || p == intent.GRPC
	case appHTTP:
		return p == intent.HTTP
	}
	return p == intent.TCP // bytes, whatever they are
}

// opaquePort reports whether the ports that a route is for are declared to speak
// something that is not routed by it.
func opaquePort(inv *intent.Inventory, s *intent.Service, port int, protocol intent.Protocol) bool {
	concerned := portsOf(inv, s, port)
	return len(concerned) > 0 && !slices.ContainsFunc(concerned, func(sp intent.ServicePort) bool { return routed(sp, protocol) })
}

// wholeTable says for a model why one of its tables cannot be written: routes for
// TLS and TCP are without effect at ports that are declared to speak something else.
func wholeTable(m *intent.Model) func(*intent.Routing) string {
	whole := gatewayapi.WithBackends(m)
	return func(t *intent.Routing) string {
		s := m.Service(t.Host.Service)
		if t.Protocol != intent.HTTP && t.Protocol != intent.GRPC && s != nil && opaquePort(&m.Inventory, s, t.Port, t.Protocol) {
			return "the port's appProtocol, or being opaque, lets Linkerd take no such routes for it"
		}
		return whole(t)
	}
}

// portsOf lists a port of a Service, or all for 0, as Linkerd takes them.
func portsOf(inv *intent.Inventory, s *intent.Service, port int) []intent.ServicePort {
	var out []intent.ServicePort
	opaque := opaquePorts(inv, s)
	for _, sp := range s.Ports {
		if sp.AppProtocol == "" && among(opaque, sp.Port) {
			sp.AppProtocol = appOpaque
		}
		if port == 0 || sp.Port == port {
			out = append(out, sp)
		}
	}
	return out
}

// pastRoutes adds tables for the ports that routes of their whole Service do not
// reach, because of what they are declared to speak: requests go on there.
func (r *reader) pastRoutes(tables []*intent.Routing) []*intent.Routing {
	var out []*intent.Routing
	for _, t := range tables {
		s := r.in.Inventory.Service(t.Host.Service)
		if t.Port != 0 || s == nil {
			continue
		}
		for _, sp := range portsOf(r.in.Inventory, s, 0) {
			own := func(o *intent.Routing) bool { return o.Host == t.Host && o.Port == sp.Port && o.Protocol == t.Protocol }
			if !routed(sp, t.Protocol) && !slices.ContainsFunc(slices.Concat(tables, out), own) {
				out = append(out, &intent.Routing{Home: t.Home, Host: t.Host, Port: sp.Port, Protocol: t.Protocol, Else: intent.Passthrough{}, From: t.From})
			}
		}
	}
	return append(out, tables...)
}

// spoken is a model without tables that let all go on at ports into which Linkerd does
// not look: it does so by itself, and they need not be declared to speak anything.
func spoken(m *intent.Model) *intent.Model {
	out := *m
	out.Routing = slices.DeleteFunc(slices.Clone(m.Routing), func(t *intent.Routing) bool {
		s := m.Service(t.Host.Service)
		return t.Port != 0 && t.Entry.IsZero() && s != nil && opaquePort(&m.Inventory, s, t.Port, t.Protocol) && goesOn(t)
	})
	return &out
}

// goesOn reports whether a table lets all go on as if it was not there.
func goesOn(t *intent.Routing) bool {
	for i := range t.Rules {
		if r := &t.Rules[i]; !passes(t, r.Then) || len(r.Steps) > 0 || r.Timeout != nil || r.Retry != nil {
			return false
		}
	}
	return passes(t, t.Else) || len(t.Rules) > 0 && match.IsTrue(t.Rules[len(t.Rules)-1].When)
}

// writeAppProtocols prints, as patches of Services, what ports must be declared to
// speak for what is written about them to have an effect.
func writeAppProtocols(m *intent.Model) []*manifest.Object {
	var out []*manifest.Object
	of := trafficOf(m)
	for _, s := range m.Inventory.Services {
		ports := manifest.List()
		var from intent.Origin
		for _, sp := range portsOf(&m.Inventory, s, 0) {
			app, because := of[s.Name].declared(sp)
			if app == "" {
				continue
			}
			n := manifest.Map().Set("port", manifest.Int(sp.Port)).Set("appProtocol", manifest.Str(app).Because(because...))
			ports.Append(n)
			from = append(from, because...)
		}
		if len(ports.Kids) == 0 {
			continue
		}
		o := manifest.New("v1", "Service", s.Name.Namespace, s.Name.Name)
		o.Patch, o.From = true, from
		o.Root.Set("spec", manifest.Map().Set("ports", ports))
		out = append(out, o)
	}
	return out
}

// traffic is what a model says of requests to one Service.
type traffic struct {
	tables    []*intent.Routing
	upstreams []*intent.Upstream
}

// trafficOf files a model's facts by the Service that they are about.
func trafficOf(m *intent.Model) map[intent.Name]traffic {
	out := map[intent.Name]traffic{}
	for _, t := range m.Routing {
		of := out[t.Host.Service]
		of.tables = append(of.tables, t)
		out[t.Host.Service] = of
	}
	for _, u := range m.Upstream {
		of := out[u.Host.Service]
		of.upstreams = append(of.upstreams, u)
		out[u.Host.Service] = of
	}
	return out
}

// declared is what a port must be declared to speak, and for what; "" is what it is.
func (of traffic) declared(sp intent.ServicePort) (app string, because intent.Origin) {
	for _, t := range of.tables {
		said := (len(t.Rules) > 0 || !passes(t, t.Else)) && (t.Protocol == intent.HTTP || t.Protocol == intent.GRPC)
		if (t.Port == 0 || t.Port == sp.Port) && said && !routed(sp, t.Protocol) {
			return routable(sp, t.Protocol), t.From
		}
	}
	for _, u := range of.upstreams {
		if u.Outlier != nil && !routed(sp, intent.HTTP) && slices.Contains(overHTTP2, strings.ToLower(sp.AppProtocol)) {
			return appH2C, u.From
		}
	}
	return "", nil
}

// routable is the word that Linkerd understands for what a port speaks.
func routable(sp intent.ServicePort, p intent.Protocol) string {
	if p == intent.GRPC || slices.Contains(overHTTP2, strings.ToLower(sp.AppProtocol)) {
		return appH2C
	}
	return appHTTP
}

// understood is a Service of ours with words that Linkerd understands.
func understood(s *intent.Service) *intent.Service {
	out := *s
	out.Ports = slices.Clone(s.Ports)
	for i, sp := range out.Ports {
		if !routed(sp, intent.HTTP) && slices.Contains(overHTTP2, strings.ToLower(sp.AppProtocol)) {
			out.Ports[i].AppProtocol = appH2C
		}
	}
	return &out
}
