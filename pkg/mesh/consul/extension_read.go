package consul

import (
	"cmp"
	"slices"

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
		case "builtin/lua", "builtin/wasm", "builtin/property-override":
			if why := lacking(name, args); why != "" {
				n.Node.Reject(why)
			}
			op := r.field(o, n, code[name])
			op.Purpose = intent.Code
			op.Security = slices.Contains(keepers, name)
			op.Scope = intent.Scope{Subject: r.names.subject(anyIfNone(s), n.Node.Ref())}
		case "builtin/otel-access-logging":
			r.reports(o, n, "it says where access logs go")
		case "builtin/aws/lambda":
			op := r.field(o, n, "it calls a function of AWS in place of the service")
			op.Instead = "have callers, or a Service of a small proxy, call the URL of the function, as a host outside the cluster"
		default:
			n.Node.Reject("is no extension that Consul has")
		}
	}
}

// code says what extensions do by which proxies do more than they do by themselves.
var code = map[string]string{
	"builtin/lua":               "it runs a script of Lua on requests",
	"builtin/wasm":              "it runs WebAssembly on requests or connections",
	"builtin/property-override": "it changes single fields of what Envoy is configured with",
}

// lacking is what the arguments of an extension need and do not say, or "".
// agent/envoyextensions/builtin, validate of each
func lacking(name string, args value) string {
	inOrOut := func(at value) bool { return at.text() == "inbound" || at.text() == "outbound" }
	switch p := args.get("protocol").text(); {
	case name == "builtin/lua" && (args.get("script").text() == "" || !inOrOut(args.get("listener"))):
		return "needs a script, and a listener that is inbound or outbound"
	case name == "builtin/property-override" && len(args.get("patches").items()) == 0:
		return "needs a patch"
	case name != "builtin/wasm":
		return ""
	case p != "tcp" && p != "http":
		return "needs a protocol that is tcp or http"
	case !inOrOut(args.get("listenerType")):
		return "needs a listenerType that is inbound or outbound"
	}
	return lackingCode(args.get("pluginConfig").get("vmConfig"))
}

// lackingCode is what is missing of where code comes from and of what runs it, or "".
// agent/envoyextensions/builtin/wasm/structs.go
func lackingCode(vm value) string {
	if !slices.Contains([]string{"", "v8", "wamr", "wavm", "wasmtime"}, vm.get("runtime").text()) {
		return "names a runtime that is none of v8, wamr, wavm and wasmtime"
	}
	file, remote := vm.get("code").get("local").get("filename").text(), vm.get("code").get("remote")
	at := remote.get("httpURI")
	service, uri := at.get("service").get("name").text(), at.get("uri").text()
	switch {
	case (file == "") == (service == "" && uri == ""):
		return "needs code that is either local, by the name of its file, or remote"
	case file != "":
		return ""
	case service == "" || uri == "":
		return "needs the service and the URI of its remote code"
	case remote.get("sha256").text() == "":
		return "needs the checksum sha256 of its remote code"
	}
	return ""
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

// askers lifts them: that the service asks, and in Consul's words how. Where the extension is not required, Consul lets requests
// pass if nobody answers.
// agent/envoyextensions/builtin/ext-authz/structs.go toEnvoyHttpFilter: FailureModeAllow
func (r *reader) askers() {
	for _, a := range r.asks {
		args := value{a.node.get("arguments").Node, true}
		provider := askedService(args.get("config"))
		if args.get("listenerType").text() == "outbound" || provider == "" {
			r.field(a.object, a.node, "it asks for permission elsewhere than at the service").Purpose = intent.Asking
			continue
		}
		op := r.field(a.object, a.node, "with which headers, body and patience "+provider+" is asked for permission")
		op.Purpose = intent.Asking
		ref := a.node.Node.Ref()
		r.m.Access = append(r.m.Access, &intent.Access{
			Home: r.home(a.object), Scope: intent.Scope{Subject: r.names.subject(anyIfNone(a.service), ref)},
			Effect: intent.Ask, Provider: provider, FailOpen: !a.node.get("required").boolean(), From: intent.From(ref),
		})
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
