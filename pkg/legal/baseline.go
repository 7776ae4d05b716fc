package legal

import (
	"slices"
	"strconv"
	"time"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// baselineOfRules puts on rules what the source does by itself with requests of
// which a rule says nothing, where the target would do something else: a stream
// that nobody bounded is not to end after the target's 15 seconds. What the target
// cannot say stays a default that differs, and so do Services without routes.
func baselineOfRules(r *run) {
	s := stater{run: r, kept: Kept(r.m, r.t.Mesh)}
	if r.t.Route.Table != nil {
		s.whole = r.t.Route.Table(r.m)
	}
	for _, d := range []stated{r.statedTimeout(), r.statedRetry()} {
		if !d.differs || slices.Contains(r.t.Route.Leaves, d.feature) {
			continue
		}
		var before, after []*intent.Routing
		for _, t := range r.m.Routing {
			if was := t.Clone(); s.state(t, d) {
				before, after = append(before, forAll(was)), append(after, forAll(t.Clone()))
			}
		}
		if len(after) > 0 {
			r.record(r.statedChange(d, before, after))
		}
	}
}

// stater has tables say defaults.
type stater struct {
	*run
	kept KeptObjects
	// whole says why a table cannot be said as a whole; nil is never.
	whole func(*intent.Routing) string
}

// forAll is a table for all clients, so that those whom it is not for, and who have
// no routes, are left out of what is compared.
func forAll(t *intent.Routing) *intent.Routing {
	t.Scope.Client = nil
	return t
}

// stated is one default of the source that rules are to say.
type stated struct {
	feature Feature
	aspect  intent.Aspect
	// differs says that the target's is another.
	differs bool
	from    intent.Origin
	// what and value are for the report.
	what, value string
	// put says it on a rule; false is that the rule says something itself, or that
	// the target cannot say this.
	put func(*intent.Rule, intent.Protocol) bool
	// restore makes a baseline again what the source's is.
	restore func(*intent.Baseline)
}

// statedTimeout is how long requests may take.
func (r *run) statedTimeout() stated {
	d, from := boundOf(r.source.Timeout), r.ownWord("timeout")
	if r.source.Timeout != nil {
		from = r.source.Timeout.From
	}
	return stated{
		TimeoutRequest, intent.Timing, d != boundOf(r.m.Baseline.Timeout), from, "a timeout", boundText(d),
		func(rule *intent.Rule, _ intent.Protocol) bool { return r.putTimeout(rule, d, from) },
		func(b *intent.Baseline) { b.Timeout = r.source.Timeout },
	}
}

// statedRetry is when requests are tried again.
func (r *run) statedRetry() stated {
	retry := intent.Retry{From: r.ownWord("retries")}
	if r.source.Retry != nil {
		retry = *r.source.Retry
	}
	return stated{
		RetryAttempts, intent.Retrying, !r.source.RetryOpen && !sameRetry(r.source.Retry, r.m.Baseline.Retry), retry.From, "retries", retryText(&retry),
		func(rule *intent.Rule, p intent.Protocol) bool { return r.putRetry(rule, p, retry) },
		func(b *intent.Baseline) { b.Retry = r.source.Retry },
	}
}

func retryText(t *intent.Retry) string {
	if t.Attempts == 0 {
		return "none"
	}
	return strconv.Itoa(t.Attempts) + " on " + joinConditions(t.On)
}

// ownWord names what the source does without a word.
func (r *run) ownWord(key string) intent.Origin { return intent.From(place.Default(r.o.From, key)) }

// boundOf is how long requests may take; 0 is without bound.
func boundOf(t *intent.Timeout) time.Duration {
	if t == nil || t.Request == nil {
		return 0
	}
	return *t.Request
}

func boundText(d time.Duration) string {
	if d == 0 {
		return "none"
	}
	return d.String()
}

// putTimeout bounds the requests of a rule as the source does. The bound of a rule's
// only attempt is that of its requests already.
func (r *run) putTimeout(rule *intent.Rule, d time.Duration, at intent.Origin) bool {
	t := intent.Timeout{From: at}
	if rule.Timeout != nil {
		t = *rule.Timeout
	}
	if t.Request != nil || t.Backend != nil && !r.retries(rule) {
		return false
	}
	t.Request = &d
	if r.t.Caps.Says(TimeoutRequest, &t) != "" || r.unsayable(d) != "" {
		return false
	}
	rule.Timeout = &t
	return true
}

// retries reports whether requests of a rule are tried again in the source.
func (r *run) retries(rule *intent.Rule) bool {
	retry := rule.Retry
	if retry == nil {
		retry = r.source.Retry
	}
	return retry != nil && retry.Attempts > 0
}

// putRetry has requests of a rule tried again as the source does, if the target can
// say all of it and adds nothing.
func (r *run) putRetry(rule *intent.Rule, p intent.Protocol, retry intent.Retry) bool {
	if rule.Retry != nil || r.t.Caps.Says(RetryAttempts, &retry) != "" {
		return false
	}
	for _, on := range retry.On {
		if r.noRetryOn(p, retry, on) != "" {
			return false
		}
	}
	for _, on := range r.t.Route.RetriesAlso {
		if retry.Attempts > 0 && !slices.Contains(retry.On, on) {
			return false
		}
	}
	rule.Retry = &retry
	return true
}

// state has a table say a default; false is that it stays as it was.
func (s stater) state(t *intent.Routing, d stated) bool {
	if t.Protocol != intent.HTTP && t.Protocol != intent.GRPC || len(t.Rules) == 0 || s.kept.Table(t) {
		return false
	}
	was := *t
	t.Rules = slices.Clone(t.Rules)
	if last := t.Rules[len(t.Rules)-1]; sends(t.Else) && !match.IsTrue(last.When) {
		t.Rules = append(t.Rules, intent.Rule{Home: last.Home, Then: orPassthrough(t.Else), From: t.From})
		t.Else = intent.Respond{Status: 404} // no request is left for it
	}
	said := false
	for i := range t.Rules {
		if rule := &t.Rules[i]; sends(rule.Then) && d.put(rule, t.Protocol) {
			said = true
		}
	}
	if !said || !s.saysAsMuch(t, &was) {
		*t = was
		return false
	}
	return true
}

// saysAsMuch reports whether a table can be said as one of gRPC, and as a whole, if
// it could before.
func (s stater) saysAsMuch(t, was *intent.Routing) bool {
	if s.t.Caps.Says(RouteGRPC, was) == "" && s.t.Caps.Says(RouteGRPC, t) != "" {
		return false
	}
	return s.whole == nil || s.whole(t) == ""
}

// sends reports whether an action leads to endpoints.
func sends(a intent.Action) bool {
	switch a := a.(type) {
	case nil, intent.Passthrough:
		return true
	case intent.Forward:
		return len(a.To) > 0
	}
	return false
}

func orPassthrough(a intent.Action) intent.Action {
	if a == nil {
		return intent.Passthrough{}
	}
	return a
}

// statedChange is the account of a default that rules say now. The baselines of both
// sides differ in it only.
func (r *run) statedChange(s stated, before, after []*intent.Routing) Change {
	b := r.tables(before...)
	s.restore(&b.Baseline)
	return Change{
		Pass: "baseline", Feature: s.feature, Code: diag.DefaultStated, Drift: intent.Same, Aspect: s.aspect, Fate: FateRewritten, From: slices.Clone(s.from),
		Summary: "routes without " + s.what + " say that of the source: " + s.value,
		Detail:  "the source has it by default, and the target another one",
		Fix:     "remove it from the output where the target's own is as good", Before: b, After: r.tables(after...),
	}
}
