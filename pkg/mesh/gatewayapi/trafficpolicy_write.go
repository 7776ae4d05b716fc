package gatewayapi

import (
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// writeTrafficPolicies prints retry budgets, one object a Service.
func writeTrafficPolicies(m *intent.Model) []*manifest.Object {
	var out []*manifest.Object
	for _, u := range m.Upstream {
		if u.RetryBudget == nil || u.From.Defaulted() {
			continue
		}
		service := u.Host.Service
		o := manifest.New(experimental+"/v1alpha1", trafficPolicy, service.Namespace, service.Name)
		if u.Home != nil && u.Home.Kind == trafficPolicy && onlyOne(m, u.Home) {
			o = manifest.New(experimental+"/v1alpha1", trafficPolicy, service.Namespace, u.Home.Name)
			WriteHome(o, u.Home, nil)
		}
		o.From = append(o.From, u.From...)
		ref := manifest.Map().Because(u.From...).Set("group", manifest.Str("")).Set("kind", manifest.Str("Service")).Set("name", manifest.Str(service.Name))
		o.Root.Set("spec", manifest.Map().Set("targetRefs", manifest.List().Append(ref)).Set("retryConstraint", writeRetryBudget(u.RetryBudget)))
		out = append(out, o)
	}
	return out
}

// onlyOne reports whether an object of the source is about one Service, and no Service
// is called as it is.
func onlyOne(m *intent.Model, home *intent.Home) bool {
	n := 0
	for _, u := range m.Upstream {
		switch {
		case u.Home == home:
			n++
		case u.Host.Service == intent.Name{Namespace: home.Namespace, Name: home.Name}:
			n += 2
		}
	}
	return n == 1
}

func writeRetryBudget(b *intent.RetryBudget) *manifest.Node {
	budget := manifest.Map().Set("percent", manifest.Int(int(b.Percent))).Set("interval", manifest.Str(FormatDuration(b.Interval)))
	rate := manifest.Map().Set("count", manifest.Int(b.MinPerSecond+b.MinActive)).Set("interval", manifest.Str(FormatDuration(time.Second)))
	return manifest.Map().Because(b.From...).Set("budget", budget).Set("minRetryRate", rate)
}
