package consul

import (
	"github.com/transmesh/transmesh/pkg/intent"
)

// treats says why nothing can be said of how a Service is treated, or "".
func treats(n *names, h intent.Host) string {
	if !h.Service.IsZero() && len(n.find(n.service(h.Service))) > 1 {
		return "Services of several namespaces are one service " + h.Service.Name + " in Consul"
	}
	return ""
}

// requestsLimited holds for limits of requests that wait, and of those in all.
func requestsLimited(p intent.Part) string {
	if l, ok := p.(*intent.Limits); ok && l != nil && (l.MaxPerConnection != nil || l.MaxRetries != nil || l.MaxStreams != nil) {
		return "a caller limits its connections and requests, and nothing else"
	}
	return ""
}

// inARow holds for ejection after errors in a row.
func inARow(p intent.Part) string {
	if o, ok := p.(*intent.Outlier); ok && o != nil && (o.ConsecutiveGateway != nil || o.ConsecutiveLocal != nil || o.SplitLocal != nil) {
		return "a caller counts all errors in a row alike"
	}
	return ""
}

// timesOut holds for the interval and the first time out.
func timesOut(p intent.Part) string {
	if o, ok := p.(*intent.Outlier); ok && o != nil && (o.MaxEjection != nil || o.Jitter != nil) {
		return "a caller says how often endpoints are looked at, and how long they are out at first"
	}
	return ""
}

// sharesOut holds for the share that may be out.
func sharesOut(p intent.Part) string {
	if o, ok := p.(*intent.Outlier); ok && o != nil && o.MinHealthy != nil {
		return "a caller knows no least share of healthy endpoints"
	}
	return ""
}

// ofAll holds for what is said of all hosts at once and is each caller's own concern.
func ofAll(p intent.Part) string {
	if u, ok := p.(*intent.Upstream); ok && (u.Host != intent.Host{} || u.Balance != nil) {
		return "settings are for a service of the mesh"
	}
	return ""
}
