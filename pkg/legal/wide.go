package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// wide says of each Service what the source says of many hosts at once, for targets that
// say it of Services: of those for which no earlier fact decides. Where callers say what
// is so of all that they call, that stays, but how an endpoint is chosen.
func wide(r *run) {
	if !slices.ContainsFunc(r.m.Upstream, r.spreads) {
		return
	}
	beside := func(*intent.Upstream) string { return "" }
	if r.t.Beside != nil {
		beside = r.t.Beside(r.m)
	}
	var out []*intent.Upstream
	for i, u := range r.m.Upstream {
		if !r.spreads(u) || beside(u) == "" && r.t.Caps.Says(UpstreamHost, u) == "" {
			out = append(out, u)
			continue
		}
		out = append(out, r.spread(u, r.m.Upstream[:i], beside)...)
	}
	r.m.Upstream = out
}

// spreads reports whether a fact says something of many hosts, and of clients that the
// target can tell.
func (r *run) spreads(u *intent.Upstream) bool {
	return u.Host.Wide() && u.Subset == nil && u.SubsetName == "" && !emptyUpstream(u) && !u.From.Defaulted() &&
		(isTrue(u.Scope.Client) || r.t.Caps.Says(UpstreamClient, u) == "")
}

// spread is what the target says in place of a fact for many hosts. Those of which it
// cannot be said at all stay for the pass that drops them.
func (r *run) spread(u *intent.Upstream, earlier []*intent.Upstream, beside func(*intent.Upstream) string) []*intent.Upstream {
	all := r.m.Env.AllServices()
	hosts := r.covered(u, earlier)
	if len(hosts) == 0 && !r.m.Env.Covers(u.Host, all) {
		return []*intent.Upstream{u}
	}
	if r.upstreamFields(u); emptyUpstream(u) {
		return nil
	}
	var out []*intent.Upstream
	whole := deepUpstream(u)
	whole.Host, whole.Balance = all, nil
	if stays := r.m.Env.Covers(u.Host, all) && !emptyUpstream(whole) && r.t.Caps.Says(UpstreamHost, whole) == "" && beside(whole) == ""; !stays {
		whole = nil
	}
	if whole == nil || u.Balance != nil {
		for _, h := range hosts {
			one := deepUpstream(u)
			one.Host = h
			out = append(out, one)
		}
	}
	if whole != nil {
		out = append(out, whole)
	}
	if len(out) == 0 {
		return []*intent.Upstream{u}
	}
	r.spreadBlocks(u, earlier, out)
	return out
}

// covered are the Services of the input that a fact decides for.
func (r *run) covered(u *intent.Upstream, earlier []*intent.Upstream) (hosts []intent.Host) {
	for _, s := range r.m.Inventory.Services {
		h := intent.Host{Service: s.Name}
		if r.m.Env.Covers(u.Host, h) && !s.Lacks(u.Port) && !slices.ContainsFunc(earlier, func(e *intent.Upstream) bool {
			return e.Port == 0 && e.Subset == nil && e.SubsetName == "" && r.m.Env.Covers(e.Host, h) && implied(u.Scope.Client, e.Scope.Client)
		}) {
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// namesUnseen reports whether some facts are for a Service that the input does not show.
func (r *run) namesUnseen(us []*intent.Upstream) bool {
	return slices.ContainsFunc(us, func(u *intent.Upstream) bool { return !u.Host.Service.IsZero() && r.m.Service(u.Host.Service) == nil })
}

// spreadBlocks notes what becomes of each block of a fact for many hosts, of which earlier
// ones may decide for some.
func (r *run) spreadBlocks(u *intent.Upstream, earlier, out []*intent.Upstream) {
	earlier = slices.DeleteFunc(slices.Clone(earlier), func(e *intent.Upstream) bool {
		return !r.m.Env.Covers(u.Host, e.Host) && !r.m.Env.Covers(e.Host, u.Host)
	})
	for _, b := range upstreamBlocks {
		before, after := b.each(earlier), b.each(slices.Concat(earlier, out))
		if before = append(before, b.only(u)); emptyUpstream(before[len(before)-1]) {
			continue
		}
		c := Change{
			Pass: "wide", Feature: UpstreamHost, Code: diag.Approximated, Drift: intent.Same, Aspect: b.aspect, Fate: FateRewritten, From: b.from(u),
			Summary: b.what + " for " + u.Host.String() + " is said of the Services that the input shows", Fix: "nothing", Before: r.upstreams(before...), After: r.upstreams(after...),
		}
		rest := ""
		switch whole := after[len(after)-1]; {
		case r.m.Env.Complete.Services && !r.namesUnseen(earlier):
		case whole.Host == r.m.Env.AllServices() && !emptyUpstream(whole):
			c.Summary = b.what + " for " + u.Host.String() + " is said of all Services"
			if u.Host == (intent.Host{}) {
				rest = "hosts outside of the cluster go without"
			}
		default:
			rest = "others go without"
		}
		if rest != "" {
			c.Drift, c.Fate, c.Detail, c.Fix = intent.Other, FateDrifted, rest, "add all Services to the input, and say complete.services in the environment"
		}
		r.record(c)
	}
}

// upstreamBlock is a part of a fact that is said as a whole.
type upstreamBlock struct {
	aspect intent.Aspect
	what   string
	// only is a fact with this block and no other.
	only func(*intent.Upstream) *intent.Upstream
	from func(*intent.Upstream) intent.Origin
}

// each are facts with this block and no other.
func (b upstreamBlock) each(us []*intent.Upstream) []*intent.Upstream {
	out := make([]*intent.Upstream, len(us), len(us)+1)
	for i, u := range us {
		out[i] = b.only(u)
	}
	return out
}

var upstreamBlocks = []upstreamBlock{
	{intent.Balancing, "the load balancing", block(func(to, u *intent.Upstream) { to.Balance = u.Balance }), func(u *intent.Upstream) intent.Origin { return u.Balance.From }},
	{intent.Limiting, "the limit of calls", block(func(to, u *intent.Upstream) { to.Limits = u.Limits }), func(u *intent.Upstream) intent.Origin { return u.Limits.From }},
	{intent.Ejecting, "the ejection of endpoints", block(func(to, u *intent.Upstream) { to.Outlier = u.Outlier }), func(u *intent.Upstream) intent.Origin { return u.Outlier.From }},
	{intent.Retrying, "the retry budget", block(func(to, u *intent.Upstream) { to.RetryBudget = u.RetryBudget }), func(u *intent.Upstream) intent.Origin { return u.RetryBudget.From }},
}

func block(set func(to, u *intent.Upstream)) func(*intent.Upstream) *intent.Upstream {
	return func(u *intent.Upstream) *intent.Upstream {
		only := *u
		only.Balance, only.Limits, only.Outlier, only.RetryBudget = nil, nil, nil, nil
		set(&only, u)
		return &only
	}
}
