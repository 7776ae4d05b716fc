package linkerd

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// policyTarget is what an AuthorizationPolicy is about, in its own namespace.
type policyTarget struct{ kind, namespace, name string }

// writtenPolicy is an AuthorizationPolicy to be written.
type writtenPolicy struct {
	at      policyTarget
	home    *intent.Home // the object that it stems from; nil is none
	clients match.Expr
	from    intent.Origin
}

// plan notes a policy for a grant; one for the same clients at the same target
// has it already.
func (w *admissionWriter) plan(at policyTarget, g legal.Grant) {
	i := slices.IndexFunc(w.policies, func(p *writtenPolicy) bool { return p.at == at && match.Equal(p.clients, g.Clients) })
	if i >= 0 {
		w.policies[i].from = append(w.policies[i].from, g.Fact.From...)
		return
	}
	w.policies = append(w.policies, &writtenPolicy{at: at, home: g.Fact.Home, clients: g.Clients, from: slices.Clone(g.Fact.From)})
	w.homes[g.Fact.Home]++
}

// policy prints an AuthorizationPolicy and the authentications that it demands.
func (w *admissionWriter) policy(p *writtenPolicy) {
	a, why := w.ids.authentication(p.clients)
	if why != "" {
		panic("linkerd: clients that cannot be said: " + why)
	}
	refs := manifest.List()
	if len(a.identities) > 0 {
		refs.Append(w.meshTLS(p, a.identities))
	}
	if len(a.networks) > 0 || len(a.identities) == 0 {
		refs.Append(w.network(p, a.networks))
	}
	o := manifest.New(groupPolicy+"/v1alpha1", "AuthorizationPolicy", p.at.namespace, w.policyName(p, refs))
	if p.home != nil && isPolicy(p.home) {
		w.writeHome(o, p.home)
	}
	o.Root.Because(p.from...)
	o.From = p.from
	target := manifest.Map().Set("group", manifest.Str(groupPolicy)).Set("kind", manifest.Str(p.at.kind)).Set("name", manifest.Str(p.at.name))
	o.Root.Set("spec", manifest.Map().Set("targetRef", target).Set("requiredAuthenticationRefs", refs))
	w.out = append(w.out, o)
}

// isPolicy reports whether an object of the input is one that lets clients in.
func isPolicy(h *intent.Home) bool {
	return h.Kind == "AuthorizationPolicy" || h.Kind == "ServerAuthorization"
}

// writeHome carries an object's metadata to each policy that stems from it, and
// its comment to the first.
func (w *admissionWriter) writeHome(o *manifest.Object, h *intent.Home) {
	written := *h
	if w.commented[h] {
		written.Comment = ""
	}
	w.commented[h] = true
	gatewayapi.WriteHome(o, &written, nil)
}

// policyName is the name of the policy that it stems from, if that becomes one
// policy only; otherwise that of what it is about, then with whom it lets in.
func (w *admissionWriter) policyName(p *writtenPolicy, refs *manifest.Node) string {
	own := ""
	if p.home != nil && isPolicy(p.home) && w.homes[p.home] == 1 && p.home.Namespace == p.at.namespace {
		own = p.home.Name
	}
	whom := refs.Kids[len(refs.Kids)-1].Get("name").Text
	return w.name.name("AuthorizationPolicy", p.at.namespace, own, p.at.name, joined(p.at.name, whom))
}

// written returns a reference to an authentication, and whether it is there
// already; key tells what it says.
func (w *admissionWriter) written(kind, namespace, key string, names ...string) (ref *manifest.Node, name string, there bool) {
	at := [3]string{kind, namespace, key}
	name, there = w.authentications[at]
	if !there {
		name = w.name.name(kind, namespace, names...)
		w.authentications[at] = name
	}
	ref = manifest.Map().Set("group", manifest.Str(groupPolicy)).Set("kind", manifest.Str(kind)).Set("name", manifest.Str(name))
	return ref, name, there
}

// meshTLS prints a MeshTLSAuthentication, unless there is one that says the same.
func (w *admissionWriter) meshTLS(p *writtenPolicy, ids []identity) *manifest.Node {
	const kind = "MeshTLSAuthentication"
	ref, name, there := w.written(kind, p.at.namespace, keysOf(ids), sourceName(p.from, p.at.namespace, kind), identitiesName(ids), p.at.name+"-clients")
	if there {
		return ref
	}
	o := manifest.New(groupPolicy+"/v1alpha1", kind, p.at.namespace, name)
	o.From = p.from
	o.Root.Because(p.from...)
	if !slices.ContainsFunc(ids, func(d identity) bool { return d.ref == (intent.Name{}) }) {
		refs := manifest.List()
		for _, d := range ids {
			refs.Append(identityRef(d, p.at.namespace))
		}
		o.Root.Set("spec", manifest.Map().Set("identityRefs", refs))
	} else {
		names := manifest.List()
		for _, d := range ids {
			names.Append(manifest.Str(d.text).Because(d.at...))
		}
		o.Root.Set("spec", manifest.Map().Set("identities", names))
	}
	w.out = append(w.out, o)
	return ref
}

// identityRef prints a reference to a service account, or to all of a namespace.
func identityRef(d identity, namespace string) *manifest.Node {
	n := manifest.Map().Because(d.at...)
	if d.ref.Name == "" {
		return n.Set("kind", manifest.Str("Namespace")).Set("name", manifest.Str(d.ref.Namespace))
	}
	n.Set("kind", manifest.Str("ServiceAccount")).Set("name", manifest.Str(d.ref.Name))
	if d.ref.Namespace != namespace {
		n.Set("namespace", manifest.Str(d.ref.Namespace))
	}
	return n
}

// identitiesName names up to two identities by their accounts or namespaces; ""
// where there are more.
func identitiesName(ids []identity) string {
	var parts []string
	for _, d := range ids {
		text := cmp.Or(d.ref.Name, d.ref.Namespace)
		if text == "" && d.text == anyone {
			text = "all-authenticated"
		}
		parts = append(parts, slug(cmp.Or(text, d.text)))
	}
	if len(parts) > 2 {
		return ""
	}
	return joined(parts...)
}

// network prints a NetworkAuthentication, unless there is one that says the same;
// no networks are all of them.
func (w *admissionWriter) network(p *writtenPolicy, networks []network) *manifest.Node {
	const kind = "NetworkAuthentication"
	name := "networks"
	if len(networks) == 0 {
		name = "anywhere"
		for _, b := range everyBlock {
			networks = append(networks, network{block: b})
		}
	} else if len(networks) == 1 && len(networks[0].except) == 0 {
		name = slug(networks[0].key())
	}
	ref, name, there := w.written(kind, p.at.namespace, keysOf(networks), sourceName(p.from, p.at.namespace, kind), name, p.at.name+"-networks")
	if there {
		return ref
	}
	o := manifest.New(groupPolicy+"/v1alpha1", kind, p.at.namespace, name)
	o.From = p.from
	o.Root.Because(p.from...)
	list := manifest.List()
	for _, n := range networks {
		item := manifest.Map().Because(n.at...).Set("cidr", manifest.Str(n.block.String()))
		var except []string
		for _, e := range n.except {
			except = append(except, e.String())
		}
		list.Append(item.Set("except", manifest.Strs(except...)))
	}
	o.Root.Set("spec", manifest.Map().Set("networks", list))
	w.out = append(w.out, o)
	return ref
}
