package istio

import (
	"maps"
	"slices"
	"strings"
)

// unmix spells service accounts as principals of any trust domain where
// principals or namespaces stand beside them, which Istio rejects; why tells that
// this cannot be. pkg/config/validation ValidateAuthorizationPolicy
func (f fields) unmix() (why string) {
	beside := func(k fieldKey) bool { return k.name == "principals" || k.name == "namespaces" }
	if !slices.ContainsFunc(slices.Collect(maps.Keys(f)), beside) {
		return ""
	}
	for _, not := range []bool{false, true} {
		accounts, principals := fieldKey{"serviceAccounts", not}, fieldKey{"principals", not}
		switch {
		case len(f[accounts]) == 0:
			continue
		case !not && len(f[principals]) > 0:
			return "it tests the principals twice"
		}
		for _, a := range f[accounts] {
			ns, account, _ := strings.Cut(a.Value, "/")
			a.Value = "*/ns/" + ns + "/sa/" + account
			f[principals] = append(f[principals], a)
		}
		delete(f, accounts)
	}
	return ""
}
