package rbac

import (
	"fmt"

	rbac "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
)

// principal decides who asks.
// source/extensions/filters/common/rbac/matchers.cc Matcher::create(Principal)
func principal(p *rbac.Principal, r *Request) bool {
	switch p := p.GetIdentifier().(type) {
	case *rbac.Principal_AndIds:
		for _, x := range p.AndIds.GetIds() {
			if !principal(x, r) {
				return false
			}
		}
		return true
	case *rbac.Principal_OrIds:
		return anyPrincipal(p.OrIds.GetIds(), r)
	case *rbac.Principal_NotId:
		return !principal(p.NotId, r)
	case *rbac.Principal_Any:
		return p.Any
	case *rbac.Principal_Authenticated_:
		return r.Peer != "" && (p.Authenticated.GetPrincipalName() == nil || Text(p.Authenticated.GetPrincipalName(), r.Peer))
	case *rbac.Principal_FilterState:
		v, there := r.FilterState[p.FilterState.GetKey()]
		return there && Text(p.FilterState.GetStringMatch(), v)
	case *rbac.Principal_DirectRemoteIp:
		return within(p.DirectRemoteIp, r.Direct)
	case *rbac.Principal_RemoteIp:
		return within(p.RemoteIp, r.Remote)
	case *rbac.Principal_Header:
		return Header(p.Header, r.Headers)
	case *rbac.Principal_Metadata:
		return metadata(p.Metadata, r)
	}
	panic(fmt.Sprintf("rbac: unknown principal %T", p.GetIdentifier()))
}

func anyPrincipal(ps []*rbac.Principal, r *Request) bool {
	for _, p := range ps {
		if principal(p, r) {
			return true
		}
	}
	return false
}
