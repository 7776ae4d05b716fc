package linkerd

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// splits reports whether a TrafficSplit says the shares of a table: it is for all
// clients, names Services of its own namespace, and no ports.
func splits(t *intent.Routing, to []intent.Backend) bool {
	if !match.IsTrue(t.Scope.Client) {
		return false
	}
	for _, b := range to {
		if b.Port != 0 || b.Host.Service.Namespace != t.Host.Service.Namespace {
			return false
		}
	}
	return true
}

// writeSplit prints the shares of a table as a TrafficSplit.
func writeSplit(t *intent.Routing, to []intent.Backend) *manifest.Object {
	name := t.Host.Service.Name
	if t.Home != nil {
		name = cmp.Or(t.Home.Name, name)
	}
	o := manifest.New(groupSplit+"/v1alpha2", "TrafficSplit", t.Host.Service.Namespace, name)
	gatewayapi.WriteHome(o, t.Home, nil)
	o.From = append(o.From, t.From...)
	backends := manifest.List()
	for _, b := range to {
		backends.Append(manifest.Map().Because(b.From...).Set("service", manifest.Str(b.Host.Service.Name)).Set("weight", manifest.Int(b.Weight)))
	}
	o.Root.Set("spec", manifest.Map().Set("service", manifest.Str(t.Host.Service.Name)).Set("backends", backends))
	return o
}
