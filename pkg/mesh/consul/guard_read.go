package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// leafAt is the text of a value that need not be sound, without marking it as
// read; "" where there is none. Keys are compared in any letter case.
func leafAt(o *source.Object, path string) string {
	text := ""
	o.Root.Leaves(func(l source.Leaf) {
		if strings.EqualFold(l.Ref().Path, path) {
			text = l.Value()
		}
	})
	return text
}

// guards tells whom an object may guard that cannot be read: intentions their
// destination, wherever it is.
func guards(o *source.Object, inv *intent.Inventory) match.Expr {
	n := newNames(inv, intent.Defaults(), false)
	switch o.Kind {
	case kindIntentions, entryIntentions:
		name := o.Name
		if o.Group() == group {
			name = leafAt(o, "spec.destination.name")
		}
		if name == "" || strings.Contains(name, anyName) {
			return nil
		}
		n.hints[name] = o.Namespace
		return n.subject(service{"", name}, o.Ref())
	case kindDefaults, entryDefaults:
		n.hints[o.Name] = o.Namespace
		return n.subject(service{"", o.Name}, o.Ref())
	case "GatewayPolicy":
		return serviceAtom(o, cmp.Or(leafAt(o, "spec.targetRef.namespace"), o.Namespace), leafAt(o, "spec.targetRef.name"))
	case "TrafficPermissions":
		return accountAtoms(o, leafAt(o, "spec.destination.identityName"))
	}
	return nil
}

// keepers are the extensions of proxies by which they may keep requests out.
var keepers = []string{"builtin/ext-authz", "builtin/lua", "builtin/wasm"}

// mayKeep reports whether an object that says how the proxies of services run has one of the
// keepers.
func mayKeep(o *source.Object) bool {
	switch o.Kind {
	case kindDefaults, entryDefaults, kindProxyDefaults, entryProxies:
	default:
		return false
	}
	return slices.ContainsFunc(specOf(o).get("envoyExtensions").items(), func(e value) bool { return slices.Contains(keepers, e.get("name").text()) })
}

// accountAtoms is a predicate for the workloads of an account, all of the namespace
// where any is meant; nil is all, where no account can have the name.
func accountAtoms(o *source.Object, account string) match.Expr {
	home := match.Atom{Field: match.Namespace, Value: o.Namespace, Ref: new(o.Ref())}
	switch {
	case account == anyName:
		return home
	case !intent.IsLabel(account):
		return nil
	}
	return match.Conj(home, match.Atom{Field: match.Account, Value: account, Ref: new(o.Ref())})
}

// serviceAtom is a predicate for the workloads of a Service; nil is all, where no
// Service can have the name.
func serviceAtom(o *source.Object, namespace, name string) match.Expr {
	if !intent.IsLabel(namespace) || !intent.IsLabel(name) {
		return nil
	}
	return match.Atom{Field: match.Service, Value: namespace + "/" + name, Ref: new(o.Ref())}
}
