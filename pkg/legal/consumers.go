package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// consumers says of each caller that has a name what the source says of all, for
// targets in which callers limit what they send and leave endpoints out each for
// itself. Callers that the input does not show go without, unless the environment
// says that there are none.
func consumers(r *run) {
	if r.t.Consumers == nil {
		return
	}
	clients := r.t.Consumers(r.m)
	var out []*intent.Upstream
	kept := Kept(r.m, r.t.Mesh)
	for _, u := range r.m.Upstream {
		if kept.Upstream(u) || u.From.Defaulted() || isTrue(u.Scope.Client) && !limitsCallers(u) {
			out = append(out, u)
			continue
		}
		out = append(out, r.byCaller(u, open(out, u, clients))...)
	}
	r.m.Upstream = out
}

// open are the callers for which no earlier fact decides how a host is treated, and
// which are in the scope of a later one.
func open(earlier []*intent.Upstream, u *intent.Upstream, clients []match.Expr) (out []match.Expr) {
	for _, c := range clients {
		decided := slices.ContainsFunc(earlier, func(e *intent.Upstream) bool { return e.Host == u.Host && match.Equal(e.Scope.Client, c) })
		if !decided && implied(c, u.Scope.Client) {
			out = append(out, c)
		}
	}
	return out
}

// limitsCallers reports whether a fact says what is each caller's own concern. Of many
// hosts at once that is all that it limits.
func limitsCallers(u *intent.Upstream) bool {
	return u.Outlier != nil || u.Limits != nil && (capped(u.Limits) || u.Host.Wide())
}

func capped(l *intent.Limits) bool {
	return l.MaxConnections != nil || l.MaxPending != nil || l.MaxRequests != nil
}

// byCaller is a fact for each of some callers, and what is left of it
// for all: how an endpoint is chosen, and how long connecting may take.
func (r *run) byCaller(u *intent.Upstream, clients []match.Expr) []*intent.Upstream {
	named := func(of *intent.Upstream) (out []*intent.Upstream) {
		for _, c := range clients {
			one := deepUpstream(of)
			one.Scope.Client = c
			out = append(out, one)
		}
		return out
	}
	switch {
	case isTrue(u.Scope.Client):
	case len(clients) == 0 && !limitsCallers(u):
		r.dropped("consumers", UpstreamClient, intent.Limiting, u.From, "the policy for "+u.Host.String(), "the input shows no caller by name", nil, nil)
	default:
		r.asForAll(u)
		r.connectsAsForAll(u)
	}
	limits := u.Limits
	if !u.Host.Wide() {
		limits = caps(limits)
	}
	r.callers(u, &intent.Upstream{Limits: limits}, intent.Limiting, named)
	r.callers(u, &intent.Upstream{Outlier: u.Outlier}, intent.Ejecting, named)
	out := named(u)
	if rest := withoutCaps(u); isTrue(u.Scope.Client) && !u.Host.Wide() && !emptyUpstream(rest) {
		out = append(out, rest)
	}
	return out
}

// caps are the limits that each caller keeps for itself; nil is none.
func caps(l *intent.Limits) *intent.Limits {
	if l == nil || !capped(l) {
		return nil
	}
	return &intent.Limits{MaxConnections: l.MaxConnections, MaxPending: l.MaxPending, MaxRequests: l.MaxRequests, At: l.At, From: l.From}
}

// withoutCaps is a fact without what is each caller's own concern.
func withoutCaps(u *intent.Upstream) *intent.Upstream {
	out := deepUpstream(u)
	out.Outlier = nil
	if out.Limits != nil {
		out.Limits.MaxConnections, out.Limits.MaxPending, out.Limits.MaxRequests = nil, nil, nil
		if out.Limits.Empty() {
			out.Limits = nil
		}
	}
	return out
}

// asForAll lets a fact for some callers choose endpoints as the host does for all:
// that is not a caller's own concern.
func (r *run) asForAll(u *intent.Upstream) {
	own := r.forAll(u.Host)
	if describe(own.Balance) == describe(u.Balance) {
		return
	}
	before := r.upstreams(&intent.Upstream{Scope: u.Scope, Host: u.Host, Balance: u.Balance, From: u.From})
	u.Balance = own.Balance
	after := r.upstreams(&intent.Upstream{Scope: u.Scope, Host: u.Host, Balance: u.Balance, From: u.From})
	r.dropped("consumers", UpstreamClient, intent.Balancing, u.From, "how some callers choose endpoints of "+u.Host.String(), "all callers choose them alike", before, after)
}

