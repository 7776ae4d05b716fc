package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// dataPlane is the label by which namespaces are of the ambient mode.
// https://istio.io/latest/docs/reference/config/labels/#IoIstioDataplaneMode
const dataPlane = "istio.io/dataplane-mode"

// ambient tells of namespaces, and pods, without sidecars: there a proxy of the node decides, which
// knows connections and no requests. Routes hold where a waypoint is, and of policies that
// are about requests those that allow let nobody in, and those that deny keep out more: what
// is guarded so is held to be closed elsewhere.
// pilot/pkg/serviceregistry/ambient, https://istio.io/latest/docs/ambient/usage/l4-policy
func (r *reader) ambient(policies []*source.Object) {
	all := map[string]bool{}
	for _, ns := range r.in.Inventory.Namespaces {
		if l := ambientLabel(ns.Labels); l != nil {
			all[ns.Name] = true
			r.nodeProxies(policies, ns.Name, "Namespace", "the namespace is", *l, match.True)
		}
	}
	for _, w := range r.in.Inventory.Workloads {
		if l := ambientLabel(w.Labels); l != nil && !all[w.Name.Namespace] {
			r.nodeProxies(policies, w.Name.Namespace, w.Kind, "the pods are", *l, match.Atom{Field: match.Label, Key: l.Key, Value: l.Value, Ref: &l.From[0]})
		}
	}
}

// ambientLabel is the label by which pods, or those of a namespace, are of the ambient mode; nil is none.
func ambientLabel(labels []intent.Pair) *intent.Pair {
	i := slices.IndexFunc(labels, func(l intent.Pair) bool { return l.Key == dataPlane && l.Value == "ambient" && len(l.From) > 0 })
	if i < 0 {
		return nil
	}
	return &labels[i]
}

// nodeProxies tells of workloads of a namespace, all or those of a label, for which a proxy of the node decides.
func (r *reader) nodeProxies(policies []*source.Object, namespace, kind, who string, l intent.Pair, label match.Expr) {
	asks := slices.ContainsFunc(policies, func(o *source.Object) bool {
		return (o.Namespace == namespace || o.Namespace == r.in.Env.Istio.RootNamespace) && aboutRequests(o)
	})
	why := who + " of the ambient mode, whose routes hold at waypoints alone"
	if asks {
		why += ", and whose proxies do not look at what policies say of requests"
	}
	r.add(diag.NotTranslated, l.From[0].Object+" is understood by Istio only: "+why, "configure its purpose in the target by hand", l.From[0])
	r.m.Opaque = append(r.m.Opaque, &intent.Opaque{
		Mesh: Name, Kind: kind, At: l.From[0], Security: asks, Why: why, From: l.From,
		Scope: intent.Scope{Subject: match.Simplify(match.Conj(match.Atom{Field: match.Namespace, Value: namespace, Ref: &l.From[0]}, label))},
	})
}

// requestFields are what policies say of requests, by the last part of the path.
var requestFields = []string{"hosts", "notHosts", "methods", "notMethods", "paths", "notPaths", "requestPrincipals", "notRequestPrincipals", "remoteIpBlocks", "notRemoteIpBlocks"}

// aboutRequests reports whether a policy for proxies of workloads says something of requests.
func aboutRequests(o *source.Object) bool {
	spec := o.Root.Get("spec")
	if spec.GetNull("targetRef") != nil || spec.GetNull("targetRefs") != nil {
		return false
	}
	found := false
	o.Root.Leaves(func(l source.Leaf) {
		path, _, _ := strings.Cut(l.Ref().Path[strings.LastIndex(l.Ref().Path, ".")+1:], "[")
		found = found || slices.Contains(requestFields, path) || path == "key" && (strings.HasPrefix(l.Value(), "request.") || l.Value() == "remote.ip")
	})
	return found
}
