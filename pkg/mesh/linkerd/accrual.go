package linkerd

import (
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
)

// The annotations of circuit breaking on Services.
// https://linkerd.io/2-edge/reference/circuit-breaking/
const (
	accrual           = "balancer.linkerd.io/failure-accrual"
	accrualFailures   = accrual + "-consecutive-max-failures"
	accrualMin        = accrual + "-consecutive-min-penalty"
	accrualMax        = accrual + "-consecutive-max-penalty"
	accrualJitter     = accrual + "-consecutive-jitter-ratio"
	accrualAlpha      = "balancer.alpha.linkerd.io/failure-accrual"
	accrualThreshold  = accrualAlpha + "-success-rate-threshold"
	accrualWindow     = accrualAlpha + "-success-rate-window"
	accrualRequests   = accrualAlpha + "-success-rate-min-requests"
	accrualRetryAfter = accrualAlpha + "-honor-retry-after"

	modeConsecutive = "consecutive"
	modeUnified     = "unified"
)

// accrualKeys lists them all, in the order in which they are written.
var accrualKeys = []string{accrual, accrualFailures, accrualMin, accrualMax, accrualJitter, accrualThreshold, accrualWindow, accrualRequests, accrualRetryAfter}

// maxFailures is how many failures in a row put an endpoint out where nothing
// is said; minThreshold the success rate of mode unified.
const (
	maxFailures = 7
	threshold   = 0.8
)

// outlier reads the annotations of circuit breaking; nil where there is none,
// and why says what cannot be read.
func (a annotations) outlier() (o *intent.Outlier, why string) {
	mode, ok := a[accrual]
	switch {
	case !ok:
		return nil, ""
	case mode.Value != modeConsecutive && mode.Value != modeUnified:
		return nil, accrual + " " + mode.Value + " is neither consecutive nor unified"
	}
	v := &values{annotations: a}
	o = &intent.Outlier{From: a.from(accrualKeys...)}
	a.note(&o.At, intent.SettingConsecutive, accrualFailures)
	a.note(&o.At, intent.SettingBaseEjection, accrualMin)
	a.note(&o.At, intent.SettingLongestEjection, accrualMax)
	a.note(&o.At, intent.SettingJitter, accrualJitter)
	a.note(&o.At, intent.SettingRate, accrualThreshold, accrualWindow, accrualRequests, accrualRetryAfter)
	o.Consecutive5xx = v.count(accrualFailures)
	if o.Consecutive5xx == nil {
		o.Consecutive5xx = pointer(maxFailures)
	}
	o.BaseEjection, o.MaxEjection, o.Jitter = v.duration(accrualMin), v.duration(accrualMax), v.ratio(accrualJitter, 100)
	v.penalties(o)
	if mode.Value == modeUnified {
		o.SuccessRate = v.ratio(accrualThreshold, 1)
		if o.SuccessRate == nil {
			o.SuccessRate = pointer(threshold)
		}
		o.Window, o.MinRequests, o.RetryAfter = v.duration(accrualWindow), v.count(accrualRequests), v.flag(accrualRetryAfter)
		v.window(o)
	}
	if v.why != "" {
		return nil, v.why
	}
	return o, ""
}

// values reads annotations, and keeps what is wrong with the first that cannot
// be read.
type values struct {
	annotations
	why string
}

func (v *values) bad(key, what string) {
	if v.why == "" {
		v.why = key + " " + v.annotations[key].Value + " is not " + what
	}
}

func (v *values) count(key string) *int {
	if !v.any(key) {
		return nil
	}
	n, err := strconv.ParseUint(strings.TrimSpace(v.annotations[key].Value), 10, 31)
	if err != nil {
		v.bad(key, "a number")
		return nil
	}
	return pointer(int(n))
}

func (v *values) duration(key string) *time.Duration {
	if !v.any(key) {
		return nil
	}
	d, ok := parseDuration(v.annotations[key].Value)
	if !ok {
		v.bad(key, "one number with one unit")
		return nil
	}
	return &d
}

func (v *values) ratio(key string, most float64) *float64 {
	if !v.any(key) {
		return nil
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(v.annotations[key].Value), 64)
	if err != nil || !(f >= 0 && f <= most) {
		v.bad(key, "a ratio of at most "+formatRatio(most))
		return nil
	}
	return &f
}

// Penalties where none are said, and the bounds of a success rate's window and of
// the requests that it needs, past which the proxy drops the whole policy.
// linkerd2 policy-controller/k8s/index/src/outbound/index.rs parse_consecutive_params, parse_success_rate_params
const (
	minPenalty  = time.Second
	maxPenalty  = time.Minute
	leastWindow = 10 * time.Millisecond
	mostNeeded  = 1_000_000
)

// penalties holds the first and the longest penalty to each other.
func (v *values) penalties(o *intent.Outlier) {
	first, longest := valueOr(o.BaseEjection, minPenalty), valueOr(o.MaxEjection, maxPenalty)
	switch {
	case longest == 0:
		v.bad(accrualMax, "longer than 0")
	case first > longest:
		v.bad(accrualMin, "at most the longest penalty")
	}
}

// window holds the parts of a success rate to their bounds; a rate of 0 is off.
func (v *values) window(o *intent.Outlier) {
	switch off := valueOr(o.SuccessRate, threshold) == 0; {
	case o.Window != nil && (*o.Window == 0 || !off && *o.Window < leastWindow):
		v.bad(accrualWindow, "at least 10ms")
	case !off && valueOr(o.MinRequests, 0) > mostNeeded:
		v.bad(accrualRequests, "at most 1000000")
	}
}

func valueOr[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

func (v *values) flag(key string) *bool {
	if !v.any(key) {
		return nil
	}
	return pointer(v.annotations[key].Value == "true")
}

func pointer[T any](v T) *T { return &v }

// writeOutlier prints circuit breaking as annotations.
func writeOutlier(o *intent.Outlier) []intent.Pair {
	values := map[string]string{accrual: modeConsecutive}
	set(values, accrualFailures, o.Consecutive5xx, strconv.Itoa)
	set(values, accrualMin, o.BaseEjection, formatDuration)
	set(values, accrualMax, o.MaxEjection, formatDuration)
	set(values, accrualJitter, o.Jitter, formatRatio)
	if o.SuccessRate != nil {
		values[accrual] = modeUnified
		set(values, accrualThreshold, o.SuccessRate, formatRatio)
		set(values, accrualWindow, o.Window, formatDuration)
		set(values, accrualRequests, o.MinRequests, strconv.Itoa)
		set(values, accrualRetryAfter, o.RetryAfter, strconv.FormatBool)
	}
	var out []intent.Pair
	for _, key := range accrualKeys {
		if v, ok := values[key]; ok {
			out = append(out, intent.Pair{Key: key, Value: v, From: o.From})
		}
	}
	return out
}

func set[T any](to map[string]string, key string, v *T, format func(T) string) {
	if v != nil {
		to[key] = format(*v)
	}
}

func formatRatio(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
