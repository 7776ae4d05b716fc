package consul

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
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

// ofAll holds for what is said of all Services at once and is each caller's own concern.
func ofAll(p intent.Part) string {
	u, ok := p.(*intent.Upstream)
	if ok && (!strings.HasPrefix(u.Host.DNS, "*.svc.") || u.Balance != nil) {
		return "settings are for a service of the mesh"
	}
	return ""
}

// besideOthers says why what is said of all Services cannot be so beside what is said of
// single ones: what a caller leaves open there is what it says of all. What stems from
// such settings fits.
func besideOthers(m *intent.Model) func(*intent.Upstream) string {
	var foreign []*intent.Upstream
	for _, u := range m.Upstream {
		if !u.From.Defaulted() && !ofDefaults(u.Home) {
			foreign = append(foreign, u)
		}
	}
	return func(all *intent.Upstream) string {
		if ofDefaults(all.Home) {
			return ""
		}
		client, later := match.Simplify(all.Scope.Client), false
		for _, u := range foreign {
			wide := m.Env.Covers(u.Host, m.Env.AllServices())
			if wide && u.From[0] == all.From[0] && match.Equal(match.Simplify(u.Scope.Client), client) {
				later = true
				continue
			}
			if later && wide || apart(match.Simplify(u.Scope.Client), client) {
				continue
			}
			if later || all.Outlier != nil && u.Outlier == nil || all.Limits != nil && !saysAs(u.Limits, all.Limits) {
				return "what is left open of " + u.Host.String() + " would be what is said of all"
			}
		}
		return ""
	}
}

// saysAs reports whether limits say all that others do.
func saysAs(l, as *intent.Limits) bool {
	capped := func(l *intent.Limits) bool {
		return l.MaxConnections != nil || l.MaxPending != nil || l.MaxRequests != nil
	}
	return l != nil && (l.ConnectTimeout != nil || as.ConnectTimeout == nil) && (capped(l) || !capped(as))
}

// ofDefaults reports whether an object is the settings of a service.
func ofDefaults(h *intent.Home) bool {
	return h != nil && (h.Kind == kindDefaults || h.Kind == entryDefaults)
}
