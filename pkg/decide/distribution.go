package decide

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// share is a part of the requests of a rule: where it goes and what is done to
// it on the way. Equal names mean equal endpoints.
type share struct {
	name    string
	backend *intent.Backend
	effects effects
	weight  int
}

// effects are what steps do, by the aspects of routedAspects from rewritten to
// crossing; the others are empty.
type effects [len(routedAspects)]string

// shares are those of a rule that get requests, each with the effects of all
// steps that it meets. Effects that all shares have in common are the rule's, and
// the shares' no more: it is the same whether a step is said once or for each.
func (r *answerer) shares(rule *intent.Rule, at *tableKey) (common effects, out []share) {
	common = r.effects(rule.Steps, at)
	f, ok := rule.Then.(intent.Forward)
	if !ok {
		if _, passes := rule.Then.(intent.Passthrough); passes || rule.Then == nil {
			addressed := &intent.Backend{Host: at.host, Port: at.port, Weight: 1}
			out = []share{{name: r.services.endpoints(at.host, nil, "") + ":addressed", backend: addressed, weight: 1}}
		}
		return common, out
	}
	for i := range f.To {
		b := &f.To[i]
		weight := b.Weight
		if len(f.To) == 1 {
			weight = 1
		}
		if weight > 0 {
			out = append(out, share{r.name(b, at), b, r.effects(slices.Concat(rule.Steps, b.Steps), at), weight})
		}
	}
	for i := range common {
		if len(out) > 0 && !slices.ContainsFunc(out, func(s share) bool { return s.effects[i] != out[0].effects[i] }) {
			common[i] = out[0].effects[i]
			for j := range out {
				out[j].effects[i] = ""
			}
		} else if len(out) > 0 {
			common[i] = ""
		}
	}
	return common, out
}

// name names whose endpoints a backend means, at which port, and those that
// stand in for them in order.
func (r *answerer) name(b *intent.Backend, at *tableKey) string {
	if b.Missing {
		return "nowhere"
	}
	of := r.services.endpoints(b.Host, b.Subset, b.SubsetName)
	if b.Subset == nil && b.SubsetName != "" {
		of = r.services.endpoints(b.Host, nil, "") + " subset " + b.SubsetName // defined elsewhere
	}
	name := of + ":" + r.services.port(b, at)
	for i := range b.Fallback {
		name += " or else " + r.name(&b.Fallback[i], at)
	}
	return name
}

// effects writes what a sequence of steps does in the end.
func (r *answerer) effects(steps []intent.Step, at *tableKey) (out effects) {
	if len(steps) == 0 {
		return out
	}
	heads := newHeaderEffect()
	var texts [len(routedAspects)][]string
	var becomes intent.Rewrite
	for _, s := range steps {
		switch s := s.(type) {
		case intent.Headers:
			heads.apply(s)
		case intent.Rewrite:
			if s.Path != nil && becomes.Path != nil {
				texts[rewritten] = append(texts[rewritten], pathSaid(*becomes.Path))
			}
			becomes.Host, becomes.Path = cmp.Or(s.Host, becomes.Host), cmp.Or(s.Path, becomes.Path)
		case intent.Mirror:
			if s.Percent > 0 && !s.To.Missing { // copies to nowhere are none
				texts[mirrored] = append(texts[mirrored], fmt.Sprintf("%v%% to %s", s.Percent, r.name(&s.To, at)))
			}
		case intent.Delay:
			if s.Percent > 0 {
				texts[faulted] = append(texts[faulted], fmt.Sprintf("delay %v%% by %v", s.Percent, s.Fixed))
			}
		case intent.Abort:
			if s.Percent > 0 {
				texts[faulted] = append(texts[faulted], fmt.Sprintf("abort %v%% with %s", s.Percent, statusText(s)))
			}
		case intent.CORS:
			texts[crossing] = append(texts[crossing], corsText(s))
		default:
			panic("decide: unknown step")
		}
	}
	slices.Sort(texts[mirrored])
	if text := rewriteText(becomes); text != "" {
		texts[rewritten] = append(texts[rewritten], text)
	}
	if text := heads.String(); text != "" {
		texts[rewritten] = append(texts[rewritten], text)
	}
	for i := range texts {
		out[i] = strings.Join(texts[i], "; ")
	}
	return out
}

func statusText(a intent.Abort) string {
	if a.GRPC != "" {
		return "gRPC " + a.GRPC
	}
	return itoa(a.Status)
}

// sharesText writes a distribution over endpoints: equal shares merged, weights
// as fractions of the whole, with what is done to one share only.
func sharesText(to []share) string {
	weights := map[string]int{}
	sum := 0
	for _, s := range to {
		name := s.name
		if own := strings.Join(nonEmpty(s.effects[:]), "; "); own != "" {
			name += " with " + own
		}
		weights[name] += s.weight
		sum += s.weight
	}
	if sum == 0 || len(weights) == 1 && weights["nowhere"] > 0 {
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

func nonEmpty(texts []string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s == "" })
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
