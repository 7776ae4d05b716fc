package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// dataPlane is the label by which namespaces are of the ambient mode.
// https://istio.io/latest/docs/reference/config/labels/#IoIstioDataplaneMode
const dataPlane = "istio.io/dataplane-mode"

// ambient tells of namespaces without sidecars: there a proxy of the node decides, which
// knows connections and no requests. Routes hold where a waypoint is, and of policies that
// are about requests those that allow let nobody in, and those that deny keep out more: what
// is guarded so is held to be closed elsewhere.
// pilot/pkg/serviceregistry/ambient, https://istio.io/latest/docs/ambient/usage/l4-policy
func (r *reader) ambient(policies []*source.Object) {
	for _, ns := range r.in.Inventory.Namespaces {
		for _, l := range ns.Labels {
			if l.Key != dataPlane || l.Value != "ambient" || len(l.From) == 0 {
				continue
			}
			asks := slices.ContainsFunc(policies, func(o *source.Object) bool {
				return (o.Namespace == ns.Name || o.Namespace == r.in.Env.Istio.RootNamespace) && aboutRequests(o)
			})
			why := "the namespace is of the ambient mode, whose routes hold at waypoints alone"
			if asks {
				why += ", and whose proxies do not look at what policies say of requests"
			}
			r.m.Opaque = append(r.m.Opaque, &intent.Opaque{
				Mesh: Name, Kind: "Namespace", At: l.From[0], Security: asks, Why: why, From: l.From,
				Scope: intent.Scope{Subject: match.Atom{Field: match.Namespace, Value: ns.Name, Ref: &l.From[0]}},
			})
		}
	}
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
