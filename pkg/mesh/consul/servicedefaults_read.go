package consul

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// serviceDefaults is what one service says of itself.
type serviceDefaults struct {
	object   *source.Object
	service  service
	protocol string // "" is not said
	// local is the limit that the service's own proxy sets to requests, and
	// limit what it says; nil is none said, 0 no limit.
	local     value
	limit     *time.Duration
	upstreams value
	// accepts is how many connections its own proxy has at once, and connects how long that
	// may take to connect to it.
	accepts, connects value
	// destination is what the service stands for outside of the mesh; nil is none.
	destination *destination
	modes
}

// protocols that a service can speak; the first is the default.
var protocols = []string{"tcp", "http", "http2", "grpc"}

// readProtocol reads a protocol; "" is none.
func readProtocol(v value) string {
	text := strings.ToLower(v.text())
	if text != "" && !slices.Contains(protocols, text) {
		v.Node.Reject("is none of tcp, http, http2 and grpc")
		return ""
	}
	if !v.missing() {
		v.Node.Skip("tells how traffic is understood")
	}
	return text
}

// protocolSaid is what the input says that a service speaks, if it says it.
func (r *reader) protocolSaid(s service) (protocol string, said bool) {
	d := r.defaults[s]
	if d != nil && d.protocol != "" {
		return d.protocol, true
	}
	return cmp.Or(r.proxies.protocol, protocols[0]), d != nil || r.proxies.object != nil
}

// protocol is what a service speaks.
func (r *reader) protocol(s service) string {
	if r.assumed[s] {
		return "http"
	}
	p, _ := r.protocolSaid(s)
	return p
}

// http reports whether requests to a service are understood.
func (r *reader) http(s service) bool { return r.protocol(s) != protocols[0] }

// own is the service that an object is about by its name.
func (r *reader) own(o *source.Object) service { return service{r.consulNamespace(o), o.Name} }

// readDefaults reads a service's settings.
func (r *reader) readDefaults(o *source.Object) {
	s := r.own(o)
	if old := r.defaults[s]; old != nil {
		r.wrong(o, "there is a second one of that name", old.object.Ref())
		return
	}
	spec := specOf(o)
	r.home(o)
	d := &serviceDefaults{object: o, service: s, protocol: readProtocol(spec.get("protocol")), local: spec.get("localRequestTimeoutMs"), upstreams: spec.get("upstreamConfig")}
	d.limit = readLocalLimit(d.local)
	d.modes = r.readModes(o, spec)
	r.defaults[s] = d
	r.speaks(o, spec.get("protocol"), speech{s.ns, s.name, d.protocol})
	r.fields(o, spec, whyOutside, "externalSNI")
	if d.destination = readDestination(spec.get("destination")); d.destination != nil && !d.upstreams.missing() {
		d.upstreams.Node.Reject("cannot stand beside destination")
	}
	d.accepts, d.connects = spec.get("maxInboundConnections"), spec.get("localConnectTimeoutMs")
	r.fields(o, spec, whyHeaders, "maxRequestHeadersKB")
	checkShared(spec.get("balanceInboundConnections"))
	r.fields(o, spec, whyThreads, "balanceInboundConnections")
	for _, v := range r.onlyEnterprise(spec, "rateLimits") {
		r.field(o, v, whyRates)
	}
	r.extensions(o, spec.get("envoyExtensions"), s)
}

// checkShared refuses a way to share connections that Consul does not have.
func checkShared(v value) {
	if v.text() != "" && v.text() != "exact_balance" {
		v.Node.Reject("is not exact_balance")
	}
}

