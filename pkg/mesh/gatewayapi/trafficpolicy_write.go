package gatewayapi

import (
	"slices"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// writeTrafficPolicies prints retry budgets: those of one object of the source that are
// alike as one, the others one object a Service.
func writeTrafficPolicies(m *intent.Model) []*manifest.Object {
	var out []*manifest.Object
	written := map[*intent.Home]*manifest.Object{}
	kept := legal.Kept(m, Name)
	for _, u := range m.Upstream {
		if u.RetryBudget == nil || u.From.Defaulted() || kept.Upstream(u) {
			continue
		}
		ref := manifest.Map().Because(u.From...).Set("group", manifest.Str("")).Set("kind", manifest.Str("Service")).Set("name", manifest.Str(u.Host.Service.Name))
		o := written[u.Home]
		if o == nil {
			if o = trafficPolicyFor(u, u.Host.Service.Name); keepsName(m, u) {
				o = trafficPolicyFor(u, u.Home.Name)
				written[u.Home] = o
				WriteHome(o, u.Home, nil)
			}
			out = append(out, o)
		}
		o.From = append(o.From, u.From...)
		o.Root.Get("spec").Get("targetRefs").Append(ref)
	}
	return out
}

// trafficPolicyFor is an object with a budget, for no Service as yet.
func trafficPolicyFor(u *intent.Upstream, name string) *manifest.Object {
	o := manifest.New(experimental+"/v1alpha1", trafficPolicy, u.Host.Service.Namespace, name)
	o.Root.Set("spec", manifest.Map().Set("targetRefs", manifest.List()).Set("retryConstraint", writeRetryBudget(u.RetryBudget)))
	return o
}

// keepsName reports whether a budget is written as the object that it stems from: all
// of that are alike, in its namespace, and no other is called as it is.
func keepsName(m *intent.Model, u *intent.Upstream) bool {
	home := u.Home
	if home == nil || home.Kind != trafficPolicy {
		return false
	}
	return !slices.ContainsFunc(m.Upstream, func(o *intent.Upstream) bool {
		if o.Home == home {
			return o.RetryBudget == nil || o.Host.Service.Namespace != home.Namespace || intent.Describe(o.RetryBudget) != intent.Describe(u.RetryBudget)
		}
		return o.RetryBudget != nil && o.Host.Service == intent.Name{Namespace: home.Namespace, Name: home.Name}
	})
}

func writeRetryBudget(b *intent.RetryBudget) *manifest.Node {
	budget := manifest.Map().Set("percent", manifest.Int(int(b.Percent))).Set("interval", manifest.Str(FormatDuration(b.Interval)))
	rate := manifest.Map().Set("count", manifest.Int(b.MinPerSecond+b.MinActive)).Set("interval", manifest.Str(FormatDuration(time.Second)))
	return manifest.Map().Because(b.From...).Set("budget", budget).Set("minRetryRate", rate)
}
