package routes

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"github.com/transmesh/transmesh/translate/conformance/rbac"
)

// host finds the virtual host of an authority: exactly, by the longest suffix, by
// the longest prefix, or the one of all.
// source/common/router/config_impl.cc RouteMatcher::findVirtualHost
func host(all []*route.VirtualHost, authority string) *route.VirtualHost {
	authority = strings.ToLower(authority)
	var best *route.VirtualHost
	rank := 0
	for _, v := range all {
		for _, d := range v.GetDomains() {
			if n := domain(strings.ToLower(d), authority); n > rank {
				best, rank = v, n
			}
		}
	}
	return best
}

// domain ranks how a domain fits, 0 for not at all.
func domain(d, authority string) int {
	const suffixes, exactly = 1 << 20, 1 << 30
	switch {
	case d == authority:
		return exactly
	case d == "*":
		return 1
	case strings.HasPrefix(d, "*") && len(authority) >= len(d) && strings.HasSuffix(authority, d[1:]):
		return suffixes + len(d)
	case strings.HasSuffix(d, "*") && len(authority) >= len(d) && strings.HasPrefix(authority, d[:len(d)-1]):
		return 1 + len(d)
	}
	return 0
}

// holds reports whether a route takes a request.
// source/common/router/config_impl.cc RouteEntryImplBase::matchRoute
func holds(m *route.RouteMatch, r *Request) bool {
	if m.GetGrpc() != nil || m.GetRuntimeFraction() != nil || len(m.GetDynamicMetadata()) > 0 || m.GetTlsContext() != nil {
		panic("routes: unknown condition in " + m.String())
	}
	if !onPath(m, path(r)) {
		return false
	}
	for _, h := range m.GetHeaders() {
		if !rbac.Header(h, r.Headers) {
			return false
		}
	}
	for _, q := range m.GetQueryParameters() {
		if !onQuery(q, query(r)) {
			return false
		}
	}
	return true
}

// path is the path without query and fragment.
func path(r *Request) string {
	p := r.Headers[":path"]
	if i := strings.IndexAny(p, "?#"); i >= 0 {
		p = p[:i]
	}
	return p
}

func onPath(m *route.RouteMatch, path string) bool {
	fold := func(s string) string {
		if m.GetCaseSensitive() != nil && !m.GetCaseSensitive().GetValue() {
			return strings.ToLower(s)
		}
		return s
	}
	switch p := m.GetPathSpecifier().(type) {
	case *route.RouteMatch_Prefix:
		return strings.HasPrefix(fold(path), fold(p.Prefix))
	case *route.RouteMatch_Path:
		return fold(path) == fold(p.Path)
	case *route.RouteMatch_SafeRegex: // which has its own flags
		re, err := regexp.Compile(`\A(?:` + p.SafeRegex.GetRegex() + `)\z`)
		if err != nil {
			panic("routes: Envoy rejects the regular expression " + p.SafeRegex.GetRegex())
		}
		return re.MatchString(path)
	case *route.RouteMatch_PathSeparatedPrefix:
		rest, ok := strings.CutPrefix(fold(path), fold(p.PathSeparatedPrefix))
		return ok && (rest == "" || rest[0] == '/')
	}
	panic(fmt.Sprintf("routes: unknown path matcher %T", m.GetPathSpecifier()))
}

// query are the parameters, of which the first of a name counts.
func query(r *Request) url.Values {
	_, text, _ := strings.Cut(r.Headers[":path"], "?")
	text, _, _ = strings.Cut(text, "#")
	out := url.Values{}
	for _, pair := range strings.Split(text, "&") {
		if k, v, _ := strings.Cut(pair, "="); k != "" {
			out[k] = append(out[k], v)
		}
	}
	return out
}

// source/common/router/config_utility.cc QueryParameterMatcher::matches
func onQuery(m *route.QueryParameterMatcher, q url.Values) bool {
	vs, there := q[m.GetName()]
	switch s := m.GetQueryParameterMatchSpecifier().(type) {
	case *route.QueryParameterMatcher_PresentMatch:
		return there == s.PresentMatch
	case *route.QueryParameterMatcher_StringMatch:
		return there && rbac.Text(s.StringMatch, vs[0])
	case nil:
		return there
	}
	panic(fmt.Sprintf("routes: unknown query matcher %T", m.GetQueryParameterMatchSpecifier()))
}
