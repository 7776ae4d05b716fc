package legal

import (
	"slices"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// timeout drops the timeouts of a rule that the target cannot say.
func (r *run) timeout(t *intent.Routing, i int) {
	rule := &t.Rules[i]
	if rule.Timeout == nil {
		return
	}
	kept := *rule.Timeout
	for _, d := range []struct {
		f     Feature
		what  string
		value **time.Duration
	}{
		{TimeoutRequest, "the request timeout", &kept.Request}, {TimeoutBackend, "the timeout of one attempt", &kept.Backend},
		{TimeoutStream, "the idle timeout", &kept.Idle}, {TimeoutStream, "the response timeout", &kept.Response},
	} {
		if *d.value == nil {
			continue
		}
		why := r.t.Caps.Says(d.f, rule.Timeout)
		if why == "" {
			why = r.unsayable(**d.value)
		}
		if why == "" || d.f == TimeoutBackend && r.boundAttempt(t, i, &kept) {
			continue
		}
		before := kept
		*d.value = nil
		r.timeoutDropped(t, i, d.f, d.what, why, before, kept)
	}
	rule.Timeout = &kept
	if kept.Request == nil && kept.Backend == nil && kept.Idle == nil && kept.Response == nil {
		rule.Timeout = nil
	}
}

// boundAttempt says the bound of one attempt as that of the request where nothing
// is retried, and as part of the retries otherwise; false where the target can
// say neither.
func (r *run) boundAttempt(t *intent.Routing, i int, kept *intent.Timeout) bool {
	rule := &t.Rules[i]
	retry := rule.Retry
	if retry == nil {
		retry = r.source.Retry
	}
	c := Change{
		Pass: "features", Feature: TimeoutBackend, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Timing, Fate: FateRewritten, From: kept.From,
		Summary: "the timeout of one attempt to " + t.Host.String() + " is written as that of the request: nothing is retried", Fix: "nothing",
	}
	switch {
	case retry == nil || retry.Attempts == 0:
		if r.t.Caps.Says(TimeoutRequest, kept) != "" {
			return false
		}
		if kept.Request == nil || *kept.Request == 0 || *kept.Backend != 0 && *kept.Backend < *kept.Request {
			kept.Request = kept.Backend
		}
	default:
		bounded := *retry
		if bounded.PerTry == nil {
			bounded.PerTry = kept.Backend
		}
		if r.t.Caps.Says(RetryPerTry, &bounded) != "" {
			return false
		}
		bounded.From = append(slices.Clone(kept.From), bounded.From...)
		rule.Retry = &bounded
		c.Summary = "the timeout of one attempt to " + t.Host.String() + " is written as part of the retries"
	}
	kept.Backend = nil
	r.record(c)
	return true
}

func (r *run) timeoutDropped(t *intent.Routing, i int, f Feature, what, why string, before, after intent.Timeout) {
	r.withRule(t, i, func(c *intent.Rule) { c.Timeout = &before }, func(b *intent.Model) {
		r.withRule(t, i, func(c *intent.Rule) { c.Timeout = &after }, func(a *intent.Model) {
			r.dropped("features", f, intent.Timing, before.From, what+" for "+t.Host.String(), why, b, a)
		})
	})
}

// unsayable says why a duration cannot be written, or "".
func (r *run) unsayable(d time.Duration) string {
	if r.t.Limits.Duration == nil || r.t.Limits.Duration(d) == d {
		return ""
	}
	return "it cannot be said to the " + d.String()
}

// retry drops the parts of a rule's retries that the target cannot say; without
// a condition that it can say, retries go altogether.
func (r *run) retry(t *intent.Routing, i int) {
	rule := &t.Rules[i]
	if rule.Retry == nil {
		return
	}
	r.nearestRetry(t, i)
	kept := *rule.Retry
	before := kept
	if why := r.t.Caps.Says(RetryAttempts, rule.Retry); why != "" {
		if rule.Retry.Attempts == 0 && r.noRetries() {
			rule.Retry = nil
			return
		}
		rule.Retry = nil
		r.retryDropped(t, i, RetryAttempts, "the retry policy", why, &before, nil, before.From)
		return
	}
	kept.On = nil
	for _, on := range before.On {
		if why := r.noRetryOn(t.Protocol, before, on); why != "" {
			a, b := kept, kept
			a.On = append(append([]intent.RetryOn{}, kept.On...), on)
			r.retryDropped(t, i, RetryConditions, "retrying on "+string(on), why, &a, &b, before.At.Of(intent.SettingConditions, before.From))
			continue
		}
		kept.On = append(kept.On, on)
	}
	r.retryDetails(t, i, &kept)
	rule.Retry = &kept
	if len(before.On) > 0 && len(kept.On) == 0 && before.Attempts > 0 {
		rule.Retry = nil
		r.retryDropped(t, i, RetryConditions, "the retry policy", "none of its conditions can be said", &kept, nil, kept.From)
		return
	}
	r.retriesAlso(t, i)
}

// noRetryOn says why a rule of a protocol cannot retry on a condition.
func (r *run) noRetryOn(p intent.Protocol, retry intent.Retry, on intent.RetryOn) string {
	if r.t.Route.RetriesOn != nil {
		return r.t.Route.RetriesOn(p, on)
	}
	retry.On = []intent.RetryOn{on}
	return r.t.Caps.Says(RetryConditions, &retry)
}

// nearestRetry rewrites the policy of a rule to one that the target can say.
func (r *run) nearestRetry(t *intent.Routing, i int) {
	if r.t.Route.NearestRetry == nil {
		return
	}
	before := *t.Rules[i].Retry
	after, differs := r.t.Route.NearestRetry(before)
	if differs == "" {
		return
	}
	t.Rules[i].Retry = &after
	r.withRule(t, i, func(c *intent.Rule) { c.Retry = &before }, func(b *intent.Model) {
		r.withRule(t, i, func(c *intent.Rule) { c.Retry = &after }, func(a *intent.Model) {
			r.record(Change{
				Pass: "features", Feature: RetryConditions, Code: diag.Approximated, Drift: intent.Other, Aspect: intent.Retrying, Fate: FateDrifted, From: before.From,
				Summary: "the retries of " + t.Host.String() + " are said as near as can be: " + differs, Detail: "requests are tried again in another measure",
				Fix: "accept the finding if these retries do no harm", Before: b, After: a,
			})
		})
	})
}

// retriesAlso adds the conditions that the target retries on by itself.
func (r *run) retriesAlso(t *intent.Routing, i int) {
	before := *t.Rules[i].Retry
	after := before
	after.On = append(slices.Clone(before.On), r.t.Route.RetriesAlso...)
	slices.Sort(after.On)
	after.On = slices.Compact(after.On)
	if before.Attempts == 0 || len(after.On) == len(before.On) {
		return
	}
	t.Rules[i].Retry = &after
	r.withRule(t, i, func(c *intent.Rule) { c.Retry = &before }, func(b *intent.Model) {
		r.withRule(t, i, func(c *intent.Rule) { c.Retry = &after }, func(a *intent.Model) {
			r.record(Change{
				Pass: "features", Feature: RetryConditions, Code: diag.Approximated, Drift: intent.Other, Aspect: intent.Retrying, Fate: FateDrifted, From: before.From,
				Summary: "requests to " + t.Host.String() + " are also retried on " + joinConditions(r.t.Route.RetriesAlso), Detail: "the target retries on connection errors wherever it retries",
				Fix: "accept the finding if these retries do no harm", Before: b, After: a,
			})
		})
	})
}

func joinConditions(on []intent.RetryOn) string {
	text := make([]string, len(on))
	for i, o := range on {
		text[i] = string(o)
	}
	return strings.Join(text, ", ")
}

// noRetries reports whether the target does not retry by itself.
func (r *run) noRetries() bool {
	return r.m.Baseline.Retry == nil || r.m.Baseline.Retry.Attempts == 0
}

func (r *run) retryDetails(t *intent.Routing, i int, kept *intent.Retry) {
	for _, d := range []struct {
		f    Feature
		at   intent.Setting
		what string
		said func() bool
		drop func(*intent.Retry)
	}{
		{RetryPerTry, intent.SettingPerTry, "the timeout of one try", func() bool { return kept.PerTry != nil }, func(x *intent.Retry) { x.PerTry = nil }},
		{RetryBackoff, intent.SettingBackoff, "the retry backoff", func() bool { return kept.Backoff != nil }, func(x *intent.Retry) { x.Backoff = nil }},
		{RetryHosts, intent.SettingElsewhere, "where retries go", func() bool { return kept.OtherHosts != nil || kept.OtherLocalities != nil }, func(x *intent.Retry) { x.OtherHosts, x.OtherLocalities = nil, nil }},
		{RetryBudgets, "", "the retry budget", func() bool { return kept.Budget != nil }, func(x *intent.Retry) { x.Budget = nil }},
	} {
		if !d.said() {
			continue
		}
		if why := r.t.Caps.Says(d.f, kept); why != "" {
			before := *kept
			d.drop(kept)
			after := *kept
			r.retryDropped(t, i, d.f, d.what, why, &before, &after, before.At.Of(d.at, retryOrigin(d.f, &before)))
		}
	}
}

// retryOrigin is where a setting of a retry policy is said, which has no closer
// place.
func retryOrigin(f Feature, t *intent.Retry) intent.Origin {
	if f == RetryBudgets {
		return t.Budget.From
	}
	return t.From
}

func (r *run) retryDropped(t *intent.Routing, i int, f Feature, what, why string, before, after *intent.Retry, at intent.Origin) {
	r.withRule(t, i, func(c *intent.Rule) { c.Retry = before }, func(b *intent.Model) {
		r.withRule(t, i, func(c *intent.Rule) { c.Retry = after }, func(a *intent.Model) {
			r.dropped("features", f, intent.Retrying, at, what+" for "+t.Host.String(), why, b, a)
		})
	})
}
