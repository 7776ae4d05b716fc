package engine

import (
	"fmt"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
)

// Treatment says how a proxy treats the instances of a cluster, in words that are equal
// for those that say the same: what it limits, and when it leaves instances out.
func Treatment(c *cluster.Cluster) string {
	out := ""
	for _, t := range c.GetCircuitBreakers().GetThresholds() {
		out += fmt.Sprintf("connections %d pending %d requests %d ", t.GetMaxConnections().GetValue(), t.GetMaxPendingRequests().GetValue(), t.GetMaxRequests().GetValue())
	}
	o := c.GetOutlierDetection()
	out += fmt.Sprintf("failures %d interval %s ejection %s share %d", o.GetConsecutive_5Xx().GetValue(), o.GetInterval().AsDuration(), o.GetBaseEjectionTime().AsDuration(), o.GetMaxEjectionPercent().GetValue())
	if v := o.GetEnforcingConsecutive_5Xx(); v != nil && v.GetValue() != 100 {
		out += fmt.Sprintf(" of %d percent", v.GetValue())
	}
	return out
}
