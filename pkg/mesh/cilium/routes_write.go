package cilium

import (
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
)

// asRoutes says tables as routes of the Gateway API; why tells what these cannot
// say. It asks legalization for the Gateway API as Cilium implements it: tables
// that it leaves as they are, or says in other words with the same meaning, can
// be written so.
func asRoutes(m *intent.Model) (routes *intent.Model, why string) {
	timed := *m
	timed.Routing = nil
	for _, t := range m.Routing {
		t, why := timely(t)
		if why != "" {
			return nil, why
		}
		timed.Routing = append(timed.Routing, t)
	}
	timed.Baseline = gatewayTarget.Baseline(m.Env)
	routes, changes := legal.Legalize(&timed, gatewayTarget, legal.Options{})
	for _, c := range changes {
		if c.Drift != intent.Same {
			return nil, c.Summary
		}
	}
	return routes, ""
}

// own is what Envoy's routes do without a timeout, which Cilium leaves in place.
// cilium operator/pkg/model/translation/envoy_http_route.go
const ownTimeout = 15 * time.Second

// timely says of every rule that it has no timeout where it has none, since
// routes of Cilium have one by themselves; GRPCRoutes cannot say any, and that
// timeout only is theirs.
func timely(t *intent.Routing) (*intent.Routing, string) {
	c := t.Clone()
	if _, forwards := c.Else.(intent.Passthrough); forwards {
		c.Rules = append(c.Rules, intent.Rule{Then: c.Else})
		c.Else = intent.Respond{Status: 404}
	}
	for i := range c.Rules {
		r := &c.Rules[i]
		switch none := time.Duration(0); {
		case t.Protocol == intent.GRPC && r.Timeout != nil && r.Timeout.Request != nil && *r.Timeout.Request == ownTimeout && r.Timeout.Backend == nil && r.Timeout.Idle == nil:
			r.Timeout = nil
		case !forwards(r.Then):
		case t.Protocol == intent.GRPC:
			return nil, "a GRPCRoute has a timeout of 15s, and no other can be said"
		case r.Timeout == nil:
			r.Timeout = &intent.Timeout{Request: &none}
		case r.Timeout.Request == nil && r.Timeout.Backend == nil:
			timeout := *r.Timeout
			timeout.Request = &none
			r.Timeout = &timeout
		}
	}
	return c, ""
}

func forwards(a intent.Action) bool {
	switch a := a.(type) {
	case intent.Forward:
		return len(a.To) > 0
	case intent.Passthrough:
		return true
	}
	return false
}
