package legal

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// within is the target in an environment: what it cannot say there it cannot say.
func (t Target) within(env intent.Environment) Target {
	if t.Access.Reserved == nil || t.Access.Scope == nil {
		return t
	}
	ns, scope := t.Access.Reserved(env), t.Access.Scope
	t.Access.Scope = func(subject match.Expr) string {
		if ns != "" && names(subject, ns) {
			return "policies of namespace " + ns + " hold for the whole mesh"
		}
		return scope(subject)
	}
	return t
}

// names reports whether a scope is that of one namespace, or of part of it.
func names(subject match.Expr, ns string) bool {
	found := false
	match.Atoms(subject, func(a match.Atom, negated bool) {
		found = found || !negated && a.Field == match.Namespace && a.Op == match.Exact && a.Value == ns
	})
	return found
}
