package routes

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// patience is the timeout of routes that say none.
const patience = 15 * time.Second

// Decide sends a request through a table: the first route of its virtual host that
// holds takes it.
func Decide(c *route.RouteConfiguration, r *Request) Answer {
	v, e := Find(c, r)
	if e == nil {
		return Answer{Status: http.StatusNotFound}
	}
	return answer(c, v, e, r)
}

// Find is the route that takes a request, and its virtual host; nil is none.
func Find(c *route.RouteConfiguration, r *Request) (*route.VirtualHost, *route.Route) {
	v := host(c.GetVirtualHosts(), r.Headers[":authority"])
	for _, e := range v.GetRoutes() {
		if holds(e.GetMatch(), r) {
			return v, e
		}
	}
	return nil, nil
}

func answer(c *route.RouteConfiguration, v *route.VirtualHost, e *route.Route, r *Request) Answer {
	switch a := e.GetAction().(type) {
	case *route.Route_DirectResponse:
		return Answer{Status: int(a.DirectResponse.GetStatus())}
	case *route.Route_Redirect:
		return Answer{Status: redirects[a.Redirect.GetResponseCode()]}
	case *route.Route_Route:
		out := forward(v, a.Route)
		out.rewrite(e.GetMatch(), a.Route, r)
		// The most specific come first: source/common/router/config_impl.cc
		// RouteEntryImplBase::getRequestHeaderParsers.
		out.Request = append(out.Request, changes(e.GetRequestHeadersToAdd(), e.GetRequestHeadersToRemove())...)
		out.Request = append(out.Request, changes(v.GetRequestHeadersToAdd(), v.GetRequestHeadersToRemove())...)
		out.Request = append(out.Request, changes(c.GetRequestHeadersToAdd(), c.GetRequestHeadersToRemove())...)
		out.Response = append(out.Response, changes(e.GetResponseHeadersToAdd(), e.GetResponseHeadersToRemove())...)
		out.Response = append(out.Response, changes(v.GetResponseHeadersToAdd(), v.GetResponseHeadersToRemove())...)
		out.Response = append(out.Response, changes(c.GetResponseHeadersToAdd(), c.GetResponseHeadersToRemove())...)
		return out
	}
	panic(fmt.Sprintf("routes: unknown action %T", e.GetAction()))
}

var redirects = map[route.RedirectAction_RedirectResponseCode]int{
	route.RedirectAction_MOVED_PERMANENTLY: 301, route.RedirectAction_FOUND: 302, route.RedirectAction_SEE_OTHER: 303,
	route.RedirectAction_TEMPORARY_REDIRECT: 307, route.RedirectAction_PERMANENT_REDIRECT: 308,
}

// forward says where requests go, how long they take, and when they are tried
// again. A retry policy of the route replaces that of the virtual host.
func forward(v *route.VirtualHost, a *route.RouteAction) Answer {
	if len(a.GetRequestMirrorPolicies())+len(v.GetRequestMirrorPolicies()) > 0 || a.GetMaxStreamDuration() != nil || len(a.GetInternalRedirectPolicy().GetPredicates()) > 0 {
		panic("routes: unknown part of " + a.String())
	}
	out := Answer{Timeout: patience, Idle: a.GetIdleTimeout().AsDuration()}
	if a.GetTimeout() != nil {
		out.Timeout = a.GetTimeout().AsDuration()
	}
	p := a.GetRetryPolicy()
	if p == nil {
		p = v.GetRetryPolicy()
	}
	out.Retry = retry(p)
	switch to := a.GetClusterSpecifier().(type) {
	case *route.RouteAction_Cluster:
		out.Shares = []Share{{Cluster: to.Cluster, Weight: 1}}
	case *route.RouteAction_WeightedClusters:
		for _, w := range to.WeightedClusters.GetClusters() {
			out.Shares = append(out.Shares, Share{
				Cluster: w.GetName(), Weight: w.GetWeight().GetValue(),
				Request:  changes(w.GetRequestHeadersToAdd(), w.GetRequestHeadersToRemove()),
				Response: changes(w.GetResponseHeadersToAdd(), w.GetResponseHeadersToRemove()),
			})
		}
	default:
		panic(fmt.Sprintf("routes: unknown cluster specifier %T", to))
	}
	return out
}

// retry reads a policy: without conditions nothing is tried again, and without a
// number once.
func retry(p *route.RetryPolicy) *Retry {
	if p.GetRetryOn() == "" {
		return nil
	}
	out := &Retry{Tries: 1, On: strings.Split(p.GetRetryOn(), ","), Codes: p.GetRetriableStatusCodes(), PerTry: p.GetPerTryTimeout().AsDuration()}
	if p.GetNumRetries() != nil {
		out.Tries = p.GetNumRetries().GetValue()
	}
	return out
}

// rewrite is the path as upstreams see it: what stands in for the matched prefix,
// whatever its letters' case, or for a path that was matched whole.
// source/common/router/config_impl.cc RouteEntryImplBase::finalizePathHeader
func (a *Answer) rewrite(m *route.RouteMatch, to *route.RouteAction, r *Request) {
	a.Path = path(r)
	if to.GetHostRewriteSpecifier() != nil || to.GetRegexRewrite() != nil || to.GetPathRewritePolicy() != nil {
		panic("routes: unknown rewrite in " + to.String())
	}
	if a.To = to.GetPrefixRewrite(); a.To == "" {
		return
	}
	switch p := m.GetPathSpecifier().(type) {
	case *route.RouteMatch_Prefix:
		a.Prefix, a.Path = p.Prefix, a.To+a.Path[len(p.Prefix):]
	case *route.RouteMatch_PathSeparatedPrefix:
		a.Prefix, a.Path = p.PathSeparatedPrefix, a.To+a.Path[len(p.PathSeparatedPrefix):]
	default:
		a.Path = a.To
	}
}
