package linkerd

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// authorization is a ServerAuthorization with the Servers that it is about.
type authorization struct {
	object  *source.Object
	servers []*server
}

// serverAuthorization reads a ServerAuthorization, the older form of a policy
// for Servers, which it finds by name or by their labels.
func (r *reader) serverAuthorization(o *source.Object) {
	spec := o.Need("spec")
	home := r.home(o)
	g := grant{home: home, clients: r.authorized(spec.Get("client"), o), from: intent.From(o.Ref())}
	servers := r.authorizes(o, spec.Get("server"))
	if match.IsFalse(g.clients) && len(o.Root.Problems()) == 0 {
		r.inert(o.Root, "ServerAuthorization "+o.Namespace+"/"+o.Name+" demands neither mutual TLS nor lets clients in without, and is ignored")
		return
	}
	if len(servers) > 0 {
		r.authorizations = append(r.authorizations, authorization{o, servers})
	}
	found, opaque := 0, ""
	for _, s := range servers {
		found++
		if s.opaque != "" {
			opaque = "the Server is kept verbatim"
			continue
		}
		s.grants = append(s.grants, g)
	}
	if found == 0 {
		opaque = "no Server that it is about is in the input"
		r.diags.Add(diag.UnknownReference, opaque, "add the Server to the input, or remove the policy", o.Ref())
	}
	if opaque != "" {
		r.verbatim(o, home, opaque)
	}
}

// authorizes lists the Servers that a ServerAuthorization is about.
func (r *reader) authorizes(o *source.Object, n *source.Node) []*server {
	name, selector := n.Get("name"), n.Get("selector")
	if (name == nil) == (selector == nil) {
		n.Reject("needs either name or selector")
		if n == nil {
			o.Root.Get("spec").Reject("has no server")
		}
		return nil
	}
	labels := gatewayapi.ReadSelector(selector)
	text := name.Str()
	var out []*server
	for _, s := range r.nearby(o.Namespace).servers {
		if name != nil && s.object.Name == text || selector != nil && holds(labels, s.home.Labels) {
			out = append(out, s)
		}
	}
	return out
}

// authorized reads whom a ServerAuthorization lets in. Without networks these
// are the cluster's, not all.
// linkerd2 policy-controller/grpc/src/inbound.rs to_authz
func (r *reader) authorized(n *source.Node, o *source.Object) match.Expr {
	if n == nil {
		o.Root.Get("spec").Reject("has no client")
		return match.False
	}
	address := blocks(r.in.Env.ClusterNetworks, place.Default(Name, "clusterNetworks"))
	if list := n.Get("networks"); len(list.Items()) > 0 {
		address = readNetworks(list)
	}
	open, tls := n.Get("unauthenticated"), n.Get("meshTLS")
	switch {
	case open.Bool() && tls != nil:
		n.Reject("has both unauthenticated and meshTLS")
	case open.Bool():
		return address
	case tls != nil:
		return match.Conj(r.authorizedTLS(tls, o), address)
	}
	return match.False
}

// authorizedTLS reads which identities are let in.
func (r *reader) authorizedTLS(n *source.Node, o *source.Object) match.Expr {
	any, names, accounts := n.Get("unauthenticatedTLS"), n.Get("identities"), n.Get("serviceAccounts")
	if any.Bool() {
		if names != nil || accounts != nil {
			n.Reject("has unauthenticatedTLS beside identities")
		}
		r.notTranslated("clients that use the mesh's TLS without an identity are not told apart; those with one are let in", any.Ref())
		return match.Or{authenticated(any.Ref()), match.Atom{Field: match.ClientIdentity, Op: match.Present, Ref: new(any.Ref())}}
	}
	var or match.Or
	for _, item := range names.Items() {
		or = append(or, r.ids.read(identityText(item), item.Ref()))
	}
	for _, item := range accounts.Items() {
		name := item.Get("name").Str()
		if name == "" {
			item.Reject("has no name")
		}
		or = append(or, r.ids.account(intent.Name{Namespace: cmp.Or(item.Get("namespace").Str(), o.Namespace), Name: name}, item.Ref()))
	}
	if len(or) == 0 {
		n.Reject("names no identity")
	}
	return match.Simplify(or)
}
