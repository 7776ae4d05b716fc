package istio

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// retryWords are Envoy's spellings of retry conditions, with the model's.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter
var retryWords = []spelling[intent.RetryOn]{
	{"5xx", intent.On5xx}, {"gateway-error", intent.OnGatewayError}, {"connect-failure", intent.OnConnectFailure},
	{"refused-stream", intent.OnRefusedStream}, {"reset", intent.OnReset}, {"reset-before-request", intent.OnResetBefore},
	{"retriable-4xx", intent.OnRetriable4xx}, {"retriable-status-codes", intent.OnRetriableCodes}, {"envoy-ratelimited", intent.OnEnvoyLimited},
	{"cancelled", "grpc:cancelled"}, {"deadline-exceeded", "grpc:deadline-exceeded"}, {"internal", "grpc:internal"},
	{"resource-exhausted", "grpc:resource-exhausted"}, {"unavailable", "grpc:unavailable"},
	{"retriable-headers", "retriable-headers"}, {"http3-post-connect-failure", "http3-post-connect-failure"},
}

// parseRetryOn reads conditions, sorted and without repetitions; bad is the
// first that is none. Numbers are status codes.
func parseRetryOn(words []string) (on []intent.RetryOn, bad string) {
	for _, w := range words {
		w = strings.TrimSpace(w)
		if knownStatus(w) {
			on = append(on, intent.RetryOn(w))
			continue
		}
		if o, ok := meaning(retryWords, w); ok {
			on = append(on, o)
		} else if w != "" {
			bad = w
		}
	}
	slices.Sort(on)
	return slices.Compact(on), bad
}

// knownStatus reports whether a condition is a status that Istio accepts: one
// that has a name. pkg/config/validation validateHTTPRetry
func knownStatus(w string) bool {
	n, err := strconv.Atoi(w)
	return err == nil && http.StatusText(n) != ""
}

// retrySpellings spells a condition, a range of statuses as each of them; nil is none.
func retrySpellings(on intent.RetryOn) []string {
	w := word(retryWords, on)
	switch codes := statusCodes(on); {
	case w != "":
		return []string{w}
	case len(codes) > 0 && !slices.ContainsFunc(codes, unknownStatus):
		return codes
	case knownStatus(string(on)):
		return []string{string(on)}
	}
	return nil
}

// retryOnText writes conditions as a list.
func retryOnText(on []intent.RetryOn) string {
	var words []string
	for _, o := range on {
		words = append(words, retrySpellings(o)...)
	}
	return strings.Join(words, ",")
}

// nearestRetry bounds retries that only a budget bounds, since a route without
// one would go on until its timeout; and lists the statuses of a range that have
// a name, with others of which no server answers.
func nearestRetry(r intent.Retry) (near intent.Retry, differs string) {
	if r.Attempts == maxInt32 && r.Budget != nil {
		r.Attempts, r.Budget = 1, nil
		differs = "once at most, and not as often as a budget allows"
	}
	near, near.On = r, nil
	for _, on := range r.On {
		codes := statusCodes(on)
		if !slices.ContainsFunc(codes, unknownStatus) {
			near.On = append(near.On, on)
			continue
		}
		differs = both(differs, "on each status that has a name")
		for _, c := range slices.DeleteFunc(codes, unknownStatus) {
			near.On = append(near.On, intent.RetryOn(c))
		}
	}
	slices.Sort(near.On)
	near.On = slices.Compact(near.On)
	return near, differs
}

func both(a, b string) string {
	if a == "" || a == b {
		return b
	}
	return a + ", " + b
}

func unknownStatus(w string) bool { return !knownStatus(w) }

// statusCodes lists the codes of a condition that is a range of them.
func statusCodes(on intent.RetryOn) (codes []string) {
	low, high, ok := strings.Cut(string(on), "-")
	from, errLow := strconv.Atoi(low)
	to, errHigh := strconv.Atoi(high)
	if !ok || errLow != nil || errHigh != nil || to > 599 {
		return nil
	}
	for c := from; c <= to; c++ {
		codes = append(codes, strconv.Itoa(c))
	}
	return codes
}
