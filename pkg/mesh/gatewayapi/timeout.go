package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
)

// timeouts reads rules[].timeouts; 0 is without limit.
func (r *routeReader) timeouts(n *source.Node) *intent.Timeout {
	if n == nil {
		return nil
	}
	t := &intent.Timeout{From: intent.From(n.Ref())}
	if request := n.Get("request"); request != nil && r.d.ignores("timeouts.request") {
		r.inert(request, "timeouts.request has no effect")
	} else {
		t.Request = readDuration(request)
	}
	backend := n.Get("backendRequest")
	each := readDuration(backend)
	if t.Request != nil && each != nil && *t.Request != 0 && *each > *t.Request {
		backend.Reject("is longer than the request's timeout")
	}
	if backend != nil && r.d.ignores("timeouts.backendRequest") {
		r.inert(backend, "timeouts.backendRequest has no effect")
	} else {
		t.Backend = each
	}
	n.Kind()
	if t.Request == nil && t.Backend == nil {
		return nil
	}
	return t
}

func writeTimeout(t *intent.Timeout, d Dialect) *manifest.Node {
	if t == nil {
		return nil
	}
	n := manifest.Map().Because(t.From...)
	if t.Request != nil && !d.ignores("timeouts.request") {
		n.Set("request", manifest.Str(FormatDuration(*t.Request)))
	}
	if t.Backend != nil && !d.ignores("timeouts.backendRequest") {
		n.Set("backendRequest", manifest.Str(FormatDuration(*t.Backend)))
	}
	if len(n.Keys) == 0 {
		return nil
	}
	return n
}
