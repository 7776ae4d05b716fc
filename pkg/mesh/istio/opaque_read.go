package istio

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// opaqueKinds are read by name only.
var opaqueKinds = []string{
	"ProxyConfig", "Telemetry", "TrafficExtension", "WasmPlugin", "WorkloadEntry", "WorkloadGroup",
}

// purposes say what a kind is for, and what to do about it.
var purposes = map[string]string{
	"EnvoyFilter": "it changes Envoy's own configuration", "ProxyConfig": "it configures proxies",
	"Telemetry": "it configures logs, metrics and traces", "TrafficExtension": "it runs code in proxies",
	"WasmPlugin": "it runs code in proxies", "WorkloadEntry": "it makes a machine part of the mesh", "WorkloadGroup": "it makes machines part of the mesh",
}

// opaque keeps an object that only Istio understands.
func (r *reader) opaque(o *source.Object, kind string) {
	r.keep(o, r.home(o), guards(o, kind), kind, purposes[kind])
}

// keep makes an Opaque fact of a whole object.
func (r *reader) keep(o *source.Object, home *intent.Home, guards bool, kind, why string) {
	q := &intent.Opaque{Home: home, Mesh: Name, Kind: kind, At: o.Ref(), Whole: o, Security: guards, Why: why, From: intent.From(o.Ref())}
	if o.Namespace != r.in.Env.Istio.RootNamespace {
		q.Scope.Subject = match.Atom{Field: match.Namespace, Value: o.Namespace, Ref: new(o.Ref())}
	}
	if kind == "Gateway" {
		q.Entries = []intent.Name{{Namespace: o.Namespace, Name: o.Name}}
	}
	r.m.Opaque = append(r.m.Opaque, q)
}

// field keeps a field that only Istio understands.
func (r *reader) field(o *source.Object, home *intent.Home, n *source.Node, why string) {
	r.m.Opaque = append(r.m.Opaque, &intent.Opaque{Home: home, Mesh: Name, Kind: o.Kind, At: n.Ref(), Whole: o, Why: why, From: intent.From(n.Ref())})
	r.add(diag.NotTranslated, n.Ref().Path+" of "+o.Ref().Object+" is understood by Istio only: "+why, "configure its purpose in the target by hand", n.Ref())
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
			for _, word := range []string{"AUTHZ", "AUTHN", "rbac", "jwt_authn", "ext_authz", "lua", "wasm"} {
				found = found || strings.Contains(l.Value, word)
			}
		})
		return found
	}
	return false
}

// peek is the text of a scalar, without marking it as read.
func peek(n *source.Node) string {
	text := ""
	n.Leaves(func(l source.Leaf) { text = l.Value })
	return text
}
