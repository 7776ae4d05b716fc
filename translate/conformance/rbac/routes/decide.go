package routes

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
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

// Upgrades reports whether a host redirects all that comes in plain to https, whatever its
// routes say.
// source/common/router/config_impl.cc VirtualHostImpl::getRouteFromEntries
func Upgrades(c *route.RouteConfiguration, r *Request) bool {
	return host(c.GetVirtualHosts(), r.Headers[":authority"]).GetRequireTls() == route.VirtualHost_ALL
}

func answer(c *route.RouteConfiguration, v *route.VirtualHost, e *route.Route, r *Request) Answer {
	switch a := e.GetAction().(type) {
	case *route.Route_DirectResponse:
		return Answer{Status: int(a.DirectResponse.GetStatus()), Body: body(a.DirectResponse.GetBody())}
	case *route.Route_Redirect:
		return Answer{Status: redirects[a.Redirect.GetResponseCode()], Redirect: a.Redirect, Prefix: prefixOf(e.GetMatch())}
	case *route.Route_Route:
		out := forward(v, a.Route)
		out.Filters = e.GetTypedPerFilterConfig()
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
	if len(v.GetRequestMirrorPolicies()) > 0 || a.GetMaxStreamDuration().GetMaxStreamDuration() != nil || len(a.GetInternalRedirectPolicy().GetPredicates()) > 0 {
		panic("routes: unknown part of " + a.String())
	}
	out := Answer{Timeout: patience, Idle: a.GetIdleTimeout().AsDuration()}
	for _, m := range a.GetRequestMirrorPolicies() {
		out.Mirrors = append(out.Mirrors, Share{Cluster: m.GetCluster(), Weight: millionths(m)})
	}
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
				Host:     w.GetHostRewriteLiteral(),
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
	switch to.GetHostRewriteSpecifier().(type) {
	case nil, *route.RouteAction_HostRewriteLiteral:
		a.Host = to.GetHostRewriteLiteral()
	default:
		panic("routes: unknown rewrite in " + to.String())
	}
	if to.GetPathRewritePolicy() != nil {
		panic("routes: unknown rewrite in " + to.String())
	}
	if x := to.GetRegexRewrite(); x != nil {
		a.Regex, a.Substitution = x.GetPattern().GetRegex(), x.GetSubstitution()
		a.Path = substituted(a.Regex, a.Substitution, a.Path)
		return
	}
	if a.To = to.GetPrefixRewrite(); a.To == "" {
		return
	}
	if a.Prefix = prefixOf(m); a.Prefix != "" {
		a.Path = a.To + a.Path[len(a.Prefix):]
	} else {
		a.Path = a.To
	}
}

// prefixOf is the prefix that a route matches, "" where it matches whole paths.
func prefixOf(m *route.RouteMatch) string {
	switch p := m.GetPathSpecifier().(type) {
	case *route.RouteMatch_Prefix:
		return p.Prefix
	case *route.RouteMatch_PathSeparatedPrefix:
		return p.PathSeparatedPrefix
	}
	return ""
}

// body is the text of a direct response.
func body(d *core.DataSource) string {
	switch d.GetSpecifier().(type) {
	case nil, *core.DataSource_InlineString, *core.DataSource_InlineBytes:
		return d.GetInlineString() + string(d.GetInlineBytes())
	}
	panic("routes: unknown body " + d.String())
}

// millionths is the share of requests that a mirror gets: all where it says none.
func millionths(m *route.RouteAction_RequestMirrorPolicy) uint32 {
	f := m.GetRuntimeFraction().GetDefaultValue()
	if m.GetRuntimeFraction() == nil {
		return 1e6
	}
	return f.GetNumerator() * map[typev3.FractionalPercent_DenominatorType]uint32{
		typev3.FractionalPercent_HUNDRED: 1e4, typev3.FractionalPercent_TEN_THOUSAND: 1e2, typev3.FractionalPercent_MILLION: 1,
	}[f.GetDenominator()]
}

// substituted replaces all that a regular expression finds; \N is its group N.
// RE2::GlobalReplace
func substituted(pattern, by, path string) string {
	re, err := regexp.Compile(pattern)
	if err != nil {
		panic("routes: Envoy rejects the regular expression " + pattern)
	}
	by = groups.ReplaceAllString(strings.ReplaceAll(by, "$", "$$"), "$${$1}")
	return re.ReplaceAllString(path, by)
}

var groups = regexp.MustCompile(`\\([0-9])`)
