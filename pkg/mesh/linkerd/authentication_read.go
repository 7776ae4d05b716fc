package linkerd

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// authenticator is a MeshTLSAuthentication or NetworkAuthentication as read.
type authenticator struct {
	object  *source.Object
	home    *intent.Home
	clients match.Expr
	// used says that a policy that has an effect refers to it, probes that one does that
	// only lets the kubelet's probes in.
	used, probes bool
}

// meshTLS reads a MeshTLSAuthentication: one of its identities.
func (r *reader) meshTLS(o *source.Object) {
	spec := o.Need("spec")
	names, refs := spec.Get("identities"), spec.Get("identityRefs")
	if (names == nil) == (refs == nil) {
		spec.Reject("needs either identities or identityRefs")
	}
	var or match.Or
	for _, item := range names.Items() {
		or = append(or, r.ids.read(identityText(item), item.Ref()))
	}
	for _, item := range refs.Items() {
		or = append(or, r.identityRef(item, o.Namespace))
	}
	if len(or) == 0 {
		spec.Reject("names no identity")
	}
	name := intent.Name{Namespace: o.Namespace, Name: o.Name}
	if r.mutual[name] == nil {
		r.mutual[name] = &authenticator{object: o, home: r.home(o), clients: match.Simplify(or)}
	}
}

// identityText reads a name as the CRD takes it.
func identityText(n *source.Node) string {
	text := n.Str()
	if n.Kind() == source.Scalar && text == "" {
		n.Reject("is empty")
	}
	return text
}

// identityRef reads a reference to a ServiceAccount or a Namespace.
func (r *reader) identityRef(n *source.Node, ns string) match.Expr {
	group, kind, name := n.Get("group").Str(), n.Get("kind").Str(), n.Get("name").Str()
	in := n.Get("namespace")
	switch {
	case group != "" && group != "core":
		n.Get("group").Reject("is not the core group")
	case name == "":
		n.Reject("has no name")
	case kind == "ServiceAccount":
		return r.ids.account(intent.Name{Namespace: cmp.Or(in.Str(), ns), Name: name}, n.Ref())
	case kind == "Namespace" && in != nil:
		in.Reject("cannot be said of a Namespace")
	case kind == "Namespace":
		return r.ids.namespace(name, r.ids.trust, n.Ref())
	default:
		n.Reject("is neither a ServiceAccount nor a Namespace")
	}
	return match.False
}

// network reads a NetworkAuthentication: one of its networks.
func (r *reader) network(o *source.Object) {
	list := o.Need("spec").Get("networks")
	if len(list.Items()) == 0 {
		o.Root.Get("spec").Reject("names no network")
	}
	name := intent.Name{Namespace: o.Namespace, Name: o.Name}
	if r.networks[name] == nil {
		r.networks[name] = &authenticator{object: o, home: r.home(o), clients: readNetworks(list)}
	}
}
