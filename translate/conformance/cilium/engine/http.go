package engine

import (
	"regexp"
	"slices"
	"strings"

	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/policy/types"
	cilium "github.com/cilium/proxy/go/cilium/api"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// HTTP is what a proxy sees of a request. Path has the query string, Host the
// port if one was sent.
type HTTP struct {
	Method, Path, Host string
	Headers            map[string]string // by lower-case name
}

// value is what Envoy matches under a header's name.
func (h *HTTP) value(name string) (string, bool) {
	switch strings.ToLower(name) {
	case ":path":
		return h.Path, true
	case ":method":
		return h.Method, true
	case ":authority", "host": // source/common/http/header_map_impl.cc
		return h.Host, true
	case ":scheme":
		return "http", true
	}
	v, ok := h.Headers[strings.ToLower(name)]
	return v, ok
}

// passes reports whether the rules for one selector let the request pass.
func (h *HTTP) passes(p *policy.PerSelectorPolicy) bool {
	if p == nil {
		return true
	}
	if p.Verdict != types.Allow {
		return false
	}
	rules := p.EnvoyHTTPRules()
	if rules == nil {
		return p.L7Parser == policy.ParserTypeNone
	}
	return slices.ContainsFunc(rules.GetHttpRules(), h.matches)
}

// matches reports whether one rule holds. Header matches with an action for a
// mismatch let requests pass. cilium/proxy cilium/network_policy.cc
func (h *HTTP) matches(r *cilium.HttpNetworkPolicyRule) bool {
	for _, m := range r.GetHeaders() {
		if !h.header(m) {
			return false
		}
	}
	for _, m := range r.GetHeaderMatches() {
		v, ok := h.value(m.GetName())
		holds := ok && (m.GetValue() == "" || v == m.GetValue())
		if !holds && m.GetMismatchAction() == cilium.HeaderMatch_FAIL_ON_MISMATCH {
			return false
		}
	}
	return true
}

func (h *HTTP) header(m *route.HeaderMatcher) bool {
	v, ok := h.value(m.GetName())
	holds := false
	switch s := m.GetHeaderMatchSpecifier().(type) {
	case *route.HeaderMatcher_StringMatch:
		holds = ok && text(s.StringMatch, v)
	case *route.HeaderMatcher_PresentMatch:
		holds = ok == s.PresentMatch
	case *route.HeaderMatcher_SafeRegexMatch:
		holds = ok && full(s.SafeRegexMatch.GetRegex(), v)
	case *route.HeaderMatcher_ExactMatch:
		holds = ok && v == s.ExactMatch
	default:
		panic("engine: unknown header matcher")
	}
	return holds != m.GetInvertMatch()
}

func text(m *matcher.StringMatcher, v string) bool {
	switch p := m.GetMatchPattern().(type) {
	case *matcher.StringMatcher_Exact:
		return v == p.Exact
	case *matcher.StringMatcher_SafeRegex:
		return full(p.SafeRegex.GetRegex(), v)
	}
	panic("engine: unknown string matcher")
}

// full matches the whole value as RE2 does.
func full(pattern, v string) bool {
	return regexp.MustCompile(`\A(?:` + pattern + `)\z`).MatchString(v)
}
