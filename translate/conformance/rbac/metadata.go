package rbac

import (
	"fmt"

	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/types/known/structpb"
)

// metadata decides by what earlier filters wrote.
// source/common/common/matchers.cc MetadataMatcher::match
func metadata(m *matcher.MetadataMatcher, r *Request) bool {
	return value(m.GetValue(), lookup(m, r)) != m.GetInvert()
}

// lookup follows a path; nil where it ends before.
func lookup(m *matcher.MetadataMatcher, r *Request) *structpb.Value {
	at := structpb.NewStructValue(r.Metadata[m.GetFilter()])
	for _, segment := range m.GetPath() {
		at = at.GetStructValue().GetFields()[segment.GetKey()]
	}
	return at
}

func value(m *matcher.ValueMatcher, v *structpb.Value) bool {
	switch p := m.GetMatchPattern().(type) {
	case *matcher.ValueMatcher_StringMatch:
		s, is := v.GetKind().(*structpb.Value_StringValue)
		return is && Text(p.StringMatch, s.StringValue)
	case *matcher.ValueMatcher_ListMatch:
		for _, x := range v.GetListValue().GetValues() {
			if value(p.ListMatch.GetOneOf(), x) {
				return true
			}
		}
		return false
	case *matcher.ValueMatcher_OrMatch:
		for _, x := range p.OrMatch.GetValueMatchers() {
			if value(x, v) {
				return true
			}
		}
		return false
	}
	panic(fmt.Sprintf("rbac: unknown value matcher %T", m.GetMatchPattern()))
}
