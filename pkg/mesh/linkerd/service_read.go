package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// outbound lifts what clients do: what they are let out to, then profiles, since they put routes out of
// force, then routes, then the annotations of Services.
func (r *reader) outbound() {
	r.egress()
	r.readProfiles()
	in := r.in
	in.Objects = slices.DeleteFunc(slices.Clone(in.Objects), func(o *source.Object) bool { return r.egressRead[o] })
	tables, opaque, diags := gatewayapi.ReadRoutes(in, r.dialect())
	r.m.Opaque = append(r.m.Opaque, opaque...)
	r.diags = append(r.diags, diags...)
	r.compound()
	r.otherProtocol()
	r.m.Routing = r.pastRoutes(tables)
	for _, s := range r.in.Inventory.Services {
		if a := annotationsIn(s.Annotations); len(a) > 0 {
			r.service(s, a)
		}
	}
	r.profileTables()
	r.idle()
}

// service applies the annotations of a Service to its tables. Where it has none,
// they make one that changes no route.
func (r *reader) service(s *intent.Service, a annotations) {
	host := intent.Host{Service: s.Name}
	if p := r.profiles[profileKey{host: host}]; p != nil && p.decides() && a.any(serviceKeys...) {
		r.diags.Add(diag.Inert, "annotations of Service "+s.Name.String()+" have no effect beside its ServiceProfile", "remove them or the profile", a.from(serviceKeys...)...)
		return
	}
	if o, why := a.outlier(); why != "" {
		r.unreadable(s, why, a.from(accrualKeys...))
	} else if o != nil {
		r.m.Upstream = append(r.m.Upstream, &intent.Upstream{Host: host, At: intent.AtParent, Outlier: o, From: o.From})
	}
	if a.any(biaserKeys...) {
		r.notTranslated("the penalty of slow or failing endpoints is not translated", a.from(biaserKeys...)...)
	}
	found := false
	for _, t := range r.m.Routing {
		if t.Host == host {
			found = true
			r.inherit(s, a, t)
		}
	}
	if !found && a.any(routeKeys...) {
		t := &intent.Routing{Host: host, Rules: []intent.Rule{{Then: intent.Passthrough{}, From: a.from(routeKeys...)}}, Else: intent.Passthrough{}, From: s.From}
		r.inherit(s, a, t)
		if t.Rules[0].Retry != nil || t.Rules[0].Timeout != nil {
			r.m.Routing = append(r.m.Routing, t)
		}
	}
}

// biaserKeys are the annotations of Linkerd's load biaser.
var biaserKeys = []string{
	"balancer.alpha.linkerd.io/penalize-failures", "balancer.alpha.linkerd.io/load-biaser-penalty",
	"balancer.alpha.linkerd.io/load-biaser-max-retry-after",
}

// serviceKeys are all annotations of Services that are read.
var serviceKeys = slices.Concat(retryKeys, timeoutKeys, accrualKeys)

// inherit gives rules that say nothing of retries, or nothing of timeouts, what
// the Service says, all or nothing.
func (r *reader) inherit(s *intent.Service, a annotations, t *intent.Routing) {
	retry, why := a.retry(t.Protocol)
	if why != "" {
		r.unreadable(s, why, a.from(retryKeys...))
	}
	timeout, why := a.timeout()
	if why != "" {
		r.unreadable(s, why, a.from(timeoutKeys...))
	}
	for i := range t.Rules {
		rule := &t.Rules[i]
		if rule.Retry == nil {
			rule.Retry = retry
		}
		if rule.Timeout == nil {
			rule.Timeout = timeout
		}
	}
}

// unreadable says that a group of annotations of a Service has no effect, since
// one of them cannot be read.
func (r *reader) unreadable(s *intent.Service, why string, at intent.Origin) {
	r.diags.Add(diag.InvalidValue, "Service "+s.Name.String()+": "+why+"; this and the annotations beside it have no effect", "correct it", at...)
}

// compound reports timeouts of rules that have no effect because of how they are
// written.
func (r *reader) compound() {
	for _, o := range r.in.Objects {
		if o.Kind != "HTTPRoute" || len(o.Root.Problems()) > 0 {
			continue
		}
		bad := compoundTimeouts(o)
		for _, rule := range o.Root.Get("spec").Get("rules").Items() {
			if n := rule.Get("timeouts"); n != nil && bad[n.Ref()] && n.Ref() != (place.Ref{}) {
				r.inert(n.Get("request"), "a timeout of several units has no effect: Linkerd reads one number with one unit")
			}
		}
	}
}

// otherProtocol reports annotations of routes that stand on those of another protocol,
// or that Linkerd does not read of routes.
func (r *reader) otherProtocol() {
	for _, o := range r.in.Objects {
		key := map[string]string{"HTTPRoute": retryGRPC, "GRPCRoute": retryHTTP}[o.Kind]
		if key == "" || len(o.Root.Problems()) > 0 {
			continue
		}
		for _, e := range o.Root.Get("metadata").Get("annotations").Entries() {
			if (e.Key == key || meant(e.Key) && !slices.Contains(routeKeys, e.Key)) && !r.onlyServes(o) {
				r.inert(e.Value, e.Key+" has no effect on a route of kind "+o.Kind)
			}
		}
	}
}

// onlyServes reports whether a route is for Servers alone.
func (r *reader) onlyServes(o *source.Object) bool {
	i := slices.IndexFunc(r.routes, func(t *inboundRoute) bool { return t.object == o })
	return i >= 0 && !slices.ContainsFunc(o.Root.Get("spec").Get("parentRefs").Items(), func(p *source.Node) bool { return p.Get("kind").Text() != "Server" })
}

// routeKeys are the annotations of routes that are read.
var routeKeys = slices.Concat(retryKeys, timeoutKeys)
