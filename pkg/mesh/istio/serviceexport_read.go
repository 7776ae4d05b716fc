package istio

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// serviceExport says on a Service to which namespaces Istio shows it.
// https://istio.io/latest/docs/reference/config/annotations/#NetworkingExportTo
const serviceExport = "networking.istio.io/exportTo"

// serviceExports keeps apart Services that are shown to callers of some namespaces alone:
// pilot makes no routes for them in the proxies of others, and what is said of their hosts
// does not hold there.
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
			others := match.Negate(shown)
			why := "callers of namespaces other than " + p.Value + " do not know the Service, and no route holds for what they send there"
			r.m.Opaque = append(r.m.Opaque, &intent.Opaque{
				Mesh: Name, Kind: "Service", At: p.From[0], Scope: intent.Scope{Client: others}, Hosts: []intent.Host{{Service: s.Name}}, Why: why, From: p.From,
			})
			r.add(diag.NotTranslated, "the annotation "+serviceExport+" of Service "+s.Name.String()+" is understood by Istio only: "+why,
				"see who calls the Service from elsewhere, and whether the routes may hold for them", p.From[0])
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
