package legal

import (
	"reflect"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// defaults replaces the source mesh's baseline by the target's: what nobody
// asked for is what the target does by itself. Each default that differs is
// noted once.
func defaults(r *run) {
	from, to := r.m.Baseline, intent.Baseline{}
	if r.t.Baseline != nil {
		to = r.t.Baseline(r.m.Env)
	}
	if len(to.Trusts) == 0 {
		to.Trusts = from.Trusts // it is for who gives certificates to see to that
	}
	for _, d := range baselineParts(from, to) {
		if d.same {
			continue
		}
		r.record(Change{
			Pass: "defaults", Feature: d.feature, Code: diag.DefaultDiffers, Drift: intent.Other, Aspect: d.aspect, Fate: FateRewritten,
			From:    intent.Origin{},
			Summary: d.what + " by default is not that of the source",
			Detail:  d.detail,
			Fix:     "say it in a manifest if you rely on it",
		})
	}
	r.m.Baseline = to
}

type baselinePart struct {
	what, detail string
	feature      Feature
	aspect       intent.Aspect
	same         bool
}

func baselineParts(a, b intent.Baseline) []baselinePart {
	return []baselinePart{
		{"how requests are retried", retryDetail(a.Retry) + " before, " + retryDetail(b.Retry) + " after, where no route says otherwise", RetryAttempts, intent.Retrying, sameRetry(a.Retry, b.Retry)},
		{"how long requests may take", boundText(boundOf(a.Timeout)) + " before, " + boundText(boundOf(b.Timeout)) + " after, where no route says otherwise", TimeoutRequest, intent.Timing, sameTimeout(a.Timeout, b.Timeout)},
		{"how endpoints are chosen", "the load balancing algorithm differs", BalanceAlgorithm, intent.Balancing, a.Balance == nil || b.Balance == nil || a.Balance.Policy == b.Balance.Policy},
		{"whose certificates are taken", "those of trust domains " + strings.Join(a.Trusts, ", ") + " before, of " + strings.Join(b.Trusts, ", ") + " after", AccessTrust, intent.Admission, !slices.ContainsFunc(a.Trusts, func(d string) bool { return !slices.Contains(b.Trusts, d) })},
		{"how paths are normalised", "paths reach rules and workloads in another form", MatchPathExact, intent.Rewritten, a.Paths == b.Paths},
	}
}

func retryDetail(r *intent.Retry) string {
	if r == nil || r.Attempts == 0 {
		return "no retries"
	}
	return "retries on some failures"
}

func sameRetry(a, b *intent.Retry) bool {
	if a == nil || b == nil {
		return (a == nil || a.Attempts == 0) && (b == nil || b.Attempts == 0)
	}
	x, y := *a, *b
	x.From, y.From = nil, nil
	return reflect.DeepEqual(x, y)
}

func sameTimeout(a, b *intent.Timeout) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := *a, *b
	x.From, y.From = nil, nil
	return reflect.DeepEqual(x, y)
}
