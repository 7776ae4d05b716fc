package cilium

import (
	"slices"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// filter is one of a listener's, in its place, with what it does.
type filter struct {
	name, url string
	steps     []intent.Step
}

// typeChosen says of a filter for a route that it is not for it, or holds what it does.
const typeChosen = typeURL + "envoy.config.route.v3.FilterConfig"

// perRoute reads what filters do for one route, in place of what they do for all. Each is
// told by its name; what is said to none does nothing.
// https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_filters#route-specific-config
func (c *configReader) perRoute(n *source.Node, all []filter) []filter {
	out := slices.Clone(all)
	for _, e := range n.Entries() {
		i := slices.IndexFunc(out, func(f filter) bool { return f.name == e.Key })
		if i < 0 {
			e.Value.MarkRead()
			c.inert(e.Value, "the listener has no filter "+e.Key)
			continue
		}
		f, config := &out[i], e.Value
		known := f.url == typeFault || f.url == typeCORS
		if typeOf(config) == typeChosen && known {
			off := flagOr(msg(config, "disabled"), false)
			skipAll(config, "isOptional")
			if config = msg(config, "config"); off || config == nil {
				f.steps = nil
				config.MarkRead()
				continue
			}
		}
		switch url := typeOf(config); {
		case url == typeFault && f.url == typeFault:
			f.steps = c.faultSteps(config)
		case url == typeOrigins && f.url == typeCORS:
			f.steps = []intent.Step{corsStep(config)}
		default:
			c.keep(e.Value, "what the filter "+e.Key+" does for a route is not translated", isGuard(e.Value))
		}
	}
	return out
}

// stepsOf is what filters do, one after the other. Origins are looked at before faults.
func (c *configReader) stepsOf(all []filter) []intent.Step {
	var out []intent.Step
	for _, f := range all {
		if f.url == typeCORS && len(f.steps) > 0 && len(out) > 0 {
			c.fail("faults in front of CORS are not translated")
		}
		out = append(out, f.steps...)
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
