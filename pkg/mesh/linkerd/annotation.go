package linkerd

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// The annotations by which routes and Services say retries and timeouts.
// https://linkerd.io/2-edge/reference/retries/ and .../timeouts/
const (
	retryHTTP       = "retry.linkerd.io/http"
	retryGRPC       = "retry.linkerd.io/grpc"
	retryLimit      = "retry.linkerd.io/limit"
	retryTimeout    = "retry.linkerd.io/timeout"
	timeoutRequest  = "timeout.linkerd.io/request"
	timeoutResponse = "timeout.linkerd.io/response"
	timeoutIdle     = "timeout.linkerd.io/idle"
)

// domains end the prefixes of annotations to which Linkerd gives a meaning.
var domains = []string{"linkerd.io", ".linkerd.io"}

// meant reports whether Linkerd gives an annotation a meaning, on some kind.
// Those by which it tells who made an object are the operator's.
func meant(annotation string) bool {
	prefix, _, ok := strings.Cut(annotation, "/")
	return ok && annotation != "linkerd.io/created-by" && (prefix == domains[0] || strings.HasSuffix(prefix, domains[1]))
}

// annotations are those of one object that have a meaning, with where each
// stands.
type annotations map[string]intent.Pair

// annotationsOf reads those of a route.
func annotationsOf(o *source.Object) annotations {
	out := annotations{}
	for _, e := range o.Root.Get("metadata").Get("annotations").Entries() {
		if meant(e.Key) {
			out[e.Key] = intent.Pair{Key: e.Key, Value: e.Value.Str(), From: intent.From(e.Value.Ref())}
		}
	}
	return out
}

// annotationsIn takes those of a Service, from the inventory.
func annotationsIn(pairs []intent.Pair) annotations {
	out := annotations{}
	for _, p := range pairs {
		if meant(p.Key) {
			out[p.Key] = p
		}
	}
	return out
}

// any reports whether one of the keys is there.
func (a annotations) any(keys ...string) bool {
	for _, k := range keys {
		if _, ok := a[k]; ok {
			return true
		}
	}
	return false
}

// from is the origin of those of the keys that are there.
// note keeps where a setting is said.
func (a annotations) note(at *intent.Places, s intent.Setting, keys ...string) {
	for _, ref := range a.from(keys...) {
		at.Note(s, ref)
	}
}

func (a annotations) from(keys ...string) intent.Origin {
	var out intent.Origin
	for _, k := range keys {
		out = append(out, a[k].From...)
	}
	return out
}
