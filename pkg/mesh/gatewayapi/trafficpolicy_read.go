package gatewayapi

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// The defaults of the API.
const (
	budgetPercent  = 20
	budgetInterval = 10 * time.Second
	budgetCount    = 10
)

// trafficPolicies lifts retry budgets: of two for one Service, the older has effect, or
// the first by name.
func (a *attacher) trafficPolicies() []*intent.Upstream {
	var policies []*source.Object
	for _, o := range a.in.Objects {
		if o.Kind == trafficPolicy && o.Group() == experimental {
			policies = append(policies, o)
		}
	}
	slices.SortStableFunc(policies, func(x, y *source.Object) int {
		return cmp.Or(strings.Compare(made(x), made(y)), strings.Compare(x.Namespace, y.Namespace), strings.Compare(x.Name, y.Name))
	})
	first := map[intent.Name]*source.Object{}
	var out []*intent.Upstream
	for _, o := range policies {
		out = append(out, a.trafficPolicy(o, first)...)
	}
	slices.SortStableFunc(out, func(x, y *intent.Upstream) int { return x.Host.Service.Compare(y.Host.Service) })
	return out
}

func (a *attacher) trafficPolicy(o *source.Object, first map[intent.Name]*source.Object) (out []*intent.Upstream) {
	home := ReadHome(o, nil)
	spec := o.Need("spec")
	budget, why := a.budget(spec.Get("retryConstraint"))
	if session := spec.Get("sessionPersistence"); session != nil {
		checkSession(session)
		why = keptSession
	}
	refs := atMost(spec.Get("targetRefs"), 16)
	if len(refs) == 0 {
		spec.Reject("has no targetRefs")
	}
	var names []intent.Name
	for _, ref := range refs {
		kind := formName.need(ref, "kind")
		names = append(names, intent.Name{Namespace: o.Namespace, Name: formObject.need(ref, "name")})
		if ref.Get("group").Str() != "" || kind != "Service" {
			why = "it is about something else than a Service"
		}
	}
	switch {
	case len(o.Root.Problems()) > 0:
		a.noPolicy(o, diag.InvalidObject, "the API server rejects it")
		return nil
	case a.d.Budgets == BudgetsNone:
		a.noPolicy(o, diag.Inert, "the implementation does not read it")
		return nil
	case why != "" || budget == nil:
		spec.MarkRead()
		why = cmp.Or(why, "it says nothing of retries")
		a.diags.Add(diag.NotTranslated, o.Kind+" "+o.Namespace+"/"+o.Name+" is not translated: "+why, "configure it in the target by hand", o.Ref())
		a.opaque = append(a.opaque, &intent.Opaque{Home: home, Mesh: a.d.Mesh, Kind: o.Kind, At: o.Ref(), Whole: o, Why: why, From: intent.From(o.Ref())})
		return nil
	}
	for i, name := range names {
		if other := first[name]; other != nil {
			a.younger(refs[i], other, o)
			continue
		}
		first[name] = o
		out = append(out, &intent.Upstream{Home: home, Host: intent.Host{Service: name}, RetryBudget: budget, From: intent.From(refs[i].Ref())})
	}
	if len(out) == 0 {
		o.Root.Inert("is for nothing that another policy is not for")
	}
	return out
}

// noPolicy says that a policy has no effect.
func (a *attacher) noPolicy(o *source.Object, code diag.Code, why string) {
	o.Root.Inert(why)
	a.diags.Add(code, o.Kind+" "+o.Namespace+"/"+o.Name+" has no effect: "+why, "correct or remove it", o.Ref())
}

// budget reads a retry budget; nil is none, and why says what of it is not translated.
func (a *attacher) budget(n *source.Node) (out *intent.RetryBudget, why string) {
	if n == nil {
		return nil, ""
	}
	out = &intent.RetryBudget{Percent: budgetPercent, Interval: budgetInterval, From: intent.From(n.Ref())}
	b := n.Get("budget")
	if p := b.Get("percent"); p != nil {
		if out.Percent = p.Float(); out.Percent < 0 || out.Percent > 100 {
			p.Reject("is not from 0 to 100")
		}
	}
	if i := b.Get("interval"); i != nil {
		if out.Interval = budgetTime(i); out.Interval < time.Second || out.Interval > time.Hour {
			i.Reject("is not from a second to an hour")
		}
	}
	count, interval := budgetCount, time.Second
	if rate := n.Get("minRetryRate"); rate != nil {
		if c := rate.Get("count"); c != nil {
			if count = c.Int(); count < 1 || count > 1000000 {
				c.Reject("is not from 1 to 1000000")
			}
		}
		if i := rate.Get("interval"); i != nil {
			interval = budgetTime(i)
		}
	}
	switch {
	case a.d.Budgets == BudgetsActive:
		out.MinActive = count
	case interval <= 0 || (time.Duration(count)*time.Second)%interval != 0:
		return out, "its rate of retries is no whole number in a second"
	default:
		out.MinPerSecond = int(time.Duration(count) * time.Second / interval)
	}
	return out, ""
}

// budgetTime reads a duration; one that is none is 0.
func budgetTime(n *source.Node) time.Duration {
	if d := readDuration(n); d != nil {
		return *d
	}
	return 0
}
