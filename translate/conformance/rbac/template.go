package rbac

import (
	"regexp"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	template "github.com/envoyproxy/go-control-plane/envoy/extensions/path/match/uri_template/v3"
)

// The characters of a segment, and of several.
// source/extensions/path/uri_template_lib/uri_template_internal.h
const (
	oneSegment = `[a-zA-Z0-9\-._~%!$&'()*+,;=:@]+`
	segments   = `[a-zA-Z0-9\-._~%!$&'()*+,;=:@/]*`
)

// pathTemplate decides by a template: "*" is one segment, "**" any characters of
// a path.
func pathTemplate(c *core.TypedExtensionConfig, r *Request) bool {
	var t template.UriTemplateMatchConfig
	if err := c.GetTypedConfig().UnmarshalTo(&t); err != nil {
		panic("rbac: unknown template " + c.GetName())
	}
	path, ok := r.path()
	return ok && whole(templateExpr(t.GetPathTemplate()), path)
}

func templateExpr(s string) string {
	parts := strings.Split(s, "/")
	for i, p := range parts {
		switch p {
		case "*":
			parts[i] = oneSegment
		case "**":
			parts[i] = segments
		default:
			parts[i] = regexp.QuoteMeta(p)
		}
	}
	return strings.Join(parts, "/")
}
