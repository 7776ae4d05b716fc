package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// everyone says of all callers what the source says of each alike, for targets that cannot
// say it of some, where the environment says that the input shows all callers.
func everyone(r *run) {
	if !r.m.Env.Complete.Workloads || len(r.m.Inventory.Workloads) == 0 {
		return
	}
	groups := map[callee][]int{}
	for i, u := range r.m.Upstream {
		if !u.From.Defaulted() {
			at := callee{u.Host, u.Port, u.SubsetName}
			groups[at] = append(groups[at], i)
		}
	}
	for i := range r.m.Upstream {
		u := r.m.Upstream[i]
		if u == nil || u.From.Defaulted() {
			continue
		}
		if at := (callee{u.Host, u.Port, u.SubsetName}); groups[at][0] == i {
			r.join(groups[at])
		}
	}
	r.m.Upstream = slices.DeleteFunc(r.m.Upstream, func(u *intent.Upstream) bool { return u == nil })
}

// callee is whom facts of callers are about.
type callee struct {
	host   intent.Host
	port   int
	subset string
}

// join puts one fact in place of those about one host, where all callers treat it alike:
// in the first place of a host, and in the last of several, before which single ones
// stand.
func (r *run) join(at []int) {
	var all []*intent.Upstream
	for _, i := range at {
		all = append(all, r.m.Upstream[i])
	}
	first := all[0]
	if isTrue(first.Scope.Client) || r.t.Caps.Says(UpstreamClient, first) == "" || !r.alike(all) {
		return
	}
	one := deepUpstream(first)
	one.Scope.Client = nil
	for _, u := range all[1:] {
		one.From = merge(one.From, u.From)
		mergeBlocks(one, u)
	}
	for _, b := range upstreamBlocks {
		if before := b.each(all); !emptyUpstream(before[0]) {
			r.record(Change{
				Pass: "everyone", Feature: UpstreamClient, Code: diag.Approximated, Drift: intent.Same, Aspect: b.aspect, Fate: FateRewritten, From: b.from(one),
				Summary: b.what + " for " + one.Host.String() + " is said of all callers at once", Fix: "nothing", Before: r.upstreams(before...), After: r.upstreams(b.only(one)),
			})
		}
	}
	place := at[0]
	if one.Host.Wide() {
		place = at[len(at)-1]
	}
	for _, i := range at {
		r.m.Upstream[i] = nil
	}
	r.m.Upstream[place] = one
}

// alike reports whether some fact decides for each caller that there is, and all that do
// say the same.
func (r *run) alike(all []*intent.Upstream) bool {
	for _, w := range r.m.Inventory.Workloads {
		at := w.Calling()
		i := slices.IndexFunc(all, func(u *intent.Upstream) bool { return isTrue(u.Scope.Client) || match.Eval(u.Scope.Client, at) })
		if i < 0 || blocksText(all[i]) != blocksText(all[0]) {
			return false
		}
	}
	return true
}

// blocksText is equal for facts that say the same.
func blocksText(u *intent.Upstream) (out [4]string) {
	if u.Balance != nil {
		out[0] = intent.Describe(u.Balance)
	}
	if u.Limits != nil {
		out[1] = intent.Describe(u.Limits)
	}
	if u.Outlier != nil {
		out[2] = intent.Describe(u.Outlier)
	}
	if u.RetryBudget != nil {
		out[3] = intent.Describe(u.RetryBudget)
	}
	return out
}

// mergeBlocks adds where another fact says what this one does.
func mergeBlocks(one, u *intent.Upstream) {
	if one.Balance != nil && u.Balance != nil {
		one.Balance.From = merge(one.Balance.From, u.Balance.From)
	}
	if one.Limits != nil && u.Limits != nil {
		one.Limits.From = merge(one.Limits.From, u.Limits.From)
	}
	if one.Outlier != nil && u.Outlier != nil {
		one.Outlier.From = merge(one.Outlier.From, u.Outlier.From)
	}
}