// forAll is what is said of a host for all callers, the first that is.
func (r *run) forAll(h intent.Host) (own intent.Upstream) {
	for _, x := range slices.Backward(r.m.Upstream) {
		if x.Host == h && x.Port == 0 && x.SubsetName == "" && x.Subset == nil && isTrue(x.Scope.Client) {
			own = *x
		}
	}
	return own
}

// connectsAsForAll lets some callers that say nothing of how long connecting may take keep
// to what is said for all: a caller can have another time of its own, and not none.
func (r *run) connectsAsForAll(u *intent.Upstream) {
	own := r.forAll(u.Host)
	if own.Limits == nil || own.Limits.ConnectTimeout == nil || u.Limits != nil && u.Limits.ConnectTimeout != nil {
		return
	}
	limits := &intent.Limits{From: u.From}
	if u.Limits != nil {
		limits = deepUpstream(u).Limits
	}
	limits.ConnectTimeout = own.Limits.ConnectTimeout
	before, after := *u, *u
	before.Balance, before.Outlier, after.Balance, after.Outlier = nil, nil, nil, nil
	after.Limits = limits
	r.record(Change{
		Pass: "consumers", Feature: UpstreamClient, Code: diag.Approximated, Drift: intent.Other, Aspect: intent.Limiting, Fate: FateDrifted, From: u.From,
		Summary: "some callers of " + u.Host.String() + " wait " + limits.ConnectTimeout.String() + " for a connection, as all others do",
		Detail:  "they kept to the mesh's own time", Fix: "say of them how long they are to wait", Before: r.upstreams(&before), After: r.upstreams(&after),
	})
	u.Limits = limits
}

func describe(b *intent.Balance) string {
	if b == nil {
		return ""
	}
	return intent.Describe(b)
}

// callers notes whose concern one block of a fact becomes.
func (r *run) callers(u, block *intent.Upstream, aspect intent.Aspect, named func(*intent.Upstream) []*intent.Upstream) {
	var from intent.Origin
	switch {
	case block.Limits != nil:
		from = block.Limits.From
	case block.Outlier != nil:
		from = block.Outlier.From
	default:
		return
	}
	block.Scope, block.Host, block.From = u.Scope, u.Host, u.From
	after := named(block)
	before := r.upstreams(block)
	what := map[intent.Aspect]string{intent.Limiting: "the limit of calls to ", intent.Ejecting: "the ejection of endpoints of "}[aspect] + u.Host.String()
	if len(after) == 0 {
		r.dropped("consumers", UpstreamClient, aspect, from, what, "the input shows no caller by name", before, r.upstreams())
		return
	}
	c := Change{
		Pass: "consumers", Feature: UpstreamClient, Code: diag.Approximated, Drift: intent.Same, Aspect: aspect, Fate: FateRewritten, From: from,
		Summary: what + " is said of each caller", Fix: "nothing", Before: before, After: r.upstreams(after...),
	}
	if !r.allCalled(after, u.Scope.Client) {
		c.Drift, c.Fate = intent.Other, FateDrifted
		c.Summary = what + " holds for the callers that the input shows by name"
		c.Detail, c.Fix = "callers that it does not show go without", "add their Services and workloads to the input, and say complete.workloads in the environment"
	}
	if len(after) > 1 || c.Drift != intent.Same {
		r.record(c)
	}
}

// allCalled reports whether facts are for all callers of a scope that there are; where
// the input shows none, whoever calls is not known by name.
func (r *run) allCalled(all []*intent.Upstream, scope match.Expr) bool {
	if len(all) == 1 && match.Equal(all[0].Scope.Client, scope) {
		return true
	}
	if !r.m.Env.Complete.Workloads {
		return false
	}
	any := false
	for _, w := range r.m.Inventory.Workloads {
		at := w.Calling()
		if !match.Eval(scope, at) {
			continue
		}
		if !slices.ContainsFunc(all, func(u *intent.Upstream) bool { return match.Eval(u.Scope.Client, at) }) {
			return false
		}
		any = true
	}
	return any
}
