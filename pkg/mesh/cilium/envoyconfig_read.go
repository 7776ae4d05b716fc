package cilium

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
	"github.com/transmesh/transmesh/pkg/source"
)

// envoyConfig keeps a configuration of Envoy as it is.
func (r *reader) envoyConfig(o *source.Object) {
	markRead(o.Root.Get("spec"))
	op := r.verbatim(o, gatewayapi.ReadHome(o, nil), "a configuration of Envoy is not translated", false)
	for _, s := range o.Root.Get("spec").Get("services").Items() {
		op.Hosts = append(op.Hosts, intent.Host{Service: intent.Name{Namespace: s.Get("namespace").Str(), Name: s.Get("name").Str()}})
	}
}
