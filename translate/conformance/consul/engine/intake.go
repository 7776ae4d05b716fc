package engine

import (
	"fmt"
	"strings"
	"time"

	limit "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/connection_limit/v3"
)

// Intake says what a sidecar keeps to for its own service, in the words of the model: how many
// connections of clients and to the service it has, and how long connecting to it takes; what
// it does by itself is left out.
func (p *Proxy) Intake() string {
	var out []string
	for _, chain := range p.listener("public_listener:").GetFilterChains() {
		for _, f := range chain.GetFilters() {
			if l, ok := unpack(f.GetTypedConfig()).(*limit.ConnectionLimit); ok {
				out = append(out, fmt.Sprintf("accepts %d", l.GetMaxConnections().GetValue()))
			}
		}
	}
	app := p.Clusters["local_app"]
	for _, t := range app.GetCircuitBreakers().GetThresholds() {
		out = append(out, fmt.Sprintf("connections %d", t.GetMaxConnections().GetValue()))
	}
	if d := app.GetConnectTimeout().AsDuration(); d != 5*time.Second {
		out = append(out, "connect "+d.String())
	}
	return strings.Join(out, ", ")
}
