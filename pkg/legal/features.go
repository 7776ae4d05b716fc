package legal

import (
	"fmt"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// features asks the target for every part of every rule. What decides where a
// request goes or what the workload sees refuses the table; timeouts, retries,
// mirrors, faults and CORS that cannot be said are dropped one by one.
func features(r *run) {
	r.tablesApart((*run).tableFeatures)
}

var protocolFeatures = [...]Feature{intent.HTTP: RouteHTTP, intent.GRPC: RouteGRPC, intent.TLS: RouteTLS, intent.TCP: RouteTCP}

func (r *run) tableFeatures(t *intent.Routing) bool {
	r.asHTTP(t)
	r.ofRule(t)
	for _, n := range tableNeeds(t) {
		if why := r.t.Caps.Says(n.feature, n.part); why != "" {
			r.refuse("features", n.feature, t, n.part.Origin(), why)
			return false
		}
	}
	if why, at := r.sequences(t); why != "" {
		r.refuse("features", StepHeadersRequest, t, at, why)
		return false
	}
	if limit := r.t.Limits.BackendsPerRule; limit > 0 {
		for _, rule := range t.Rules {
			if f, ok := rule.Then.(intent.Forward); ok && len(f.To) > limit {
				r.refuse("features", RouteSplit, t, rule.From, fmt.Sprintf("a rule has at most %d backends", limit))
				return false
			}
		}
	}
	for i := range t.Rules {
		r.ruleExtras(t, i)
	}
	return true
}

// sequences says why the steps of a rule or backend cannot be said in their
// order.
func (r *run) sequences(t *intent.Routing) (why string, at intent.Origin) {
	if r.t.Route.Steps == nil {
		return "", nil
	}
	for _, rule := range t.Rules {
		if why := r.t.Route.Steps(rule.Steps); why != "" {
			return why, rule.From
		}
		forward, _ := rule.Then.(intent.Forward)
		for _, b := range forward.To {
			if why := r.t.Route.Steps(b.Steps); why != "" {
				return why, b.From
			}
		}
	}
	return "", nil
}

// asHTTP makes a table of gRPC one of HTTP, which gRPC is, where the target
// cannot say it as gRPC.
func (r *run) asHTTP(t *intent.Routing) {
	if t.Protocol != intent.GRPC || r.t.Caps.Says(RouteGRPC, t) == "" || r.t.Caps.Says(RouteHTTP, t) != "" {
		return
	}
	before := r.tables(t.Clone())
	t.Protocol = intent.HTTP
	r.record(Change{
		Pass: "features", Feature: RouteGRPC, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Routed, Fate: FateRewritten, From: t.From,
		Summary: "the gRPC routes of " + t.Host.String() + " are written as HTTP routes", Fix: "nothing", Before: before, After: r.tables(t.Clone()),
	})
}

// need is a feature that a part asks for.
type need struct {
	feature Feature
	part    intent.Part
}

// tableNeeds lists what a table cannot do without.
func tableNeeds(t *intent.Routing) []need {
	out := []need{{protocolFeatures[t.Protocol], t}}
	if t.Host.Service.IsZero() && t.Entry.IsZero() {
		out = append(out, need{RouteExternal, t})
	}
	if t.Port != 0 && t.Entry.IsZero() {
		out = append(out, need{RoutePort, t})
	}
	if !isTrue(t.Scope.Client) {
		out = append(out, need{RouteClients, t})
	}
	if p, ok := t.Else.(intent.Passthrough); ok && !p.AsUnknown {
		out = append(out, need{RoutePassthrough, t})
	}
	for i := range t.Rules {
		out = append(out, ruleNeeds(t, &t.Rules[i])...)
	}
	return out
}

func ruleNeeds(t *intent.Routing, rule *intent.Rule) []need {
	out := stepNeeds(rule.Steps, false)
	switch a := rule.Then.(type) {
	case intent.Forward:
		if len(a.To) > 1 {
			out = append(out, need{RouteSplit, rule})
		}
		for i := range a.To {
			out = append(out, backendNeeds(&a.To[i])...)
		}
	case intent.Redirect:
		out = append(out, need{RouteRedirect, a})
	case intent.Respond:
		out = append(out, need{RouteRespond, a})
	case intent.Passthrough:
		out = append(out, need{RoutePassthrough, t})
	}
	return out
}

func backendNeeds(b *intent.Backend) []need {
	out := stepNeeds(b.Steps, true)
	if b.Host.Service.IsZero() {
		out = append(out, need{RouteExternal, b})
	}
	if b.Subset != nil || b.SubsetName != "" {
		out = append(out, need{RouteSubset, b})
	}
	return out
}

// stepNeeds lists the features of steps that change what the workload or the
// client sees.
func stepNeeds(steps []intent.Step, backend bool) []need {
	var out []need
	for _, s := range steps {
		switch s := s.(type) {
		case intent.Headers:
			f := StepHeadersRequest
			if s.On == intent.OnResponse {
				f = StepHeadersResponse
			}
			out = append(out, need{f, s})
			if backend {
				out = append(out, need{StepHeadersBackend, s})
			}
		case intent.Rewrite:
			out = append(out, rewriteNeeds(s)...)
			if backend {
				out = append(out, need{StepRewriteBackend, s})
			}
		}
	}
	return out
}

// ofRule says the steps of a rule's only backend as the rule's, where the target
// cannot say them of backends.
func (r *run) ofRule(t *intent.Routing) {
	for i := range t.Rules {
		rule := &t.Rules[i]
		f, ok := rule.Then.(intent.Forward)
		if !ok || len(f.To) != 1 || !slices.ContainsFunc(backendNeeds(&f.To[0]), func(n need) bool { return r.t.Caps.Says(n.feature, n.part) != "" }) {
			continue
		}
		b := f.To[0]
		rule.Steps = slices.Concat(rule.Steps, b.Steps)
		b.Steps = nil
		rule.Then = intent.Forward{To: []intent.Backend{b}}
	}
}

func rewriteNeeds(s intent.Rewrite) []need {
	var out []need
	if s.Host != "" {
		out = append(out, need{StepRewriteHost, s})
	}
	switch {
	case s.Path == nil:
	case s.Path.Kind == intent.RegexPath:
		out = append(out, need{StepRewriteRegex, s})
	default:
		out = append(out, need{StepRewritePath, s})
	}
	return out
}

func extraNeed(s intent.Step) (need, intent.Aspect, string) {
	switch s := s.(type) {
	case intent.Mirror:
		return need{StepMirror, s}, intent.Mirrored, "the mirror to " + s.To.Host.String()
	case intent.Delay:
		return need{StepDelay, s}, intent.Faulted, "the delay"
	case intent.Abort:
		return need{StepAbort, s}, intent.Faulted, "the injected error"
	case intent.CORS:
		return need{StepCORS, s}, intent.Crossing, "the CORS policy"
	}
	return need{}, "", ""
}

// extra says why a rule that does so cannot have what it can do without; "" is that it can.
func (t Target) extra(then intent.Action, n need) string {
	why := t.Caps.Says(n.feature, n.part)
	if m, copies := n.part.(intent.Mirror); copies && why == "" && m.To.Host.Service.IsZero() {
		why = t.Caps.Says(RouteExternal, &m.To)
	}
	if why == "" && t.Route.Beside != nil {
		why = t.Route.Beside(then, n.feature)
	}
	return why
}

// ruleExtras drops what a rule can do without.
func (r *run) ruleExtras(t *intent.Routing, i int) {
	rule := &t.Rules[i]
	var steps []intent.Step
	for at, s := range rule.Steps {
		n, aspect, what := extraNeed(s)
		if n.part == nil {
			steps = append(steps, s)
			continue
		}
		why := r.t.extra(rule.Then, n)
		if why == "" {
			steps = append(steps, s)
			continue
		}
		rest := append(append([]intent.Step{}, steps...), rule.Steps[at+1:]...)
		r.withRule(t, i, func(c *intent.Rule) { c.Steps = append(append([]intent.Step{}, steps...), rule.Steps[at:]...) }, func(before *intent.Model) {
			r.withRule(t, i, func(c *intent.Rule) { c.Steps = rest }, func(after *intent.Model) {
				r.dropped("features", n.feature, aspect, n.part.Origin(), what+" for "+t.Host.String(), why, before, after)
			})
		})
	}
	rule.Steps = steps
	r.timeout(t, i)
	r.retry(t, i)
}

// withRule hands a fragment with one rule of a table, changed, to use: the rule
// alone under its condition, since the other rules are the same on both sides.
func (r *run) withRule(t *intent.Routing, i int, change func(*intent.Rule), use func(*intent.Model)) {
	c := *t
	c.Rules = []intent.Rule{t.Rules[i].Clone()}
	c.Rules[0].When = nil
	c.Else = intent.Respond{Status: 404}
	change(&c.Rules[0])
	use(r.tables(&c))
}
