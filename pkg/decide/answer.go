package decide

import (
	"fmt"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// answer is what happens to the requests of one rule, aspect by aspect, in a
// form in which equal texts mean equal effects.
type answer struct {
	parts [len(routedAspects)]part
	// sent says that requests reach endpoints; only then do timing and retrying
	// mean anything.
	sent   bool
	shares []share
	// rule is what the answer was made of, by and for whom.
	rule *intent.Rule
	by   *answerer
	at   *tableKey
}

// part is one aspect of an answer.
type part struct {
	// defaulted says that no manifest asked for it.
	defaulted bool
	text      string
}

// routedAspects are those that a rule settles.
var routedAspects = [...]intent.Aspect{
	intent.Routed, intent.Rewritten, intent.Mirrored, intent.Faulted, intent.Crossing, intent.Timing, intent.Retrying,
}

const (
	routed = iota
	rewritten
	mirrored
	faulted
	crossing
	timing
	retrying
)

// differs lists the aspects in which two answers differ.
func (a *answer) differs(b *answer, defaults bool) []int {
	var out []int
	for i := range a.parts {
		if (i == timing || i == retrying) && !(a.sent && b.sent) {
			continue
		}
		if a.parts[i].differs(b.parts[i], defaults) {
			out = append(out, i)
		}
	}
	return out
}

// differs reports whether two parts differ, and not only by default unless that counts.
func (p part) differs(q part, defaults bool) bool {
	return p.text != q.text && (defaults || !p.defaulted || !q.defaulted)
}

// answerer makes answers for the tables of one model.
type answerer struct {
	services services
	baseline intent.Baseline
}

// answer is what a rule does with the requests that it takes, in a table for the
// host and port of at.
func (r *answerer) answer(rule *intent.Rule, at *tableKey) answer {
	out := answer{rule: rule, by: r, at: at}
	common, to := r.shares(rule, at)
	out.shares = to
	out.parts[routed].text = r.then(rule.Then, to, at)
	for i := rewritten; i <= crossing; i++ {
		out.parts[i].text = common[i]
	}
	if !leads(rule.Then) {
		out.parts[crossing].text = ""
	}
	out.settlePace()
	return out
}

// settlePace says how long and how often requests are tried that reach endpoints.
func (a *answer) settlePace() {
	if a.sent = forwards(a.rule.Then); a.sent {
		pace := a.by.pace(a.rule)
		copy(a.parts[timing:], pace[:])
	}
}

// paces are the aspects of how long and how often a request is tried.
var paces = [...]int{timing, retrying}

// pace is what a rule answers in paces.
func (r *answerer) pace(rule *intent.Rule) [len(paces)]part {
	timeout, retry := r.attempts(rule)
	return [...]part{r.timing(timeout), r.retrying(retry)}
}

// forwards reports whether requests reach endpoints.
func forwards(a intent.Action) bool {
	switch a := a.(type) {
	case intent.Forward:
		return slices.ContainsFunc(a.To, func(b intent.Backend) bool { return !b.Missing && (b.Weight > 0 || len(a.To) == 1) })
	case intent.Passthrough:
		return true
	}
	return false
}

// leads reports whether an action is to send requests to endpoints, there or not. Where it
// answers itself, no proxy looks at origins.
// envoy source/extensions/filters/http/cors/cors_filter.cc decodeHeaders
func leads(a intent.Action) bool {
	switch a.(type) {
	case intent.Redirect, intent.Respond:
		return false
	}
	return true
}

func corsText(c intent.CORS) string {
	var origins []string
	for _, o := range c.Origins {
		origins = append(origins, match.Key(o))
	}
	return fmt.Sprint(origins, c.Methods, c.Headers, c.Expose, show(c.MaxAge), show(c.Credentials), show(c.ForwardPreflight))
}

func show[T any](p *T) string {
	if p == nil {
		return "-"
	}
	return fmt.Sprint(*p)
}

// nowhere is the answer of 500 or 503 for requests without endpoints.
const nowhere = "all to nowhere"

// then writes an action.
func (r *answerer) then(a intent.Action, to []share, at *tableKey) string {
	switch a := a.(type) {
	case intent.Forward:
		return sharesText(to)
	case intent.Passthrough, nil:
		if r.services.absent(at.host) {
			return nowhere
		}
		return "all to " + r.services.endpoints(at.host, nil, "") + ":addressed"
	case intent.Redirect:
		return redirectText(a, at.port)
	case intent.Respond:
		if (a.Status == 500 || a.Status == 503) && a.Body == "" {
			return nowhere // what a share without endpoints is answered with
		}
		return fmt.Sprintf("respond %d %q", a.Status, a.Body)
	}
	panic("decide: unknown action")
}
