package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
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

// grantedRule checks that a rule of a route on a Gateway may send requests, and copies of
// them, to other namespaces. Without a grant requests for such a backend get a 500, and
// copies are not made.
// https://gateway-api.sigs.k8s.io/reference/spec/#referencegrant; istio
// pilot/pkg/config/kube/gateway/conversion.go buildDestination; cilium
// operator/pkg/model/ingestion/gateway.go IsBackendReferenceAllowed
func (a *attacher) grantedRule(r *Route, rule *intent.Rule) {
	if f, ok := rule.Then.(intent.Forward); ok {
		to := slices.Clone(f.To)
		for i := range to {
			a.granted(r, &to[i], "its share of requests gets a 500")
		}
		rule.Then = intent.Forward{To: to}
	}
	rule.Steps = slices.Clone(rule.Steps)
	for i, s := range rule.Steps {
		if m, copies := s.(intent.Mirror); copies {
			a.granted(r, &m.To, "no copies are sent to it")
			rule.Steps[i] = m
		}
	}
}

// granted marks a backend of a route as missing that no grant of the input is for: who
// owns its namespace has not let the route in, and a translation does not either.
func (a *attacher) granted(r *Route, b *intent.Backend, then string) {
	if b.Host.Service.Namespace == r.Object.Namespace || b.Host.Service.IsZero() {
		return
	}
	if refs := a.grant(r.Object.Kind, r.Object.Namespace, "Service", b.Host.Service); refs != nil {
		b.From = append(slices.Clone(b.From), refs...)
		return
	}
	b.Missing = true
	a.diags.Tell(diag.UnknownReference, "no ReferenceGrant in the input lets "+r.Object.Kind+" "+r.Object.Namespace+"/"+r.Object.Name+
		" refer to Service "+b.Host.String(), then, "add the ReferenceGrant to the input if the cluster has one", b.From...)
}

// grant marks the grant that lets an object of a kind in a namespace refer to
// another as used, and returns where it says so; nil is none.
func (a *attacher) grant(fromKind, from, toKind string, to intent.Name) []place.Ref {
	g := slices.IndexFunc(a.grants, func(g Grant) bool { return g.Permits(fromKind, from, toKind, to) })
	if g < 0 {
		return nil
	}
	for _, ref := range a.grants[g].refs {
		a.used[ref] = true
	}
	return a.grants[g].refs
}
