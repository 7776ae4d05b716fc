package cilium

import (
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// perRoute reads what filters do for one route, in place of what they do for all.
func (c *configReader) perRoute(n *source.Node, base []intent.Step) []intent.Step {
	var out []intent.Step
	fault, cors := false, false
	for _, e := range n.Entries() {
		switch typeOf(e.Value) {
		case typeFault:
			fault = true
			out = append(out, c.faultSteps(e.Value)...)
		case typeOrigins:
			cors = true
			out = append(out, corsStep(e.Value))
		default:
			c.keep(e.Value, "what the filter "+e.Key+" does for a route is not translated", isGuard(e.Value))
		}
	}
	for _, s := range base {
		if _, isCORS := s.(intent.CORS); isCORS && !cors || !isCORS && !fault {
			out = append(out, s)
		}
	}
	return out
}

// faultSteps reads delays and errors. Those with more to say, such as for which requests
// they are, are kept as a whole.
func (c *configReader) faultSteps(n *source.Node) []intent.Step {
	out := faultsOf(n)
	if len(unreadOf(n)) > 0 {
		c.keep(n, "faults for some requests only, or that are bounded, are not translated", false)
		return nil
	}
	return out
}

func faultsOf(n *source.Node) []intent.Step {
	var out []intent.Step
	if d := msg(n, "delay"); d != nil {
		s := intent.Delay{Percent: percent(msg(d, "percentage")), From: intent.From(d.Ref())}
		if fixed := seconds(msg(d, "fixedDelay")); fixed != nil {
			s.Fixed = *fixed
		}
		out = append(out, s)
	}
	if a := msg(n, "abort"); a != nil {
		s := intent.Abort{Percent: percent(msg(a, "percentage")), From: intent.From(a.Ref())}
		if status := whole(msg(a, "httpStatus")); status != nil {
			s.Status = *status
		}
		if status := whole(msg(a, "grpcStatus")); status != nil && *status >= 0 && *status < len(grpcStatuses) {
			s.GRPC = grpcStatuses[*status]
		}
		out = append(out, s)
	}
	return out
}

func corsStep(n *source.Node) intent.Step {
	s := intent.CORS{
		Methods: words(msg(n, "allowMethods")), Headers: words(msg(n, "allowHeaders")), Expose: words(msg(n, "exposeHeaders")),
		Credentials: flag(msg(n, "allowCredentials")), ForwardPreflight: flag(msg(n, "forwardNotMatchingPreflights")), From: intent.From(n.Ref()),
	}
	for _, o := range msg(n, "allowOriginStringMatch").Items() {
		if a, ok := compared(o, match.Header, "origin"); ok {
			s.Origins = append(s.Origins, a)
		}
	}
	if age := whole(msg(n, "maxAge")); age != nil {
		d := time.Duration(*age) * time.Second
		s.MaxAge = &d
	}
	return s
}
