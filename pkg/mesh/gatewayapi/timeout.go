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

// perTry moves the bound of one attempt to the retries that it belongs to, if
// there are any; the API says both by one field.
func perTry(rule *intent.Rule) {
	if rule.Retry == nil || rule.Timeout == nil || rule.Timeout.Backend == nil {
		return
	}
	rule.Retry.PerTry = rule.Timeout.Backend
	rule.Retry.From = append(rule.Retry.From, rule.Timeout.From...)
	rule.Timeout.Backend = nil
	if rule.Timeout.Request == nil {
		rule.Timeout = nil
	}
}

// withPerTry is the inverse of perTry. An attempt is bounded by the request in
// any case, which the API wants to be written so.
func withPerTry(t *intent.Timeout, r *intent.Retry) *intent.Timeout {
	if r == nil || r.PerTry == nil || r.Attempts == 0 {
		return t
	}
	out := intent.Timeout{From: r.From}
	if t != nil {
		out = *t
	}
	out.Backend = r.PerTry
	if out.Request != nil && *out.Request != 0 && *out.Backend > *out.Request {
		out.Backend = out.Request
	}
	return &out
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
	if len(n.Kids) == 0 {
		return nil
	}
	return n
}
