package rbac

import (
	"fmt"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// Header decides by a header matcher about headers by name in lower case. A header that is not there matches
// nothing, not even inverted, unless the matcher asks for its presence.
// source/common/http/header_utility.cc HeaderDataBaseImpl::matchesHeaders
func Header(m *route.HeaderMatcher, headers map[string]string) bool {
	v, there := headers[headerName(m.GetName())]
	switch s := m.GetHeaderMatchSpecifier().(type) {
	case *route.HeaderMatcher_PresentMatch:
		return there == s.PresentMatch != m.GetInvertMatch()
	case *route.HeaderMatcher_StringMatch:
		if !there && !m.GetTreatMissingHeaderAsEmpty() {
			return false
		}
		return Text(s.StringMatch, v) != m.GetInvertMatch()
	}
	panic(fmt.Sprintf("rbac: unknown header matcher %T", m.GetHeaderMatchSpecifier()))
}

// headerName is the name under which Envoy keeps a header: in lower case, and
// "host" as ":authority".
func headerName(name string) string {
	name = lower(name)
	if name == "host" {
		return ":authority"
	}
	return name
}
