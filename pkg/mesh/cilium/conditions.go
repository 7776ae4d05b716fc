package cilium

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh/gatewayapi"
)

// The conditions of answers: "" for a part that can be said, or what does not
// fit. Parts of other kinds, and none, fit.

// gatewayTarget is the Gateway API as Cilium implements it.
var gatewayTarget = func() legal.Target {
	t, ok := gatewayapi.Mesh.Target(Name)
	if !ok {
		panic("cilium: the Gateway API has no version of Cilium")
	}
	return t
}()

// gatewaySays is what the Gateway API's own answer says.
func gatewaySays(f legal.Feature) func(intent.Part) string {
	return func(p intent.Part) string { return gatewayTarget.Caps.Says(f, p) }
}

// onGateway holds for tables that routes on Gateways say in full, once backends
// have their ports, and Services of their own for subsets.
func onGateway(p intent.Part) string {
	t, ok := p.(*intent.Routing)
	if !ok {
		return ""
	}
	t = t.Clone()
	for i := range t.Rules {
		f, _ := t.Rules[i].Then.(intent.Forward)
		for j := range f.To {
			b := &f.To[j]
			b.Port, b.Subset, b.SubsetName, b.Missing = cmp.Or(b.Port, 80), nil, "", false
		}
	}
	_, why := asRoutes(&intent.Model{Routing: []*intent.Routing{t}, Env: intent.Defaults()})
	return strings.TrimPrefix(why, "the routes of "+t.Host.String()+" are not written: ")
}

// toPort holds for redirects of which the port is known that they lead to.
func toPort(p intent.Part) string {
	if r, is := p.(intent.Redirect); is && r.Port == intent.RequestPort {
		return "a redirect to another scheme keeps no port that is not known"
	}
	return ""
}

// answers holds for the statuses that a direct response may have.
func answers(p intent.Part) string {
	if r, ok := p.(intent.Respond); ok && (r.Status < 200 || r.Status > 599) {
		return "a direct response has a status from 200 to 599"
	}
	return ""
}

// aborts holds for errors by a status that Envoy accepts.
func aborts(p intent.Part) string {
	a, ok := p.(intent.Abort)
	switch {
	case !ok:
		return ""
	case a.GRPC != "" && !slices.Contains(grpcStatuses, a.GRPC):
		return "there is no gRPC status " + a.GRPC
	case a.GRPC == "" && (a.Status < 200 || a.Status > 599):
		return "an error has a status from 200 to 599"
	}
	return ""
}

// idles holds for timeouts without a bound on the response by itself.
func idles(p intent.Part) string {
	if t, ok := p.(*intent.Timeout); ok && t != nil && t.Response != nil {
		return "a route bounds requests, attempts and the silence of a stream"
	}
	return ""
}

// retried holds for conditions that Envoy has a word for.
func retried(p intent.Part) string {
	r, ok := p.(*intent.Retry)
	if !ok || r == nil {
		return ""
	}
	for _, on := range r.On {
		if _, _, ok := retryWord(on); !ok {
			return "Envoy has no word for retrying on " + string(on)
		}
	}
	return ""
}

// otherHosts holds for retries that do not choose localities.
func otherHosts(p intent.Part) string {
	if r, ok := p.(*intent.Retry); ok && r != nil && r.OtherLocalities != nil && *r.OtherLocalities {
		return "the endpoints that Cilium tells Envoy of have no locality"
	}
	return ""
}

// budgeted holds for budgets by a share of active requests. Envoy's has no
// interval in the version that Cilium runs.
func budgeted(p intent.Part) string {
	if r, ok := p.(*intent.Retry); ok && r != nil && r.Budget != nil {
		return "a budget is for a Service and not for rules"
	}
	b, ok := p.(*intent.RetryBudget)
	switch {
	case !ok || b == nil:
		return ""
	case b.MinPerSecond != 0 || b.Percent > 100:
		return "a budget is a share of active requests, of up to 100 percent, and a number of concurrent retries"
	case b.Interval != 0:
		return "a budget counts the requests that are active, and not those of an interval"
	}
	return ""
}

// balanced holds for the algorithms of Envoy.
func balanced(p intent.Part) string {
	if b, ok := p.(*intent.Balance); ok && b != nil && b.Policy != intent.Consistent && algorithms[b.Policy] == "" {
		return "the proxy does not balance by " + string(b.Policy)
	}
	return ""
}

