package gatewayapi

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// setKind is the kind of listeners apart from their Gateway.
// https://gateway-api.sigs.k8s.io/geps/gep-1713/
const setKind = "ListenerSet"

// readListenerSet reads a ListenerSet as a gateway of its own at the address of
// another.
func readListenerSet(o *source.Object, d Dialect) *gateway {
	g := &gateway{object: o}
	home := ReadHome(o, nil)
	spec := o.Need("spec")
	parent := spec.Get("parentRef")
	if parent == nil {
		spec.Reject("has no parentRef")
	}
	e := &intent.Entry{
		Home: home, Name: intent.Name{Namespace: o.Namespace, Name: o.Name}, From: intent.From(o.Ref()),
		Parent: intent.Name{Namespace: cmp.Or(formLabel.read(parent.Get("namespace")), o.Namespace), Name: formObject.need(parent, "name")},
	}
	kind := cmp.Or(parent.Get("kind").Str(), "Gateway")
	if of := parent.Get("group"); kind != "Gateway" || of != nil && of.Str() != group {
		spec.MarkRead()
		g.inert(parent, "the parent is no Gateway")
		return g
	}
	g.readListeners(spec.Get("listeners"), d)
	if len(g.listeners) == 0 {
		spec.Reject("has no listeners")
	}
	if len(o.Root.Problems()) > 0 {
		g.inert(o.Root, "the API server rejects the object")
		g.opaque, g.listeners = nil, nil
		return g
	}
	g.entry = e
	return g
}

// inert says that a gateway has no effect, because of a part of it.
func (g *gateway) inert(n *source.Node, why string) {
	g.object.Root.Inert(why)
	code, fix := diag.Inert, "correct it, or remove it"
	if len(g.object.Root.Problems()) > 0 {
		code, fix = diag.InvalidObject, "correct the values reported"
	}
	g.diags.Add(code, g.object.Kind+" "+g.object.Namespace+"/"+g.object.Name+" has no effect: "+why, fix, n.Ref())
}

// addSets gives ListenerSets to their Gateways, in the order in which their
// listeners take precedence.
func (a *attacher) addSets(sets []*gateway) {
	slices.SortStableFunc(sets, func(x, y *gateway) int {
		return cmp.Or(strings.Compare(age(x), age(y)), strings.Compare(x.object.Namespace, y.object.Namespace), strings.Compare(x.object.Name, y.object.Name))
	})
	for _, set := range sets {
		if set.entry != nil {
			a.addSet(set)
		}
	}
}

// age is when an object was made, as written; "" is not known.
func age(g *gateway) string {
	return g.object.Root.Get("metadata").Get("creationTimestamp").Text()
}

func (a *attacher) addSet(set *gateway) {
	parent := set.object.Root.Get("spec").Get("parentRef")
	g := a.gatewayOf("Gateway", set.entry.Parent)
	if a.gatewayOf("Gateway", set.entry.Name) != nil {
		a.keepSet(set, "a ListenerSet of the name of a Gateway is not translated")
		return
	}
	switch {
	case g == nil:
		set.diags.Add(diag.UnknownReference, "the Gateway "+set.entry.Parent.String()+" of ListenerSet "+set.entry.Name.String()+
			" is not in the input: whether it takes its listeners, and asks clients for certificates there, is not known", "add the Gateway to the input", parent.Ref())
		return
	case g.entry == nil && len(g.opaque) > 0:
		a.keepSet(set, "the Gateway "+set.entry.Parent.String()+" is not translated, and so what is added to it")
		return
	case g.entry == nil:
		set.inert(parent, "the Gateway "+set.entry.Parent.String()+" has none")
	case !a.takesSet(g, set):
		set.inert(parent, "the Gateway "+set.entry.Parent.String()+" takes no listeners of this namespace")
	default:
		set.entry.Class = g.entry.Class
		g.takeSet(set)
		if len(set.listeners) > 0 {
			return
		}
		set.inert(set.object.Root.Get("spec").Get("listeners"), "other listeners are for all of it")
	}
	set.entry, set.opaque, set.listeners = nil, nil, nil
}

// keepSet keeps a ListenerSet as it is.
func (a *attacher) keepSet(set *gateway, why string) {
	set.opaque = nil
	set.keepWhole(set.object.Root, set.entry.Home, a.d.Mesh, why, false)
	set.entry, set.listeners = nil, nil
}

// takesSet reports whether a Gateway takes the listeners of a ListenerSet, as far as
// the input tells.
func (a *attacher) takesSet(g, set *gateway) bool {
	switch g.entry.Offers {
	case "":
		return false
	case "Same":
		return g.object.Namespace == set.object.Namespace
	case "All":
		return true
	}
	labels, known := a.namespaceLabels(set.object.Namespace)
	if match.Eval(g.entry.OffersTo, &labels) {
		return true
	}
	if !known {
		a.diags.Add(diag.UnknownReference, "the namespace "+set.object.Namespace+" is not in the input: whether "+g.entry.Name.String()+
			" takes its listeners is not known; taken as if it did", "add the Namespace to the input", set.object.Ref())
	}
	return !known
}

// takeSet adds a ListenerSet, without listeners for what another listener of the
// Gateway is for already.
func (g *gateway) takeSet(set *gateway) {
	taken := slices.Clone(g.listeners)
	for _, other := range g.sets {
		taken = append(taken, other.listeners...)
	}
	set.listeners = slices.DeleteFunc(set.listeners, func(l listener) bool {
		if !slices.ContainsFunc(taken, l.conflicts) {
			return false
		}
		at := listenerNode(set.object, l.Name)
		at.Inert("another listener of the Gateway is for it already")
		set.diags.Add(diag.Inert, "the listener "+l.Name+" of ListenerSet "+set.entry.Name.String()+" has no effect: another of its Gateway is for this port, protocol and hostname already", "remove one of the two", at.Ref())
		return true
	})
	g.sets = append(g.sets, set)
}

// conflicts reports whether two listeners are for the same.
func (l listener) conflicts(other listener) bool {
	return l.Port == other.Port && l.Protocol == other.Protocol && l.hostname == other.hostname
}

func listenerNode(o *source.Object, name string) *source.Node {
	for _, item := range o.Root.Get("spec").Get("listeners").Items() {
		if item.Get("name").Str() == name {
			return item
		}
	}
	return nil
}

// gatewayOf finds a Gateway or ListenerSet of the input by its name.
func (a *attacher) gatewayOf(kind string, name intent.Name) *gateway {
	i := slices.IndexFunc(a.gateways, func(g *gateway) bool {
		return g.object.Kind == kind && g.object.Namespace == name.Namespace && g.object.Name == name.Name
	})
	if i < 0 {
		return nil
	}
	return a.gateways[i]
}
