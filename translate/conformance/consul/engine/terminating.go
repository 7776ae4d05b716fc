package engine

import (
	"fmt"
	"slices"
	"strings"

	tcprbac "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	"github.com/transmesh/transmesh/translate/conformance/rbac"
)

// Terminates is what a terminating gateway decides about connections to a service outside
// the mesh; it is an error that it leads to none.
func (a *Agent) Terminates(p *Proxy, service string) (*Inbound, error) {
	for _, l := range p.Listeners {
		for _, c := range l.GetFilterChains() {
			if !slices.ContainsFunc(c.GetFilterChainMatch().GetServerNames(), func(n string) bool { return strings.HasPrefix(n, service+".default.") }) {
				continue
			}
			out := &Inbound{trust: a.Trust}
			for _, f := range c.GetFilters() {
				if _, ok := unpack(f.GetTypedConfig()).(*tcprbac.RBAC); ok {
					out.network = append(out.network, rbac.TCP([]*listener.Filter{f})...)
				}
			}
			return out, nil
		}
	}
	return nil, fmt.Errorf("the gateway leads to no %s", service)
}
