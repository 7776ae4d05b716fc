package istio

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// serviceExport says on a Service to which namespaces Istio shows it.
// https://istio.io/latest/docs/reference/config/annotations/#NetworkingExportTo
const serviceExport = "networking.istio.io/exportTo"

// serviceExports reads of which Services only callers of some namespaces are told: pilot
// makes no routes for them in the proxies of others, and what is said of their hosts does
// not hold there.
// pilot/pkg/serviceregistry/kube/conversion.go ConvertService
func (r *reader) serviceExports() {
	for _, s := range r.in.Inventory.Services {
		for _, p := range s.Annotations {
			if p.Key != serviceExport || len(p.From) == 0 {
				continue
			}
			shown := shownTo(p, s.Name.Namespace)
			if shown == nil {
				continue
			}
			r.m.Visible = append(r.m.Visible, &intent.Visibility{
				Host: intent.Host{Service: s.Name}, Scope: intent.Scope{Client: match.Negate(shown)}, From: p.From,
			})
		}
	}
}

// shownTo are the callers to whom a list of namespaces shows a Service; nil is everyone, as
// of an empty list. "~" shows it to nobody.
func shownTo(list intent.Pair, own string) match.Expr {
	shown, said := []match.Expr{}, false
	for _, name := range strings.Split(list.Value, ",") {
		name = strings.TrimSpace(name)
		said = said || name != ""
		switch name {
		case "", "~":
			continue
		case "*":
			return nil
		case ".":
			name = own
		}
		shown = append(shown, match.Atom{Field: match.ClientNamespace, Value: name, Ref: &list.From[0]})
	}
	if !said {
		return nil
	}
	return match.Disj(shown...)
}
