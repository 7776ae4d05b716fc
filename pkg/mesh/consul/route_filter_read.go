package consul

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// resourceFilters reads the filters of a rule, or of a backend where rule is nil. Of
// those of one kind the last counts, but for changes of headers.
// control-plane/api-gateway/common/translation.go translateHTTPFilters
func (r *reader) resourceFilters(rt *gatewayRoute, list *source.Node, rule *routeRule) (out routeFilters) {
	for _, n := range list.Items() {
		switch kind := n.Get("type").Str(); kind {
		case "RequestHeaderModifier":
			out.requests = append(out.requests, r.resourceHeaders(n.Get("requestHeaderModifier"), intent.OnRequest)...)
		case "ResponseHeaderModifier":
			out.responses = append(out.responses, r.resourceHeaders(n.Get("responseHeaderModifier"), intent.OnResponse)...)
			out.aside = append(out.aside, value{n, false})
		case "URLRewrite":
			r.resourceRewrite(n.Get("urlRewrite"), &out)
			out.aside = append(out.aside, value{n, false})
		case "ExtensionRef":
			r.extensionRef(rt, n.Get("extensionRef"), rule)
		default:
			n.MarkRead()
			r.inert(n, "consul-k8s passes a filter of type "+kind+" over")
		}
	}
	return out
}

// resourceRewrite reads a new path. Only the beginning of paths is rewritten, and no
// host.
func (r *reader) resourceRewrite(n *source.Node, out *routeFilters) {
	r.passedOver(n.Get("hostname"))
	path := n.Get("path")
	if path == nil {
		return
	}
	if path.Get("type").Str() != "ReplacePrefixMatch" {
		r.passedOver(path)
		return
	}
	if !out.rewrites.missing() {
		r.inert(out.rewrites.Node, "a filter after it says another path")
	}
	out.rewrites, out.rewrite = value{path, false}, value{path.Get("replacePrefixMatch"), false}
}

// resourceHeaders reads changes of headers, in the order in which an entry has them.
func (r *reader) resourceHeaders(n *source.Node, on intent.Message) (out []headerChange) {
	for _, v := range n.Get("remove").Items() {
		out = append(out, headerChange{intent.Headers{On: on, Op: intent.RemoveHeader, Name: strings.ToLower(v.Str()), From: intent.From(v.Ref())}, v})
	}
	for _, change := range []struct {
		key string
		op  intent.HeaderOp
	}{{"add", intent.AddHeader}, {"set", intent.SetHeader}} {
		for _, h := range n.Get(change.key).Items() {
			at := h.Get("value")
			out = append(out, headerChange{intent.Headers{On: on, Op: change.op, Name: strings.ToLower(h.Get("name").Str()), Value: at.Str(), From: intent.From(h.Ref())}, h})
		}
	}
	return out
}

// extensionRef reads a filter of consul-k8s that a rule refers to.
func (r *reader) extensionRef(rt *gatewayRoute, n *source.Node, rule *routeRule) {
	of, kind, name := n.Get("group").Str(), n.Get("kind").Str(), n.Get("name").Str()
	if of != group || !slices.Contains(routeFilterKinds, kind) {
		rt.beyond = "it refers to " + kind + " " + name + ", of which consul-k8s knows nothing"
		return
	}
	if kind == "RouteAuthFilter" || kind == "RouteExtAuthz" {
		rt.beyond = "tokens or permission are asked for by " + kind + " " + name
		return
	}
	i := slices.IndexFunc(r.in.Objects, func(o *source.Object) bool {
		return o.Group() == group && o.Kind == kind && o.Namespace == rt.object.Namespace && o.Name == name
	})
	switch {
	case i < 0:
		rt.beyond = "it refers to " + kind + " " + name + ", which is not in the input"
	case kind == "RouteRetryFilter" || kind == "RouteTimeoutFilter":
		r.ruleFilter(rt, r.in.Objects[i], rule)
	default:
		rt.beyond = "it refers to " + kind + " " + name
	}
}

// routeFilterKinds are those that consul-k8s knows.
var routeFilterKinds = []string{"RouteRetryFilter", "RouteTimeoutFilter", "RouteAuthFilter", "RouteExtProc", "RouteExtAuthz", "RouteTLSSDSFilter"}

// ruleFilter reads how often requests are tried and how long they may take. On a backend
// that has no effect.
func (r *reader) ruleFilter(rt *gatewayRoute, o *source.Object, rule *routeRule) {
	spec := specOf(o)
	r.home(o)
	rt.uses = append(rt.uses, o)
	switch {
	case rule == nil:
		spec.Node.MarkRead()
		r.inert(spec.Node, "of a backend it has no effect")
	case o.Kind == "RouteRetryFilter":
		rule.retry = r.readRetry(spec)
	default:
		rule.timeout = readTimeout(spec)
	}
}
