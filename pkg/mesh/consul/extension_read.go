package consul

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// extensions reads what a proxy runs beside routing and intentions. Only the one
// that asks another service for permission has a place in the model.
// Those of later versions, and those for gateways, Consul's servers refuse.
// agent/envoyextensions/registered_extensions.go and builtin
func (r *reader) extensions(o *source.Object, list value, s service) {
	for _, n := range list.items() {
		name := n.get("name").text()
		args := value{n.get("arguments").Node, true}
		if kind := args.get("proxyType"); name != "builtin/property-override" && cmp.Or(kind.text(), sidecar) != sidecar {
			kind.Node.Reject("is not " + sidecar + ", the only one that the extension is for")
		}
		switch name {
		case "":
			n.Node.Reject("has no name")
		case "builtin/ext-authz":
			if config := args.get("config"); config.get("grpcService").missing() == config.get("httpService").missing() {
				n.Node.Reject("must say exactly one of config.grpcService and config.httpService")
			}
			r.asks = append(r.asks, ask{o, n, s})
		case "builtin/lua":
			if at := args.get("listener").text(); args.get("script").text() == "" || at != "inbound" && at != "outbound" {
				n.Node.Reject("needs a script, and a listener that is inbound or outbound")
			}
			fallthrough
		case "builtin/wasm", "builtin/property-override":
			op := r.field(o, n, "it changes what proxies do")
			op.Security = name != "builtin/property-override"
			op.Scope = intent.Scope{Subject: r.names.subject(anyIfNone(s), n.Node.Ref())}
		case "builtin/aws/lambda", "builtin/otel-access-logging":
			r.field(o, n, "it is about neither routing nor admission")
		default:
			n.Node.Reject("is no extension that Consul has")
		}
	}
}

// sidecar is the type of proxies beside services.
const sidecar = "connect-proxy"

// anyIfNone is all services where none is named.
func anyIfNone(s service) service {
	if s == (service{}) {
		return service{anyName, anyName}
	}
	return s
}

// ask is an extension that asks for permission.
type ask struct {
	object  *source.Object
	node    value
	service service
}

// askers lifts them: that the service asks, and in Consul's words how. Where the extension is not required, Consul leaves it out if
// it cannot be applied, and lets requests pass if nobody answers.
func (r *reader) askers() {
	for _, a := range r.asks {
		args := value{a.node.get("arguments").Node, true}
		provider := askedService(args.get("config"))
		if args.get("listenerType").text() == "outbound" || provider == "" {
			r.field(a.object, a.node, "it asks for permission elsewhere than at the service")
			continue
		}
		r.field(a.object, a.node, "with which headers, body and patience "+provider+" is asked for permission")
		ref := a.node.Node.Ref()
		r.m.Access = append(r.m.Access, &intent.Access{
			Home: r.home(a.object), Scope: intent.Scope{Subject: r.names.subject(anyIfNone(a.service), ref)},
			Effect: intent.Ask, Provider: provider, From: intent.From(ref),
		})
		if !a.node.get("required").boolean() {
			r.diags.Tell(diag.Assumption, ref.Object+" asks "+provider+" for permission, but is not required",
				"Consul lets requests pass where nobody answers; here the answer counts as needed", "say required: true", ref)
		}
	}
}

// askedService is who is asked: a service of the mesh or an address of the proxy's
// own machine.
func askedService(config value) string {
	for _, kind := range []string{"grpcService", "httpService"} {
		target := config.get(kind).get("target")
		if name := target.get("service").get("name").text(); name != "" {
			return name
		}
		if uri := target.get("uri").text(); uri != "" {
			return uri
		}
	}
	return ""
}
