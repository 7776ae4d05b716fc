package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// udpRoute is the kind of routes for UDP, of Gateways only: the API says nothing of
// UDPRoutes on Services.
// https://gateway-api.sigs.k8s.io/reference/spec/#udproute
const udpRoute = "UDPRoute"

// datagrams keeps a UDPRoute as it is, which no proxy of a mesh sends on, where it
// attaches to a listener; one that attaches to none has no effect.
func (a *attacher) datagrams(o *source.Object) {
	r := &Route{Object: o, Home: ReadHome(o, nil), Parents: ReadParents(o)}
	byDefault := enum(o.Root.Get("spec").Get("useDefaultGateways"), "All", "None") == "All" && !a.d.ignores("useDefaultGateways")
	checkDatagrams(o)
	if len(o.Root.Problems()) > 0 {
		a.noPolicy(o, diag.InvalidObject, "the API server rejects it")
		return
	}
	refused := map[*source.Node]string{}
	why := "it has no parent"
	for _, p := range r.Parents {
		if not := a.takesNot(r, p); not != "" {
			why, refused[p.Node] = p.Kind+" "+p.Name.String()+" does not take it: "+not, not
		}
	}
	if len(refused) == len(r.Parents) && !byDefault {
		a.noPolicy(o, diag.Inert, why)
		return
	}
	for _, p := range r.Parents {
		if not := refused[p.Node]; not != "" {
			a.inert(p.Node, o.Ref().Object+" does not attach to "+p.Kind+" "+p.Name.String()+": "+not)
		}
	}
	a.keep(o, r.Home, "a UDPRoute sends on what comes to a Gateway by UDP, which no proxy of a mesh does", "").Purpose = intent.Datagrams
}

// takesNot says why a parent does not take a UDPRoute, or "". Of Gateways that the input
// does not show, nothing is known.
func (a *attacher) takesNot(r *Route, p Parent) string {
	if !p.IsGateway() && !p.IsListenerSet() {
		return "a UDPRoute is for Gateways"
	}
	g := a.gatewayOf(p.Kind, p.Name)
	switch {
	case g == nil:
		a.diags.Add(diag.UnknownReference, "the "+p.Kind+" "+p.Name.String()+" is not in the input", "add it to the input", p.Node.Ref())
		return ""
	case g.entry == nil && len(g.opaque) > 0:
		return ""
	case g.entry == nil:
		return "it has no effect"
	}
	why := "it has no such listener"
	for _, l := range g.listeners {
		if p.Section != "" && p.Section != l.Name || p.Port != 0 && p.Port != l.Port {
			continue
		}
		if why, _ = a.refuses(g, l, r); why == "" {
			return ""
		}
	}
	return why
}

// checkDatagrams rejects what the API server would: rules without backends, and more than
// there may be.
func checkDatagrams(o *source.Object) {
	spec := o.Need("spec")
	rules := atMost(spec.Get("rules"), maxRules)
	if len(rules) == 0 {
		spec.Reject("has no rules")
	}
	for _, rule := range rules {
		formSection.read(rule.Get("name"))
		refs := atMost(rule.Get("backendRefs"), maxBackends)
		if len(refs) == 0 {
			rule.Reject("has no backendRefs")
		}
		for _, ref := range refs {
			checkBackend(ref)
			within(ref.Get("weight"), 0, maxWeight)
		}
	}
}
