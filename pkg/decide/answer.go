package decide

import (
	"fmt"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// answer is what happens to the requests of one rule, aspect by aspect, in a
// form in which equal texts mean equal effects.
type answer struct {
	parts [len(routedAspects)]part
	// sent says that requests reach endpoints; only then do timing and retrying
	// mean anything.
	sent bool
	from intent.Origin
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
		x, y := a.parts[i], b.parts[i]
		if x.text != y.text && (defaults || !x.defaulted || !y.defaulted) {
			out = append(out, i)
		}
	}
	return out
}

// answerer makes answers for the tables of one model.
type answerer struct {
	services services
	baseline intent.Baseline
}

// passthrough is the answer for requests that no table takes.

func (r answerer) answer(rule *intent.Rule, at tableKey) answer {
	out := answer{from: rule.From}
	heads := newHeaderEffect()
	var rewrite, mirrors, faults, cors []string
	for _, s := range allSteps(rule) {
		switch s := s.(type) {
		case intent.Headers:
			heads.apply(s)
		case intent.Rewrite:
			rewrite = append(rewrite, rewriteText(s))
		case intent.Mirror:
			if s.Percent > 0 {
				mirrors = append(mirrors, fmt.Sprintf("%v%% to %s:%s", s.Percent, r.services.endpoints(s.To.Host, s.To.Subset, s.To.SubsetName), r.services.port(&s.To, at)))
			}
		case intent.Delay:
			if s.Percent > 0 {
				faults = append(faults, fmt.Sprintf("delay %v%% by %v", s.Percent, s.Fixed))
			}
		case intent.Abort:
			if s.Percent > 0 {
				faults = append(faults, fmt.Sprintf("abort %v%% with %d%s", s.Percent, s.Status, s.GRPC))
			}
		case intent.CORS:
			s.From = nil
			cors = append(cors, corsText(s))
		default:
			panic("decide: unknown step")
		}
	}
	slices.Sort(mirrors)
	out.parts[routed].text = r.then(rule.Then, at)
	out.parts[rewritten].text = strings.Join(append(rewrite, heads.String()), "; ")
	out.parts[mirrored].text = strings.Join(mirrors, "; ")
	out.parts[faulted].text = strings.Join(faults, "; ")
	out.parts[crossing].text = strings.Join(cors, "; ")
	if out.sent = forwards(rule.Then); out.sent {
		timeout, retry := r.attempts(rule)
		out.parts[timing], out.parts[retrying] = r.timing(timeout), r.retrying(retry)
	}
	return out
}

// allSteps are those of a rule with those of its backend, where there is only one.
func allSteps(rule *intent.Rule) []intent.Step {
	if f, ok := rule.Then.(intent.Forward); ok && len(f.To) == 1 && len(f.To[0].Steps) > 0 {
		return slices.Concat(rule.Steps, f.To[0].Steps)
	}
	return rule.Steps
}

// forwards reports whether requests reach endpoints.
func forwards(a intent.Action) bool {
	switch a := a.(type) {
	case intent.Forward:
		return slices.ContainsFunc(a.To, func(b intent.Backend) bool { return !b.Missing })
	case intent.Passthrough:
		return true
	}
	return false
}

func rewriteText(s intent.Rewrite) string {
	text := "host " + s.Host
	if s.Path != nil {
		text += fmt.Sprintf(" path %d %q %q", s.Path.Kind, s.Path.Match, s.Path.Replace)
	}
	return text
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
func (r answerer) then(a intent.Action, at tableKey) string {
	switch a := a.(type) {
	case intent.Forward:
		return r.shares(a.To, at)
	case intent.Passthrough, nil:
		return "all to " + r.services.endpoints(at.host, nil, "") + ":addressed"
	case intent.Redirect:
		path := ""
		if a.Path != nil {
			path = fmt.Sprintf(" path %d %q %q", a.Path.Kind, a.Path.Match, a.Path.Replace)
		}
		return fmt.Sprintf("redirect %d to %q %q %d%s", a.Status, a.Scheme, a.Host, a.Port, path)
	case intent.Respond:
		if (a.Status == 500 || a.Status == 503) && a.Body == "" {
			return nowhere // what a share without endpoints is answered with
		}
		return fmt.Sprintf("respond %d %q", a.Status, a.Body)
	}
	panic("decide: unknown action")
}

// shares writes a distribution over endpoints: equal ones merged, weights as
// shares of the whole, with the header changes of each share.
func (r answerer) shares(to []intent.Backend, at tableKey) string {
	weights := map[string]int{}
	sum := 0
	for i := range to {
		b := &to[i]
		w := b.Weight
		if len(to) == 1 {
			w = 1
		}
		if w == 0 {
			continue
		}
		name := r.services.endpoints(b.Host, b.Subset, b.SubsetName) + ":" + r.services.port(b, at)
		if b.Missing {
			name = "nowhere"
		}
		if len(to) > 1 {
			name += stepsText(b.Steps)
		}
		weights[name] += w
		sum += w
	}
	if sum == 0 {
		return nowhere
	}
	if len(weights) == 1 {
		for name := range weights {
			return "all to " + name
		}
	}
	var parts []string
	for name, w := range weights {
		d := gcd(w, sum)
		parts = append(parts, fmt.Sprintf("%d/%d to %s", w/d, sum/d, name))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// stepsText writes what is changed for one share.
func stepsText(steps []intent.Step) string {
	effect := newHeaderEffect()
	var parts []string
	for _, s := range steps {
		switch s := s.(type) {
		case intent.Headers:
			effect.apply(s)
		case intent.Rewrite:
			parts = append(parts, rewriteText(s))
		default:
			parts = append(parts, fmt.Sprintf("%+v", s))
		}
	}
	if e := effect.String(); e != "" {
		parts = append(parts, e)
	}
	if len(parts) == 0 {
		return ""
	}
	return " with " + strings.Join(parts, "; ")
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
