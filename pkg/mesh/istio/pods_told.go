package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh"
)

// Labels and annotations of pods that decide which traffic their sidecars see.
// https://istio.io/latest/docs/reference/config/annotations/
const (
	markSidecar = "sidecar.istio.io/inject"
	redirected  = "traffic.sidecar.istio.io/"
)

// past are those by which connections reach a pod that no policy is asked for.
var past = []mesh.Passing{
	{Key: markSidecar, Says: func(value string) bool { return value == "false" }, Why: "such pods have no sidecar, and no policy holds there"},
	{Key: redirected + "excludeInboundPorts", Says: func(value string) bool { return value != "" }, Why: "connections to these ports pass by the sidecar, where no policy holds"},
	{Key: redirected + "includeInboundPorts", Says: func(value string) bool { return value != "*" }, Why: "connections to all other ports pass by the sidecar, where no policy holds"},
	{Key: "sidecar.istio.io/interceptionMode", Says: func(value string) bool { return value == "NONE" }, Why: "connections to all ports that no Sidecar listens on pass by the sidecar, where no policy holds"},
}

// pastCallers are the annotations by which calls of a pod pass by its sidecar.
var pastCallers = []string{
	redirected + "excludeOutboundPorts", redirected + "excludeOutboundIPRanges", redirected + "includeOutboundIPRanges", redirected + "excludeInterfaces",
}

// tellOfPods says what is made nothing of that pods are marked with.
func (r *reader) tellOfPods() {
	for _, p := range past {
		r.tellOfMarks(func(x intent.Pair) bool { return x.Key == p.Key && p.Says(x.Value) }, p.Why+"; what is said of them is translated as if it were")
	}
	r.tellOfMarks(func(x intent.Pair) bool { return slices.Contains(pastCallers, x.Key) && x.Value != "*" },
		"what callers send there passes by their sidecars, without routes, retries and mutual TLS; it is translated as if it did not")
	r.tellOfMarks(func(x intent.Pair) bool { return x.Key == "proxy.istio.io/config" }, "how a sidecar runs is set in the target in its own way")
}

// tellOfMarks says one thing once, for all labels and annotations of pods that it holds for.
func (r *reader) tellOfMarks(says func(intent.Pair) bool, why string) {
	var from intent.Origin
	var keys []string
	for _, w := range r.in.Inventory.Workloads {
		for _, pairs := range [][]intent.Pair{w.Labels, w.Annotations} {
			for _, p := range pairs {
				if !says(p) {
					continue
				}
				if from = append(from, p.From...); !slices.Contains(keys, p.Key) {
					keys = append(keys, p.Key)
				}
			}
		}
	}
	if len(from) > 0 {
		slices.Sort(keys)
		r.add(diag.NotTranslated, strings.Join(keys, ", ")+": "+why, "configure its purpose in the target by hand", from...)
	}
}
