package istio

import (
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
		if n, err := strconv.Atoi(w); err == nil && n >= 100 && n <= 599 {
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

// retryWord is Istio's spelling of a condition; "" is none. A range of codes is
// not one word, see retryOnText.
func retryWord(on intent.RetryOn) string {
	if w := word(retryWords, on); w != "" {
		return w
	}
	if _, err := strconv.Atoi(string(on)); err == nil {
		return string(on)
	}
	return ""
}

// retryOnText writes conditions as a list.
func retryOnText(on []intent.RetryOn) string {
	var words []string
	for _, o := range on {
		if codes := statusCodes(o); len(codes) > 0 {
			words = append(words, codes...)
			continue
		}
		words = append(words, retryWord(o))
	}
	return strings.Join(words, ",")
}

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
