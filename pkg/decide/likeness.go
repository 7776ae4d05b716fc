package decide

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// likeness sees whether parts of two models are written alike, which is quicker
// than to settle what they mean. Where it does not see it, they may be the same
// all the same.
type likeness struct{ a, b *answerer }

func (l likeness) tables(as, bs []*intent.Routing) bool {
	return l.timing() && slices.EqualFunc(as, bs, func(x, y *intent.Routing) bool {
		return match.Equal(x.Scope.Client, y.Scope.Client) && l.action(x.Else, y.Else) &&
			slices.EqualFunc(x.Rules, y.Rules, func(x, y intent.Rule) bool { return l.rule(&x, &y) })
	})
}

// timing reports whether what rules do not say is the same.
func (l likeness) timing() bool {
	x, y := l.a.baseline, l.b.baseline
	return likeTimeout(x.Timeout, y.Timeout) && likeRetry(x.Retry, y.Retry)
}

func (l likeness) rule(x, y *intent.Rule) bool { return l.does(x, y) && match.Equal(x.When, y.When) }

// does looks at what rules do with the requests that they take: where they go, and how
// often and how long that is tried.
func (l likeness) does(x, y *intent.Rule) bool { return l.paced(x, y) && l.goes(x, y) }

func (l likeness) goes(x, y *intent.Rule) bool {
	return likeSteps(x.Steps, y.Steps) && l.action(x.Then, y.Then)
}

func (l likeness) paced(x, y *intent.Rule) bool {
	return likeTimeout(x.Timeout, y.Timeout) && likeRetry(x.Retry, y.Retry)
}

func (l likeness) action(x, y intent.Action) bool {
	switch x := x.(type) {
	case nil:
		return y == nil
	case intent.Passthrough:
		_, ok := y.(intent.Passthrough)
		return ok
	case intent.Forward:
		y, ok := y.(intent.Forward)
		return ok && slices.EqualFunc(x.To, y.To, func(x, y intent.Backend) bool { return l.backend(&x, &y) })
	}
	return false
}

func (l likeness) backend(x, y *intent.Backend) bool {
	return x.Port == y.Port && x.Missing == y.Missing && x.Weight == y.Weight && likeSteps(x.Steps, y.Steps) &&
		len(x.Fallback)+len(y.Fallback) == 0 && (l.written(x, y) || l.pods(x, y))
}

// written reports whether two backends are one host and subset by name.
func (l likeness) written(x, y *intent.Backend) bool {
	return x.Host == y.Host && x.SubsetName == y.SubsetName && (x.Subset == nil) == (y.Subset == nil) && match.Equal(x.Subset, y.Subset) && l.host(x.Host)
}

// pods reports whether two backends are pods of the same labels, as a subset of a
// Service and the Service that stands in its place are.
func (l likeness) pods(x, y *intent.Backend) bool {
	a, b := l.a.services.Service(x.Host.Service), l.b.services.Service(y.Host.Service)
	if a == nil || b == nil || l.a.services.named && a.Name != b.Name || a.Name.Namespace != b.Name.Namespace || x.Port == 0 && (len(a.Ports) != 1 || len(b.Ports) != 1 || a.Ports[0].Port != b.Ports[0].Port) {
		return false
	}
	var some, others [fewLabels]podLabel
	as, okA := labelsOf(some[:0], a, x.Subset)
	bs, okB := labelsOf(others[:0], b, y.Subset)
	return okA && okB && slices.Equal(as, bs)
}

type podLabel struct{ key, value string }

// fewLabels are room for what most Services and subsets ask of pods.
const fewLabels = 8

// labelsOf lists the labels that a Service and a subset of it ask of pods, sorted by
// key. What the subset says of a label counts. False is that they ask for more than
// values of labels, or for nothing.
func labelsOf(out []podLabel, svc *intent.Service, subset match.Expr) ([]podLabel, bool) {
	atoms, ok := subset.(match.And)
	if !ok && subset != nil {
		atoms = match.And{subset}
	}
	for _, e := range atoms {
		a, ok := e.(match.Atom)
		if !ok || a.Field != match.Label || a.Op != match.Exact || a.Fold || has(out, a.Key) {
			return nil, false
		}
		out = append(out, podLabel{a.Key, a.Value})
	}
	for _, p := range svc.Selector {
		if !has(out[:len(atoms)], p.Key) {
			out = append(out, podLabel{p.Key, p.Value})
		}
	}
	slices.SortFunc(out, func(p, q podLabel) int { return strings.Compare(p.key, q.key) })
	return out, len(svc.Selector) > 0
}

func has(labels []podLabel, key string) bool {
	return slices.ContainsFunc(labels, func(l podLabel) bool { return l.key == key })
}

// host reports whether a host is the same pods, with the same ports, in both
// models.
func (l likeness) host(h intent.Host) bool {
	x, y := l.a.services.Service(h.Service), l.b.services.Service(h.Service)
	if x == y {
		return true
	}
	samePair := func(p, q intent.Pair) bool { return p.Key == q.Key && p.Value == q.Value }
	return x != nil && y != nil && slices.EqualFunc(x.Selector, y.Selector, samePair) && slices.Equal(x.Ports, y.Ports)
}

// likeSteps looks at changes of headers only, which are the most.
func likeSteps(xs, ys []intent.Step) bool {
	return slices.EqualFunc(xs, ys, func(x, y intent.Step) bool {
		a, okA := x.(intent.Headers)
		b, okB := y.(intent.Headers)
		return okA && okB && a.On == b.On && a.Op == b.Op && a.Name == b.Name && a.Value == b.Value
	})
}

func likeTimeout(x, y *intent.Timeout) bool {
	if x == nil || y == nil {
		return x == y
	}
	return alike(x.Request, y.Request) && alike(x.Backend, y.Backend) && alike(x.Idle, y.Idle) && alike(x.Response, y.Response)
}

func likeRetry(x, y *intent.Retry) bool {
	if x == nil || y == nil {
		return x == y
	}
	return x.Attempts == y.Attempts && slices.Equal(x.On, y.On) && alike(x.PerTry, y.PerTry) && alike(x.Backoff, y.Backoff) &&
		x.Budget == y.Budget && alike(x.OtherHosts, y.OtherHosts) && alike(x.OtherLocalities, y.OtherLocalities)
}

func alike[T comparable](x, y *T) bool {
	if x == nil || y == nil {
		return x == y
	}
	return *x == *y
}
