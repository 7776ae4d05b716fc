package linkerd

import (
	"slices"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
)

// The conditions of answers: "" for a part that can be said, or what does not
// fit. Parts of other kinds, and none, fit.

// asGRPC holds for tables whose rules GRPCRoutes can say.
func asGRPC(p intent.Part) string {
	t, ok := p.(*intent.Routing)
	if !ok || t.Protocol != intent.GRPC {
		return ""
	}
	for i := range t.Rules {
		r := &t.Rules[i]
		forward, _ := r.Then.(intent.Forward)
		_, redirect := r.Then.(intent.Redirect)
		onBackend := slices.ContainsFunc(forward.To, func(b intent.Backend) bool { return slices.ContainsFunc(b.Steps, onlyHTTP) })
		if redirect || onBackend || slices.ContainsFunc(r.Steps, onlyHTTP) {
			return "a GRPCRoute has no redirects and changes no response headers"
		}
	}
	return ""
}

func onlyHTTP(s intent.Step) bool {
	h, ok := s.(intent.Headers)
	return !ok || h.On == intent.OnResponse
}

// someRetries holds for retries that are not said to be none.
func someRetries(p intent.Part) string {
	r, ok := p.(*intent.Retry)
	switch {
	case !ok || r == nil:
	case r.Attempts == 0:
		return "nothing says that there are no retries"
	case r.Attempts > 1<<16-1:
		return "at most 65535 retries can be said"
	}
	return ""
}

func wholePerTry(p intent.Part) string {
	if r, ok := p.(*intent.Retry); ok && r != nil && r.PerTry != nil && !whole(r.PerTry) {
		return "durations are whole milliseconds"
	}
	return ""
}

// whole holds for durations that an annotation can say, and for none.
func whole(d *time.Duration) bool { return d == nil || *d >= 0 && roundDuration(*d) == *d }

// inARow holds for policies that count all failures in a row alike.
func inARow(p intent.Part) string {
	o, ok := p.(*intent.Outlier)
	if ok && o != nil && (o.ConsecutiveGateway != nil || o.ConsecutiveLocal != nil || o.SplitLocal != nil) {
		return "failures in a row count, whatever their kind"
	}
	return ""
}

func penalties(p intent.Part) string {
	o, ok := p.(*intent.Outlier)
	switch {
	case !ok || o == nil:
	case o.Interval != nil:
		return "failures are counted as they come, and not at intervals"
	case !whole(o.BaseEjection) || !whole(o.MaxEjection):
		return "durations are whole milliseconds"
	case valueOr(o.MaxEjection, maxPenalty) == 0, valueOr(o.BaseEjection, minPenalty) > valueOr(o.MaxEjection, maxPenalty):
		return "the first penalty is at most the longest, which is a minute where none is said"
	case o.Jitter != nil && (*o.Jitter < 0 || *o.Jitter > 100):
		return "a jitter is from 0 to 100"
	}
	return ""
}

// unified holds for what mode unified can say, which needs a success rate.
func unified(p intent.Part) string {
	o, ok := p.(*intent.Outlier)
	switch {
	case !ok || o == nil:
	case o.SuccessRate == nil:
		return "a window without a success rate has no effect"
	case !whole(o.Window):
		return "durations are whole milliseconds"
	}
	return ""
}
