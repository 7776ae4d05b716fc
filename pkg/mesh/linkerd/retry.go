package linkerd

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
)

// retryKeys are the annotations of retries.
var retryKeys = []string{retryHTTP, retryGRPC, retryLimit, retryTimeout}

// always are failures after which Linkerd tries again whenever it retries at
// all: those of the connection.
// linkerd2-proxy linkerd/app/outbound/src/http/logical/policy/route/retry.rs
var always = []intent.RetryOn{intent.OnConnectFailure, intent.OnRefusedStream}

// grpcStatuses are those on which Linkerd can retry.
var grpcStatuses = []string{"cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"}

// grpcOn begins a condition on a gRPC status.
const grpcOn = "grpc:"

// retry reads the retry annotations for tables of a protocol; nil where there
// are none, and why says what cannot be read. A limit or a timeout of 0 counts as
// absent, so that nothing turns retries off.
// linkerd2 policy-controller/k8s/index/src/outbound/index/http.rs parse_http_retry
func (a annotations) retry(p intent.Protocol) (r *intent.Retry, why string) {
	key := retryHTTP
	if p == intent.GRPC {
		key = retryGRPC
	}
	on, why := readConditions(key, a[key].Value)
	limit, whyLimit := a.limit()
	perTry, whyPerTry := a.perTry()
	if why = cmp.Or(why, whyLimit, whyPerTry); why != "" {
		return nil, why
	}
	if !a.any(key) && limit == 0 && perTry == nil {
		return nil, ""
	}
	r = &intent.Retry{Attempts: max(1, limit), On: on, PerTry: perTry, From: a.from(key, retryLimit, retryTimeout)}
	a.note(&r.At, intent.SettingConditions, key)
	a.note(&r.At, intent.SettingPerTry, retryTimeout)
	return r, ""
}

func readConditions(key, text string) (on []intent.RetryOn, why string) {
	if key == retryGRPC {
		return readGRPC(text)
	}
	return readStatuses(text)
}

// limit is how often requests are tried again; 0 is not said.
func (a annotations) limit() (n int, why string) {
	text := a[retryLimit].Value
	if text == "" {
		return 0, ""
	}
	limit, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, retryLimit + " " + text + " is not a number up to 65535"
	}
	return int(limit), ""
}

// perTry bounds one try; nil is not said.
func (a annotations) perTry() (d *time.Duration, why string) {
	text := a[retryTimeout].Value
	if text == "" {
		return nil, ""
	}
	bound, ok := parseDuration(text)
	if !ok {
		return nil, retryTimeout + " " + text + " is not one number with one unit"
	}
	if bound == 0 {
		return nil, ""
	}
	return &bound, ""
}

// withAlways adds the failures of the connection.
func withAlways(on []intent.RetryOn) []intent.RetryOn {
	on = append(on, always...)
	slices.Sort(on)
	return slices.Compact(on)
}

// readStatuses reads the HTTP conditions.
func readStatuses(text string) (on []intent.RetryOn, why string) {
	for _, c := range listed(text) {
		switch {
		case strings.EqualFold(c, string(intent.On5xx)):
			on = append(on, intent.On5xx)
		case strings.EqualFold(c, string(intent.OnGatewayError)):
			on = append(on, intent.OnGatewayError)
		case statuses(c):
			on = append(on, intent.RetryOn(c))
		default:
			return nil, retryHTTP + " " + c + " is no status, range of statuses, 5xx or gateway-error"
		}
	}
	return withAlways(on), ""
}

func listed(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// statuses reports whether text is a status, or a range of them.
func statuses(text string) bool {
	low, high, ranged := strings.Cut(text, "-")
	if !ranged {
		high = low
	}
	l, errLow := strconv.Atoi(low)
	h, errHigh := strconv.Atoi(high)
	return errLow == nil && errHigh == nil && l >= 100 && l <= h && h <= 599
}

// readGRPC reads the gRPC conditions.
func readGRPC(text string) (on []intent.RetryOn, why string) {
	for _, c := range listed(text) {
		if !slices.Contains(grpcStatuses, strings.ToLower(c)) {
			return nil, retryGRPC + " " + c + " is no status on which Linkerd retries"
		}
		on = append(on, intent.RetryOn(grpcOn+strings.ToLower(c)))
	}
	return withAlways(on), ""
}

// canRetry says why rules of a protocol cannot retry on a condition, or "".
func canRetry(p intent.Protocol, on intent.RetryOn) string {
	status, grpc := strings.CutPrefix(string(on), grpcOn)
	switch {
	case slices.Contains(always, on):
		return ""
	case p == intent.GRPC && !grpc:
		return "Linkerd retries gRPC on gRPC statuses only"
	case p == intent.GRPC && slices.Contains(grpcStatuses, status):
		return ""
	case grpc:
		return "Linkerd does not retry on this gRPC status here"
	case on == intent.On5xx, on == intent.OnGatewayError, statuses(string(on)):
		return ""
	}
	return "Linkerd retries on statuses and failures of the connection only"
}

// withoutBudget bounds retries that only a budget bounds: routes have none, and
// try once more where they say no limit.
func withoutBudget(r intent.Retry) (near intent.Retry, differs string) {
	if r.Attempts != unlimited {
		return r, ""
	}
	r.Attempts, r.Budget = 1, nil
	return r, "once at most, and not as often as a budget allows"
}

// writeRetry prints a retry policy as annotations.
func writeRetry(r *intent.Retry) []intent.Pair {
	if r == nil || r.Attempts == 0 {
		return nil
	}
	var http, grpc []string
	for _, on := range r.On {
		status, isGRPC := strings.CutPrefix(string(on), grpcOn)
		switch {
		case isGRPC:
			grpc = append(grpc, status)
		case !slices.Contains(always, on):
			http = append(http, string(on))
		}
	}
	var out []intent.Pair
	add := func(key, value string) { out = append(out, intent.Pair{Key: key, Value: value, From: r.From}) }
	if len(http) > 0 {
		add(retryHTTP, strings.Join(http, ","))
	}
	if len(grpc) > 0 {
		add(retryGRPC, strings.Join(grpc, ","))
	}
	if r.Attempts != 1 || len(http)+len(grpc) == 0 {
		add(retryLimit, strconv.Itoa(r.Attempts))
	}
	if r.PerTry != nil {
		add(retryTimeout, formatDuration(*r.PerTry))
	}
	return out
}
