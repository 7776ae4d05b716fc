package rbac

import (
	"fmt"

	rbac "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
)

// permission decides what is asked for.
// source/extensions/filters/common/rbac/matchers.cc Matcher::create(Permission)
func permission(p *rbac.Permission, r *Request) bool {
	switch p := p.GetRule().(type) {
	case *rbac.Permission_AndRules:
		for _, x := range p.AndRules.GetRules() {
			if !permission(x, r) {
				return false
			}
		}
		return true
	case *rbac.Permission_OrRules:
		return anyPermission(p.OrRules.GetRules(), r)
	case *rbac.Permission_NotRule:
		return !permission(p.NotRule, r)
	case *rbac.Permission_Any:
		return p.Any
	case *rbac.Permission_Header:
		return Header(p.Header, r.Headers)
	case *rbac.Permission_UrlPath:
		path, ok := r.path()
		return ok && Text(p.UrlPath.GetPath(), path)
	case *rbac.Permission_UriTemplate:
		return pathTemplate(p.UriTemplate, r)
	case *rbac.Permission_DestinationIp:
		return within(p.DestinationIp, r.Local)
	case *rbac.Permission_DestinationPort:
		return p.DestinationPort == r.Port
	case *rbac.Permission_RequestedServerName:
		return Text(p.RequestedServerName, r.SNI)
	case *rbac.Permission_Metadata:
		return metadata(p.Metadata, r)
	}
	panic(fmt.Sprintf("rbac: unknown permission %T", p.GetRule()))
}

func anyPermission(ps []*rbac.Permission, r *Request) bool {
	for _, p := range ps {
		if permission(p, r) {
			return true
		}
	}
	return false
}
