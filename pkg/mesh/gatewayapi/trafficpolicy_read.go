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
	budget, lost := a.budget(spec.Get("retryConstraint"))
	checkSession(spec.Get("sessionPersistence"))
	refs, other := policyTargets(o)
	switch {
	case len(o.Root.Problems()) > 0:
		a.noPolicy(o, diag.InvalidObject, "the API server rejects it")
		return nil
	case a.d.Budgets == BudgetsNone:
		a.noPolicy(o, diag.Inert, "the implementation does not read it")
		return nil
	case other != "":
		a.keep(o, home, o.Kind+" "+o.Namespace+"/"+o.Name+" is not translated: it is about "+other+", and not about a Service", "")
		return nil
	case budget == nil && spec.Get("sessionPersistence") == nil:
		a.noPolicy(o, diag.Inert, "it says nothing of retries or sessions")
		return nil
	}
	var hosts []intent.Host
	for _, ref := range refs {
		host := intent.Host{Service: intent.Name{Namespace: o.Namespace, Name: ref.Get("name").Str()}}
		if !a.aims(o, ref, host.Service, first) {
			continue
		}
		hosts = append(hosts, host)
		if budget != nil && lost == "" {
			out = append(out, &intent.Upstream{Home: home, Host: host, RetryBudget: budget, From: intent.From(ref.Ref())})
		}
	}
	if len(hosts) == 0 {
		o.Root.Inert("is for nothing that another policy is not for")
		return nil
	}
	if lost != "" {
		a.keepPart(o, home, spec.Get("retryConstraint"), "", lost, hosts)
	}
	a.policySession(o, home, hosts)
	return out
}

// policyTargets reads what a policy is about, and says what else than Services; "" is
// nothing.
func policyTargets(o *source.Object) (refs []*source.Node, other string) {
	spec := o.Root.Get("spec")
	refs = atMost(spec.Get("targetRefs"), 16)
	if len(refs) == 0 {
		spec.Reject("has no targetRefs")
	}
	for _, ref := range refs {
		kind, name := formName.need(ref, "kind"), formObject.need(ref, "name")
		if ref.Get("group").Str() != "" || kind != "Service" {
			other = kind + " " + name
		}
	}
	return refs, other
}

// aims reports whether a policy has an effect on a Service: it is there as far as is known, and no policy
// before it is about it.
func (a *attacher) aims(o *source.Object, ref *source.Node, name intent.Name, first map[intent.Name]*source.Object) bool {
	if other := first[name]; other != nil {
		a.younger(ref, other, o)
		return false
	}
	first[name] = o
	switch why := a.unknown(name, 0); {
	case why == "":
	case a.in.Env.Complete.Services:
		a.inert(ref, o.Kind+" "+o.Namespace+"/"+o.Name+" has no effect there: "+why)
		return false
	default:
		a.diags.Add(diag.UnknownService, why, "correct the reference, or add the Service to the input", ref.Ref())
	}
	return true
}

// policySession keeps what a policy says of sessions, unless nobody reads it.
func (a *attacher) policySession(o *source.Object, home *intent.Home, hosts []intent.Host) {
	n := o.Root.Get("spec").Get("sessionPersistence")
	switch {
	case n == nil:
	case a.d.ignores("sessionPersistence"):
		a.inert(n, "sessionPersistence has no effect")
	default:
		if o.Root.Get("spec").Get("retryConstraint") == nil {
			n = o.Root
		}
		a.keepPart(o, home, n, intent.Sessions, "session persistence is not translated: "+keptSession, hosts)
	}
}

// keepPart keeps an object as it is for a part of it.
func (a *attacher) keepPart(o *source.Object, home *intent.Home, n *source.Node, purpose intent.Purpose, why string, hosts []intent.Host) {
	n.MarkRead()
	a.diags.Add(diag.NotTranslated, why, byHand, n.Ref())
	a.opaque = append(a.opaque, &intent.Opaque{
		Home: home, Mesh: a.d.Mesh, Kind: o.Kind, At: n.Ref(), Whole: o, Hosts: hosts, Purpose: purpose, Why: why, From: intent.From(n.Ref()),
	})
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
