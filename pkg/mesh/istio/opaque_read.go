package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// opaqueKinds are read by name only.
var opaqueKinds = []string{
	"ProxyConfig", "TrafficExtension", "WasmPlugin",
}

// choosing are the kinds that choose workloads by labels.
var choosing = []string{"EnvoyFilter", "TrafficExtension", "WasmPlugin"}

// kindsKept say what a kind is for: in a clause, and as what other meshes may have too.
var kindsKept = map[string]struct {
	why     string
	purpose intent.Purpose
}{
	"EnvoyFilter":      {"it changes Envoy's own configuration", intent.Code},
	"ProxyConfig":      {"it configures proxies", intent.Proxies},
	"Telemetry":        {"it configures what proxies report", intent.Reports},
	"TrafficExtension": {"it runs code in proxies", intent.Code},
	"WasmPlugin":       {"it runs code in proxies", intent.Code},
}

// parts say what fields of a spec ask for, by kind.
var parts = map[string][][2]string{
	"Telemetry":   {{"accessLogging", "access logs"}, {"metrics", "metrics"}, {"tracing", "traces"}},
	"ProxyConfig": {{"concurrency", "their threads"}, {"environmentVariables", "their environment"}, {"image", "their image"}},
}

// why says what an object is for, as far as its fields tell.
func why(o *source.Object, kind string) string {
	spec, is := o.Root.Get("spec"), kindsKept[kind].why
	var asked []string
	for _, p := range parts[kind] {
		if spec.GetNull(p[0]) != nil {
			asked = append(asked, p[1])
		}
	}
	switch phase := peek(spec.GetNull("phase")); {
	case len(asked) > 0:
		return is + ": " + strings.Join(asked, ", ")
	case phase == "AUTHN":
		return is + " before requests are authenticated"
	case phase == "AUTHZ":
		return is + " before requests are authorized"
	}
	return is
}

// opaque keeps an object that only Istio understands.
func (r *reader) opaque(o *source.Object, kind string) {
	if slices.Contains(choosing, kind) && r.choosesNobody(o) {
		return
	}
	r.keep(o, r.home(o), guards(o, kind), kind, why(o, kind))
}

// keep makes an Opaque fact of a whole object.
func (r *reader) keep(o *source.Object, home *intent.Home, guards bool, kind, why string) {
	q := &intent.Opaque{Home: home, Mesh: Name, Kind: kind, At: o.Ref(), Whole: o, Security: guards, Running: running(o, kind), Why: why, Purpose: kindsKept[kind].purpose, From: intent.From(o.Ref())}
	q.Scope.Subject = match.Simplify(match.Conj(r.whose(o), chosen(o)))
	if kind == "Gateway" {
		q.Entries = []intent.Name{{Namespace: o.Namespace, Name: o.Name}}
	}
	r.m.Opaque = append(r.m.Opaque, q)
}

// running reports whether no request is treated otherwise for an object: one about reports,
// or about threads and images of proxies. Variables of their environment may change all.
// pilot/cmd/pilot-agent/options, pkg/bootstrap/config.go
func running(o *source.Object, kind string) bool {
	return kind == "Telemetry" || kind == "ProxyConfig" && o.Root.Get("spec").GetNull("environmentVariables") == nil
}

// keepHeld keeps an object as it is for Istio of which facts hold all, but in more words than
// it has. It reports whether the object was not kept before.
func (r *reader) keepHeld(o *source.Object, home *intent.Home, why string) bool {
	if slices.ContainsFunc(r.m.Opaque, func(q *intent.Opaque) bool { return q.At == o.Ref() }) {
		return false
	}
	r.m.Opaque = append(r.m.Opaque, &intent.Opaque{Home: home, Mesh: Name, Kind: o.Kind, At: o.Ref(), Whole: o, Held: true, Why: why, From: intent.From(o.Ref())})
	return true
}

// whose is the namespace whose workloads an object is about: of one in the root namespace
// all.
func (r *reader) whose(o *source.Object) match.Expr {
	if o.Namespace == r.in.Env.Istio.RootNamespace {
		return match.True
	}
	return match.Atom{Field: match.Namespace, Value: o.Namespace, Ref: new(o.Ref())}
}

// chosen are the labels by which an object chooses workloads.
func chosen(o *source.Object) match.Expr {
	spec := o.Root.Get("spec")
	var out []match.Expr
	for _, at := range [][2]string{{"workloadSelector", "labels"}, {"selector", "matchLabels"}} {
		labels := spec.GetNull(at[0]).GetNull(at[1])
		for _, e := range sorted(labels.Entries()) {
			out = append(out, match.Atom{Field: match.Label, Key: e.Key, Value: e.Value.Str(), Ref: new(e.Value.Ref())})
		}
	}
	return match.Conj(out...)
}

// field keeps a field that only Istio understands.
func (r *reader) field(o *source.Object, home *intent.Home, n *source.Node, why string) *intent.Opaque {
	op := &intent.Opaque{Home: home, Mesh: Name, Kind: o.Kind, At: n.Ref(), Whole: o, Running: running(o, o.Kind), Why: why, From: intent.From(n.Ref())}
	r.m.Opaque = append(r.m.Opaque, op)
	r.add(diag.NotTranslated, n.Ref().Path+" of "+o.Ref().Object+" is understood by Istio only: "+why, "configure its purpose in the target by hand", n.Ref())
	return op
}

// guards reports whether an object may keep requests out: code in a phase of
// authentication or authorization, and filters that name such a thing.
func guards(o *source.Object, kind string) bool {
	spec := o.Root.Get("spec")
	switch kind {
	case "WasmPlugin", "TrafficExtension":
		phase := spec.GetNull("phase")
		return phase != nil && strings.HasPrefix(peek(phase), "AUTH")
	case "EnvoyFilter":
		found := false
		o.Root.Leaves(func(l source.Leaf) {
			found = found || slices.ContainsFunc(judging, func(word string) bool {
				return strings.Contains(l.Value(), word) || strings.Contains(l.Ref().Path, word)
			})
		})
		return found
	}
	return false
}

// judging are words of Envoy's configuration for what may keep requests out: filters that
// judge them, or run code that does, and what certificates are asked for.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/http_filters
var judging = []string{
	"AUTHZ", "AUTHN", "rbac", "jwt_authn", "ext_authz", "ext_proc", "lua", "wasm", "golang", "dynamic_modules", "basic_auth", "api_key_auth", "oauth2", "csrf",
	"require_client_certificate", "requireClientCertificate", "validation_context", "validationContext", "direct_response", "directResponse",
}

// peek is the text of a scalar, without marking it as read.
func peek(n *source.Node) string {
	text := ""
	if n == nil {
		return text
	}
	n.Leaves(func(l source.Leaf) { text = l.Value() })
	return text
}