// warmed holds for slow starts of algorithms that know them.
func warmed(p intent.Part) string {
	b, ok := p.(*intent.Balance)
	switch {
	case !ok || b == nil:
		return ""
	case b.Policy != intent.RoundRobin && b.Policy != intent.LeastRequest:
		return "only round robin and least request start endpoints slowly"
	case b.WarmupShape != "":
		return "the share of a new endpoint grows as Envoy lets it"
	}
	return ""
}

// connects holds for timeouts in which a connection can be made: Envoy refuses none at
// all.
func connects(p intent.Part) string {
	if l, ok := p.(*intent.Limits); ok && l != nil && l.ConnectTimeout != nil && *l.ConnectTimeout <= 0 {
		return "connections are given some time to be made"
	}
	return ""
}

// ejectsForLong holds for ejections in intervals and for times that Envoy takes, of which
// it refuses none at all.
func ejectsForLong(p intent.Part) string {
	o, ok := p.(*intent.Outlier)
	if !ok || o == nil {
		return ""
	}
	for _, d := range []*time.Duration{o.Interval, o.BaseEjection, o.MaxEjection} {
		if d != nil && *d <= 0 {
			return "intervals and ejections take some time"
		}
	}
	if o.Jitter != nil {
		return "the jitter of Envoy is a time, and not a share of that of an ejection"
	}
	return ""
}

// speaks holds for the protocol of connections without pings.
func speaks(p intent.Part) string {
	if l, ok := p.(*intent.Limits); ok && l != nil && (l.HTTP2PingInterval != nil || l.HTTP2PingTimeout != nil) {
		return "connections are not pinged"
	}
	return ""
}

// dialledBy holds for what callers may dial where egress rules say it.
func dialledBy(p intent.Part) string {
	switch x := p.(type) {
	case *intent.Access:
		if x.Mode != intent.Enforced {
			return noAlike
		}
		if _, why := callers.scope(x.Scope.Client); why != "" {
			return why
		}
		_, why := called.entriesOf(x.Effect, x.When)
		return why
	case *intent.Default:
		_, why := callers.scope(x.Scope.Client)
		return why
	}
	return ""
}

// clientsOut holds for clients that a policy selects.
func clientsOut(p intent.Part) string {
	e, ok := p.(*intent.Egress)
	if !ok {
		return ""
	}
	_, why := callers.scope(e.Scope.Client)
	return why
}

// hostsOut holds for hosts that rules let out as they are known.
func hostsOut(p intent.Part) string {
	e, ok := p.(*intent.External)
	if !ok {
		return ""
	}
	if _, why := callers.scope(e.Scope.Client); why != "" && !match.IsFalse(e.Scope.Client) {
		return why
	}
	for _, h := range e.Hosts {
		name := strings.TrimPrefix(h.DNS, "*.")
		switch {
		case !h.Service.IsZero():
			return "a Service is inside of the cluster"
		case h.DNS != "*" && (!namesForm.MatchString(name) || strings.Contains(name, "*")):
			return "a name that DNS does not know is not let out"
		case h.DNS == "*" && slices.ContainsFunc(e.Ports, func(p intent.ExternalPort) bool { f, _ := p.Family(); return f == intent.TLS }):
			return "servers are let out by their names, and not all"
		}
	}
	return ""
}

// besideOthers says why hosts cannot be let out beside others: of one name, requests are
// told apart at a port, or the names of servers.
func besideOthers(_ *intent.Model, said []*intent.External, e *intent.External) string {
	for _, o := range said {
		for _, h := range e.Hosts {
			if slices.Contains(o.Hosts, h) && slices.ContainsFunc(e.Ports, func(p intent.ExternalPort) bool { return otherwise(o, p) }) {
				return "requests and TLS are not let out to one name at one port"
			}
		}
	}
	return ""
}

// otherwise reports whether something else is known to be spoken at a port.
func otherwise(e *intent.External, p intent.ExternalPort) bool {
	f, _ := p.Family()
	return slices.ContainsFunc(e.Ports, func(o intent.ExternalPort) bool {
		of, _ := o.Family()
		return o.Port == p.Port && of != f && of != intent.TCP && f != intent.TCP
	})
}

// ownOpaque holds for what Cilium understands.
func ownOpaque(p intent.Part) string {
	if o, ok := p.(*intent.Opaque); ok && o.Mesh != Name {
		return "it is understood by " + o.Mesh + " only"
	}
	if o, ok := p.(*intent.Opaque); ok && gone[o.Kind].what != "" {
		return "Cilium 1.20 has no such kind"
	}
	return ""
}
