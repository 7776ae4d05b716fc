package linkerd

import "github.com/transmesh/transmesh/pkg/intent"

// nearestTo is what comes next in Linkerd to what other meshes have for a purpose.
var nearestTo = map[intent.Purpose]string{
	intent.Clusters:  "link the clusters by the multicluster extension, and label the Services that the others are to know",
	intent.Machines:  "make an ExternalWorkload of it, with labels that a Service selects",
	intent.Code:      "have an ingress controller or the workload itself do it: Linkerd's proxies run no other code",
	intent.Reports:   "annotate pods by config.linkerd.io/access-log and those for traces; metrics are always there",
	intent.Proxies:   "annotate pods or namespaces by config.linkerd.io",
	intent.WayOut:    "have a route of an EgressNetwork send it to the Service of a proxy of your own",
	intent.Sessions:  "have all endpoints know all sessions: Linkerd balances each request anew",
	intent.Asking:    "have the workload, or an ingress controller before it, ask: Linkerd's proxies ask nobody",
	intent.Datagrams: "leave it to Services of type LoadBalancer, or to another controller of gateways: Linkerd's proxies carry no UDP",
	intent.FarHosts:  "make the host known by an EgressNetwork, with a route for its name",
	intent.Rates:     "limit it by an HTTPLocalRateLimitPolicy of the Server",
}

// takesIn is what comes next to limits that a server's own proxy keeps to.
const takesIn = "limit the rate of its requests by an HTTPLocalRateLimitPolicy, or what is under way in the application"
