package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// Grant is one pair of from and to of a ReferenceGrant: objects of a kind in a
// namespace may refer to objects of a kind in the grant's own.
type Grant struct {
	fromGroup, fromKind, from string
	toGroup, toKind           string
	to                        intent.Name // an empty Name is every object
	refs                      []place.Ref
}

// ReadGrant reads a ReferenceGrant; an object that the API server would reject
// grants nothing.
func ReadGrant(o *source.Object) []Grant {
	var out []Grant
	spec := o.Need("spec")
	from, to := atMost(spec.Get("from"), 16), atMost(spec.Get("to"), 16)
	if len(from) == 0 || len(to) == 0 {
		spec.Reject("names no from or no to")
	}
	for _, f := range from {
		for _, t := range to {
			g := Grant{
				fromGroup: f.Get("group").Str(), fromKind: formName.need(f, "kind"), from: formName.need(f, "namespace"),
				toGroup: t.Get("group").Str(), toKind: formName.need(t, "kind"),
				to:   intent.Name{Namespace: o.Namespace, Name: t.Get("name").Str()},
				refs: []place.Ref{f.Ref(), t.Ref()},
			}
			out = append(out, g)
		}
	}
	if len(o.Root.Problems()) > 0 {
		return nil
	}
	return out
}

// Permits reports whether an object of a kind in a namespace may refer to
// another, of a kind in group "".
func (g Grant) Permits(fromKind, from, toKind string, to intent.Name) bool {
	return g.fromGroup == group && g.fromKind == fromKind && g.from == from &&
		g.toGroup == "" && g.toKind == toKind && g.to.Namespace == to.Namespace &&
		(g.to.Name == "" || g.to.Name == to.Name)
}
