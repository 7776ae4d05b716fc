package cilium

import (
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// retryWords are Envoy's words for retry conditions, with the model's; those of
// gRPC have no prefix there.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter
var retryWords = map[intent.RetryOn]string{
	intent.On5xx: "5xx", intent.OnGatewayError: "gateway-error", intent.OnConnectFailure: "connect-failure",
	intent.OnRefusedStream: "refused-stream", intent.OnReset: "reset", intent.OnResetBefore: "reset-before-request",
	intent.OnRetriable4xx: "retriable-4xx", intent.OnEnvoyLimited: "envoy-ratelimited",
	"grpc:cancelled": "cancelled", "grpc:deadline-exceeded": "deadline-exceeded", "grpc:internal": "internal",
	"grpc:resource-exhausted": "resource-exhausted", "grpc:unavailable": "unavailable",
	"http3-post-connect-failure": "http3-post-connect-failure", intent.OnRetriableCodes: "retriable-status-codes",
}

// retryWord says a condition as a word, or as status codes; ok is false where
// Envoy has neither.
func retryWord(on intent.RetryOn) (word string, codes []int, ok bool) {
	if w := retryWords[on]; w != "" {
		return w, nil, true
	}
	low, high, isRange := strings.Cut(string(on), "-")
	if !isRange {
		high = low
	}
	from, errLow := strconv.Atoi(low)
	to, errHigh := strconv.Atoi(high)
	if errLow != nil || errHigh != nil || from < 100 || to > 599 || from > to {
		return "", nil, false
	}
	for c := from; c <= to; c++ {
		codes = append(codes, c)
	}
	return "", codes, true
}

// algorithms are Envoy's words for load balancing.
var algorithms = map[intent.BalancePolicy]string{
	intent.RoundRobin: "ROUND_ROBIN", intent.LeastRequest: "LEAST_REQUEST", intent.Random: "RANDOM",
}

// grpcStatuses are the names of gRPC statuses, by their number.
// https://grpc.io/docs/guides/status-codes/
var grpcStatuses = []string{
	"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
	"FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
}
