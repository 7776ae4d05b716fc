package gatewayapi

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// The conditions of answers: "" for a part that can be said, or what does not
// fit. Parts of other kinds, and none, fit.

// namesPort holds for tables of one port: a backend names one.
func namesPort(p intent.Part) string {
	if t, ok := p.(*intent.Routing); ok && t.Port == 0 && t.Entry.IsZero() {
		return "a backend names a port, and the routes are for all ports"
	}
	return ""
}

// consumes holds for tables for the clients of a namespace that is not the
// Service's own: there, a route is for all clients.
func consumes(p intent.Part) string {
	if t, ok := p.(*intent.Routing); ok && t.Entry.IsZero() && clientNamespace(t.Scope.Client) == t.Host.Service.Namespace {
		return "a route in the Service's own namespace is for all clients"
	}
	return ""
}

// asGRPC holds for tables whose rules have nothing that only HTTPRoutes say.
func asGRPC(p intent.Part) string {
	t, ok := p.(*intent.Routing)
	if !ok || t.Protocol != intent.GRPC {
		return ""
	}
	for i := range t.Rules {
		r := &t.Rules[i]
		_, redirect := r.Then.(intent.Redirect)
		if r.Timeout != nil || r.Retry != nil || redirect || slices.ContainsFunc(r.Steps, onlyHTTP) {
			return "a GRPCRoute has no timeouts, retries, redirects, rewrites and CORS"
		}
	}
	return ""
}

func onlyHTTP(s intent.Step) bool {
	switch s.(type) {
	case intent.Rewrite, intent.CORS:
		return true
	}
	return false
}

func redirects(p intent.Part) string {
	r, ok := p.(intent.Redirect)
	switch {
	case !ok:
		return ""
	case r.Scheme != "" && r.Scheme != "http" && r.Scheme != "https":
		return "a redirect is to http or https"
	case r.Port == intent.RequestPort:
		return "a redirect to another scheme leads to its port, or to one that is named"
	case r.Host != "" && (!formHost.fits(r.Host) || r.Host[0] == '*'):
		return "a redirect is to a host name"
	}
	return pathModifier(r.Path)
}

func rewrites(p intent.Part) string {
	r, ok := p.(intent.Rewrite)
	if !ok {
		return ""
	}
	return pathModifier(r.Path)
}

func pathModifier(p *intent.PathRewrite) string {
	if p != nil && p.Kind != intent.FullPath && p.Kind != intent.SegmentPrefix {
		return "the whole path or a prefix of segments is replaced"
	}
	return ""
}

// responds holds for the answers that routes give by themselves.
func responds(p intent.Part) string {
	if r, ok := p.(intent.Respond); ok && (r.Status != 500 || r.Body != "") {
		return "rules answer only 500, by naming no backends"
	}
	return ""
}

func crosses(p intent.Part) string {
	c, ok := p.(intent.CORS)
	if !ok {
		return ""
	}
	for _, a := range c.Origins {
		if _, ok := origin(a); !ok {
			return "the origin " + a.Value + " is not one of the API"
		}
	}
	if c.ForwardPreflight != nil && *c.ForwardPreflight {
		return "preflight requests of other origins do not reach the Service"
	}
	return ""
}

// retries holds for a condition that is a code, or one that an implementation
// retries on by itself.
func retries(form RetryForm) func(intent.Part) string {
	return func(p intent.Part) string {
		r, ok := p.(*intent.Retry)
		if !ok || r == nil || r.Attempts == 0 {
			return ""
		}
		for _, on := range r.On {
			if _, isCode := retryCode(on); !isCode && !slices.Contains(form.On, on) {
				return "retries are on status codes that are listed one by one"
			}
		}
		return ""
	}
}

// someRetries holds for retries that are not said to be none.
func someRetries(p intent.Part) string {
	if r, ok := p.(*intent.Retry); ok && r != nil && r.Attempts == 0 {
		return "a route cannot say that there are no retries"
	}
	return ""
}

func listens(p intent.Part) string {
	l, ok := p.(*intent.Listener)
	if !ok || l == nil {
		return ""
	}
	switch {
	case l.Port < 1 || l.Port > 65535:
		return "a listener has a port between 1 and 65535"
	case len(l.Hosts) > 0 && l.Protocol == "TCP":
		return "a listener for TCP has no host names"
	case slices.ContainsFunc(l.Hosts, func(h string) bool { return !formHost.fits(h) }):
		return "a listener's host is a name, or a wildcard for the names below one"
	}
	return ""
}

// ownRoutes is ownOpaque for one implementation, which reads those parts of routes
// that are not translated in its own way, and some kinds not at all.
func ownRoutes(d Dialect) func(intent.Part) string {
	return func(p intent.Part) string {
		o, ok := p.(*intent.Opaque)
		switch {
		case !ok:
		case isRoute(o.Kind):
			return "implementations differ in what they make of it"
		case d.ignores(o.Kind), d.ignores(strings.TrimPrefix(o.At.Path, "spec.")), o.Purpose == intent.Sessions && d.ignores("sessionPersistence"),
			o.Kind == trafficPolicy && d.Budgets == BudgetsNone, o.Kind == tlsPolicy && d.BackendTLS == BackendTLSNone:
			return "the implementation does not read it"
		}
		return ownOpaque(p)
	}
}

func ownOpaque(p intent.Part) string {
	if o, ok := p.(*intent.Opaque); ok && o.Mesh != Name {
		return "it is understood by " + o.Mesh + " only"
	}
	return ""
}
