package istio

import (
	"strconv"
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/source"
)

func quoted(s string) string { return strconv.Quote(s) }

// corsMethods are what a browser may be told to send.
var corsMethods = map[string]bool{
	"GET": true, "HEAD": true, "POST": true, "PUT": true, "PATCH": true, "DELETE": true, "CONNECT": true, "OPTIONS": true, "TRACE": true, "*": true,
}

// validCORS rejects what pkg/config/validation validateCORSPolicy does.
func validCORS(n *source.Node) {
	for _, o := range n.Get("allowOrigins").Items() {
		if o.Get("exact").Str()+o.Get("prefix").Str()+o.Get("regex").Str() == "" {
			o.Reject("says no origin")
		}
		validRegex(o.Get("regex"))
	}
	for _, m := range n.Get("allowMethods").Items() {
		if !corsMethods[m.Str()] {
			m.Reject("is no method of HTTP")
		}
	}
	for _, key := range []string{"allowHeaders", "exposeHeaders"} {
		for _, h := range n.Get(key).Items() {
			if !headerName.MatchString(h.Str()) {
				h.Reject("is no name of a header")
			}
		}
	}
	if d := optionalDuration(n.Get("maxAge")); d != nil && *d%time.Second != 0 {
		n.Get("maxAge").Reject("is no whole number of seconds")
	}
}

// grpcStatuses are the names of gRPC's answers: google.golang.org/grpc/codes.
var grpcStatuses = map[string]bool{
	"OK": true, "CANCELLED": true, "UNKNOWN": true, "INVALID_ARGUMENT": true, "DEADLINE_EXCEEDED": true, "NOT_FOUND": true, "ALREADY_EXISTS": true,
	"PERMISSION_DENIED": true, "RESOURCE_EXHAUSTED": true, "FAILED_PRECONDITION": true, "ABORTED": true, "OUT_OF_RANGE": true, "UNIMPLEMENTED": true,
	"INTERNAL": true, "UNAVAILABLE": true, "DATA_LOSS": true, "UNAUTHENTICATED": true,
}

// validFault rejects faults that say nothing, or what no proxy does.
func validFault(n *source.Node) {
	abort, delay := n.Get("abort"), n.Get("delay")
	if n != nil && abort == nil && delay == nil {
		n.Reject("has neither a delay nor an abort")
	}
	validShare(abort.Get("percentage").Get("value"))
	validShare(delay.Get("percentage").Get("value"))
	between(abort.Get("httpStatus"), 200, 600, "is not a status from 200 to 599")
	if g := abort.Get("grpcStatus"); g != nil && !grpcStatuses[g.Str()] {
		g.Reject("is no status of gRPC, such as NOT_FOUND")
	}
	if abort.Get("grpcStatus") != nil && abort.Get("httpStatus") != nil {
		abort.Get("grpcStatus").Reject("stands beside httpStatus")
	}
}

// smallestShare is the least part of requests that Envoy tells from none, in
// percent.
const smallestShare = 0.0001

func validShare(n *source.Node) {
	if v := n.Float(); n != nil && (v < 0 || v > 100 || v > 0 && v < smallestShare) {
		n.Reject("is not 0, nor a percentage from 0.0001 to 100")
	}
}

// validMirrors rejects copies of requests to nowhere, and of more than all.
func validMirrors(n *source.Node) {
	validDestination(n.Get("mirror"))
	switch {
	case n.Get("mirrorPercentage") != nil:
		validPercent(n.Get("mirrorPercentage").Get("value"))
	case n.Get("mirrorPercent") != nil:
		between(n.Get("mirrorPercent"), 0, 100, "is no percentage from 0 to 100")
	}
	for _, m := range n.Get("mirrors").Items() {
		if m.Get("destination") == nil {
			m.Reject("has no destination")
		}
		validDestination(m.Get("destination"))
		validPercent(m.Get("percentage").Get("value"))
	}
	if n.Get("mirror") != nil && len(n.Get("mirrors").Items()) > 0 {
		n.Get("mirrors").Reject("stands beside mirror")
	}
}

// validHeaders rejects changes of headers that no proxy can make.
func validHeaders(n *source.Node) {
	for _, side := range []string{"request", "response"} {
		ops := n.Get(side)
		for _, op := range []string{"add", "set"} {
			for _, e := range ops.Get(op).Entries() {
				if why := unchangeable(e.Key, side == "request"); why != "" {
					e.Value.Reject(why)
				}
				if !headerFormat(e.Value.Str()) {
					e.Value.Reject("is no value of a header, or has a % that is neither doubled nor around a command")
				}
			}
		}
		for _, r := range ops.Get("remove").Items() {
			if why := unchangeable(r.Str(), false); why != "" {
				r.Reject(why)
			}
		}
	}
}

// unchangeable says why a header cannot be changed, or "". Requests may get
// another authority.
func unchangeable(name string, authority bool) string {
	switch {
	case name == "":
		return "is for a header without a name"
	case authority && isAuthority(name):
		return ""
	case strings.EqualFold(name, "host"):
		return "is the Host header, which can only be set in requests"
	case strings.HasPrefix(name, ":"):
		return "is for a header that belongs to HTTP/2"
	}
	return ""
}

func isAuthority(name string) bool {
	return strings.EqualFold(name, ":authority") || strings.EqualFold(name, "host")
}
