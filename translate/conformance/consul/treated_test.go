package consul

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
)

// treated compares how a gateway treats what it sends to.
func (w *world) treated(e *intent.Entry, proxy *engine.Proxy) (wrong []string) {
	if e.Home.Kind != "ingress-gateway" {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(proxy.Clusters)) {
		to, err := w.agent.Target(name)
		if err != nil || to.Datacenter != "" || to.Peer != "" {
			continue
		}
		got := w.treatment(e, w.host(to.Service))
		if want := engine.Treatment(proxy.Clusters[name]); want != got {
			wrong = append(wrong, fmt.Sprintf("of %s the engine says %q, transmesh %q", name, want, got))
		}
	}
	return wrong
}

// treatment is what the model says of a gateway and a host, in the engine's words.
func (w *world) treatment(e *intent.Entry, h intent.Host) string {
	number := func(n *int) int {
		if n == nil {
			return 0
		}
		return *n
	}
	span := func(d *time.Duration) time.Duration {
		if d == nil {
			return 0
		}
		return *d
	}
	l, o := intent.Limits{}, intent.Outlier{}
	for _, u := range w.model.Upstream {
		if u.Host == h && slices.ContainsFunc(u.From, func(r place.Ref) bool { return r.Object == e.From[0].Object }) {
			if u.Limits != nil {
				l = *u.Limits
			}
			if u.Outlier != nil {
				o = *u.Outlier
			}
		}
	}
	limits := fmt.Sprintf("connections %d pending %d requests %d ", number(l.MaxConnections), number(l.MaxPending), number(l.MaxRequests))
	if l.MaxConnections == nil && l.MaxPending == nil && l.MaxRequests == nil {
		limits = ""
	}
	return strings.TrimLeft(limits, " ") + fmt.Sprintf("failures %d interval %s ejection %s share %d", number(o.Consecutive5xx), span(o.Interval), span(o.BaseEjection), number(o.MaxPercent))
}
