package rbac

import (
	"maps"
	"slices"

	rbac "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
)

// matched is the name of the first policy that holds, in the order of names; ""
// is none. A policy holds where one permission and one principal do.
// source/extensions/filters/common/rbac/engine_impl.cc checkPolicyMatch
func matched(rules *rbac.RBAC, r *Request) string {
	for _, name := range slices.Sorted(maps.Keys(rules.GetPolicies())) {
		p := rules.GetPolicies()[name]
		if p.GetCondition() != nil || p.GetCheckedCondition() != nil {
			panic("rbac: conditions are unknown")
		}
		if anyPermission(p.GetPermissions(), r) && anyPrincipal(p.GetPrincipals(), r) {
			return name
		}
	}
	return ""
}

// admits reports whether rules let a request in, and by which policy.
func admits(rules *rbac.RBAC, r *Request) (bool, string) {
	name := matched(rules, r)
	switch rules.GetAction() {
	case rbac.RBAC_ALLOW:
		return name != "", name
	case rbac.RBAC_DENY:
		return name == "", name
	case rbac.RBAC_LOG:
		return true, name
	}
	panic("rbac: unknown action " + rules.GetAction().String())
}
