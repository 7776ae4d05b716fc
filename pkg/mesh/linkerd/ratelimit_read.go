package linkerd

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// limitsNothing says why a HTTPLocalRateLimitPolicy has no effect: a rate is of
// the HTTP requests to one Server, and of several policies for one Server the
// oldest counts, and of those of one age that with the lowest name. "" is that it
// may have one: its Server may be elsewhere.
// linkerd2 policy-controller/k8s/status/src/index.rs (target_ref_status), policy-controller/grpc/src/inbound.rs (to_server)
func (r *reader) limitsNothing(o *source.Object) string {
	if o.Kind != "HTTPLocalRateLimitPolicy" {
		return ""
	}
	name := "HTTPLocalRateLimitPolicy " + o.Namespace + "/" + o.Name
	at := limited(o)
	for _, s := range r.servers {
		switch {
		case s.name() != at:
		case s.inert:
			return name + " is for a Server that has no effect"
		case s.protocol == protocolGRPC || s.protocol == protocolOpaque || s.protocol == protocolTLS:
			return name + " has no effect on Server " + at.String() + ", which declares " + s.protocol
		}
	}
	for _, other := range r.of(groupPolicy, o.Kind) {
		if other != o && limited(other) == at && !at.IsZero() && before(other, o) {
			return name + " has no effect: " + other.Namespace + "/" + other.Name + " is for the same Server and goes before it"
		}
	}
	return ""
}

// limited is the Server that a HTTPLocalRateLimitPolicy is for, one of its own
// namespace; zero where it is for none.
func limited(o *source.Object) intent.Name {
	to := o.Root.Get("spec").Get("targetRef")
	if to.Get("kind").Text() != "Server" || to.Get("group").Text() != groupPolicy {
		return intent.Name{}
	}
	return intent.Name{Namespace: o.Namespace, Name: to.Get("name").Text()}
}

// before reports whether an object is known to be older than another, or of one
// age with a lower name.
func before(a, b *source.Object) bool {
	x, y := created(a), created(b)
	return x != "" && y != "" && cmp.Or(cmp.Compare(x, y), cmp.Compare(a.Name, b.Name)) < 0
}
