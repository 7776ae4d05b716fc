package legal

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
)

// leftInspection tells what proxies that tell requests apart for admission did with them
// in the source, and do no longer. No route is given it: it was done in front of the
// workload, to all that reached it, and beside what routes do.
func leftInspection(r *run) {
	own := r.source.Inspection
	if own == nil || sameInspection(own, r.m.Baseline.Inspection) {
		return
	}
	from := inspected(r.m)
	if len(from) == 0 {
		return
	}
	c := Change{
		Pass: "left-inspection", Code: diag.DefaultDiffers, Drift: intent.Other, Fate: FateCarried, From: from,
		Fix: "say it in the routes of these workloads if you rely on it",
	}
	if own.Retry != nil && own.Retry.Attempts > 0 {
		c.Feature, c.Aspect = RetryAttempts, intent.Retrying
		c.Summary = "requests that policies tell apart are not tried again"
		c.Detail = "the proxies of the source that enforce such policies try each request again that fails, " + timesText(own.Retry) + ", beside what routes have"
		r.record(c)
	}
	if own.Timeout != nil {
		c.Feature, c.Aspect = TimeoutRequest, intent.Timing
		c.Summary = "requests that policies tell apart have no timeout of their own"
		c.Detail = "the proxies of the source that enforce such policies end requests after " + inspectionTime(own.Timeout)
		r.record(c)
	}
}

// broughtInspection tells what the target does with requests because what is written
// tells them apart for admission: whoever retries a payment that failed may pay twice.
func broughtInspection(r *run) {
	own := r.m.Baseline.Inspection
	if own == nil || sameInspection(own, r.source.Inspection) {
		return
	}
	from := inspected(r.m)
	if len(from) == 0 {
		return
	}
	c := Change{
		Pass: "brought-inspection", Code: diag.Approximated, Drift: intent.Other, Fate: FateCarried, From: from,
	}
	if own.Retry != nil && own.Retry.Attempts > 0 {
		c.Feature, c.Aspect = RetryAttempts, intent.Retrying
		c.Summary = "requests that policies tell apart are also tried again, " + timesText(own.Retry)
		c.Detail = "the proxies that enforce such policies do so with requests of every method, beside what routes have: a POST that fails may be done several times"
		c.Fix = "set " + own.Retry.From[0].Path + " of " + own.Retry.From[0].Object + " to 0, there and in the environment, or accept the finding if these retries do no harm"
		r.record(c)
	}
	if own.Timeout != nil {
		c.Feature, c.Aspect, c.Code = TimeoutRequest, intent.Timing, diag.DefaultDiffers
		c.Summary = "requests that policies tell apart have a timeout"
		c.Detail = "the proxies that enforce such policies end requests after " + inspectionTime(own.Timeout)
		c.Fix = "configure the proxies otherwise if requests take longer"
		r.record(c)
	}
}

// inspected are the places of what lets in by what requests have.
func inspected(m *intent.Model) intent.Origin {
	var out intent.Origin
	for _, a := range m.Access {
		if a.Inspects() {
			out = append(out, a.From...)
		}
	}
	return onceEach(out)
}

// onceEach leaves out places that stand earlier in a list.
func onceEach(all intent.Origin) intent.Origin {
	seen := make(map[place.Ref]bool, len(all))
	return slices.DeleteFunc(all, func(ref place.Ref) bool {
		was := seen[ref]
		seen[ref] = true
		return was
	})
}

func sameInspection(a, b *intent.Inspection) bool {
	if a == nil || b == nil {
		return a == b
	}
	return sameRetry(a.Retry, b.Retry) && sameTimeout(a.Timeout, b.Timeout)
}

func timesText(t *intent.Retry) string {
	times := " times on "
	if t.Attempts == 1 {
		times = " time on "
	}
	return strconv.Itoa(t.Attempts) + times + joinConditions(t.On)
}

func inspectionTime(t *intent.Timeout) string {
	text := boundText(boundOf(t))
	if t.Idle != nil {
		text += ", and after " + t.Idle.String() + " of silence"
	}
	return text
}