// transports lifts how services accept connections.
func (r *reader) transports() {
	for _, s := range r.servicesWith(func(d *serviceDefaults) bool { return d.permissive || d.strict }) {
		d := r.defaults[s]
		m := d.modes
		if said := r.names.redirected(s); said != nil {
			m.mode = map[bool]string{true: "transparent", false: "direct"}[*said]
		}
		r.transport(d.object, m, intent.Scope{Subject: r.names.subject(s, d.object.Ref())})
	}
	if p := r.proxies; p.permissive || p.strict {
		r.transport(p.object, p.modes, intent.Scope{})
	}
	r.m.Transport = append(r.m.Transport, defaultTransport()...)
}

// servicesWith lists the services whose settings are of some sort, sorted.
func (r *reader) servicesWith(of func(*serviceDefaults) bool) []service {
	var out []service
	for s, d := range r.defaults {
		if of(d) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, compareServices)
	return out
}

func compareServices(a, b service) int { return strings.Compare(a.String(), b.String()) }

// transport lifts one mode. Where traffic is redirected through the proxy, a
// permissive service takes plaintext straight to the application, and no
// intention is asked. agent/xds/listeners.go makePermissiveFilterChain
func (r *reader) transport(o *source.Object, m modes, scope intent.Scope) {
	from := intent.From(m.mutual.Node.Ref())
	if m.strict {
		r.m.Transport = append(r.m.Transport, &intent.Transport{Home: r.home(o), Side: intent.Served, Scope: scope, Mode: intent.Strict, Accounts: true, From: from})
		return
	}
	if !r.transparent(m) {
		r.inert(m.mutual.Node, "permissive has no effect where traffic is not redirected through the proxy")
		return
	}
	if !r.mesh.permissive {
		r.diags.Tell(diag.UnknownReference, m.mutual.Node.Ref().Object+" is permissive, which no Mesh in the input allows",
			"what was allowed once stays so when it is no longer, so plaintext is taken to be let in", "add the Mesh to the input, or say strict", m.mutual.Node.Ref())
	}
	by := from
	if r.mesh.permissive {
		by = append(slices.Clone(from), r.mesh.allows.Node.Ref())
	}
	r.m.Transport = append(r.m.Transport, &intent.Transport{Home: r.home(o), Side: intent.Served, Scope: scope, Mode: intent.Permissive, From: by})
	r.plaintext = append(r.plaintext, &intent.Access{
		Home: r.home(o), Scope: scope, Effect: intent.Allow, When: noClient(m.mutual.Node.Ref()), From: from,
		Comment: "plaintext connections are not asked for intentions",
	})
	if r.mesh.permissive { // or else Consul's servers take no such object anew
		op := r.hold(o, "it lets plaintext in")
		op.Admits, op.Edition = true, r.edition()
	}
}

// unasked lets plaintext in where services are permissive and the rest is denied by
// default. Where it is not, plaintext is let in by default: no denial is about it.
func (r *reader) unasked() {
	var out []*intent.Access
	for _, a := range r.plaintext {
		var before []match.Expr // what decides before a default
		for _, d := range r.m.Default {
			if apart(a.Scope.Subject, d.Scope.Subject) {
				continue
			}
			if d.Effect == intent.Deny {
				c := *a
				c.Scope.Subject = scopeOf(append([]match.Expr{a.Scope.Subject, d.Scope.Subject}, before...))
				out = append(out, &c)
			}
			if d.Scope.Subject == nil || implies(a.Scope.Subject, d.Scope.Subject) {
				break
			}
			before = append(before, match.Negate(d.Scope.Subject))
		}
	}
	r.m.Access = append(out, r.m.Access...)
}

// transparent reports whether traffic to a service is redirected through its
// proxy.
func (r *reader) transparent(m modes) bool {
	said := m.mode
	if said == "" {
		said = r.proxies.mode
	}
	on := r.in.Env.Consul.TransparentProxy
	return said == "transparent" || said == "" && (on == nil || *on)
}

// noClient holds for connections without an identity.
func noClient(at place.Ref) match.Expr {
	return match.Not{X: match.Atom{Field: match.ClientIdentity, Op: match.Present, Ref: new(at)}}
}
