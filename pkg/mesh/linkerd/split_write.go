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

// writeSplit prints the shares of a table as a TrafficSplit. profiled says that a
// profile has the comment of the object that the table stems from.
func writeSplit(t *intent.Routing, to []intent.Backend, profiled bool) *manifest.Object {
	home := intent.Home{Name: t.Host.Service.Name}
	if t.Home != nil {
		home = *t.Home
	}
	if profiled {
		home.Comment = ""
	}
	o := manifest.New(groupSplit+"/v1alpha2", "TrafficSplit", t.Host.Service.Namespace, cmp.Or(home.Name, t.Host.Service.Name))
	gatewayapi.WriteHome(o, &home, nil)
	o.From = append(o.From, t.From...)
	backends := manifest.List()
	for _, b := range to {
		backends.Append(manifest.Map().Because(b.From...).Set("service", manifest.Str(b.Host.Service.Name)).Set("weight", manifest.Int(b.Weight)))
	}
	o.Root.Set("spec", manifest.Map().Set("service", manifest.Str(t.Host.Service.Name)).Set("backends", backends))
	return o
}
