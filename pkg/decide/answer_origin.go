package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// origin is where one aspect of an answer is said.
func (a *answer) origin(aspect int) intent.Origin {
	if at := a.closer(aspect); len(at) > 0 {
		return at
	}
	return a.rule.From
}

// closer is where an aspect is said by itself; nil is with the rule.
func (a *answer) closer(aspect int) intent.Origin {
	switch {
	case aspect == timing && a.sent:
		return a.by.timed(a.rule.Timeout)
	case aspect == retrying && a.sent:
		return a.by.retried(a.rule.Retry)
	}
	return stepOrigins(a.rule)[aspect]
}

// stepOrigins are where the steps of a rule and of its backends are said, by
// aspect.
func stepOrigins(rule *intent.Rule) (out [len(routedAspects)]intent.Origin) {
	steps := rule.Steps
	f, _ := rule.Then.(intent.Forward)
	for _, b := range f.To {
		steps = slices.Concat(steps, b.Steps)
	}
	for _, s := range steps {
		switch s := s.(type) {
		case intent.Headers:
			out[rewritten] = append(out[rewritten], s.From...)
		case intent.Rewrite:
			out[rewritten] = append(out[rewritten], s.From...)
		case intent.Mirror:
			out[mirrored] = append(out[mirrored], s.From...)
		case intent.Delay:
			out[faulted] = append(out[faulted], s.From...)
		case intent.Abort:
			out[faulted] = append(out[faulted], s.From...)
		case intent.CORS:
			out[crossing] = append(out[crossing], s.From...)
		default:
			panic("decide: unknown step")
		}
	}
	return out
}

// timed is where the timeout of a rule, or else the mesh's, is said.
func (r *answerer) timed(t *intent.Timeout) intent.Origin {
	if t == nil {
		t = r.baseline.Timeout
	}
	if t == nil {
		return nil
	}
	return t.From
}

// retried: see timed.
func (r *answerer) retried(t *intent.Retry) intent.Origin {
	if t == nil {
		t = r.baseline.Retry
	}
	if t == nil {
		return nil
	}
	return t.From
}
