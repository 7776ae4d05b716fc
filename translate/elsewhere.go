package translate

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// definedElsewhere takes the subsets that neither of two models defines to be defined by
// an object that is in neither input, as a Service may be: what is sent to them is compared
// by their names, and is not lost alike. Where the input is said to be complete, or has
// an object of either side that says what holds for a host, that host's subsets are known.
func definedElsewhere(models ...*intent.Model) {
	for _, m := range models {
		if m.Env.Complete.Services {
			return
		}
	}
	known := func(h intent.Host) bool {
		return slices.ContainsFunc(models, func(m *intent.Model) bool {
			return slices.ContainsFunc(m.Upstream, func(u *intent.Upstream) bool { return u.Host == h })
		})
	}
	for _, m := range models {
		for _, t := range m.Routing {
			eachSent(t, func(b *intent.Backend) {
				lacks := m.Inventory.Service(b.Host.Service).Lacks(b.Port)
				if b.Missing && b.SubsetName != "" && b.Subset == nil && !lacks && !known(b.Host) {
					b.Missing = false
				}
			})
		}
	}
}

// eachSent visits the backends of a table, those of copies included.
func eachSent(t *intent.Routing, visit func(*intent.Backend)) {
	for i := range t.Rules {
		rule := &t.Rules[i]
		eachCopy(rule.Steps, visit)
		f, _ := rule.Then.(intent.Forward)
		for k := range f.To {
			visit(&f.To[k])
			eachCopy(f.To[k].Steps, visit)
		}
	}
}

func eachCopy(steps []intent.Step, visit func(*intent.Backend)) {
	for i := range steps {
		if m, is := steps[i].(intent.Mirror); is {
			visit(&m.To)
			steps[i] = m
		}
	}
}

// subset names one of a host.
type subset struct {
	host intent.Host
	name string
}

// definedFor compares which endpoints the subsets have that no route of two inputs of one
// mesh sends to: one that is in neither may. Where the input is said to be complete,
// nobody asks.
func (r *DiffResult) definedFor(a, b *job) {
	if a.o.From.Name != b.o.From.Name || a.env.Complete.Services || b.env.Complete.Services {
		return
	}
	routed := map[subset]bool{}
	for _, m := range []*intent.Model{a.model, b.model} {
		for _, t := range m.Routing {
			eachSent(t, func(b *intent.Backend) { routed[subset{b.Host, b.SubsetName}] = true })
		}
	}
	in, of := meanings(a.model), meanings(b.model)
	for _, k := range subsetsOf(a.model, b.model) {
		x, y := in[k], of[k]
		if routed[k] || x.text() == y.text() {
			continue
		}
		d := decide.Difference{
			Aspect: intent.Routed, Verdict: decide.Different, Scope: "what routes send to subset " + k.name + " of " + k.host.String(),
			A: x.text(), B: y.text(), FromA: x.from, FromB: y.from,
		}
		r.Differences = append(r.Differences, d)
		r.Scopes = append(r.Scopes, decide.ScopeVerdict{Scope: d.Scope, Aspect: d.Aspect, Verdict: d.Verdict})
		r.Verdict = decide.Sum([]decide.Difference{{Verdict: r.Verdict}, d})
	}
	decide.Sort(r.Differences)
}

// meaning is which endpoints a subset has, and where that is said.
type meaning struct {
	endpoints []string
	from      intent.Origin
}

func (d meaning) text() string {
	if len(d.endpoints) == 0 {
		return "nothing defines it"
	}
	return "to those with " + strings.Join(d.endpoints, ", or ")
}

func meanings(m *intent.Model) map[subset]meaning {
	out := map[subset]meaning{}
	for _, u := range m.Upstream {
		k := subset{u.Host, u.SubsetName}
		d := out[k]
		d.from = append(d.from, u.From...)
		if u.Subset != nil {
			d.endpoints = append(d.endpoints, match.String(u.Subset))
		}
		slices.Sort(d.endpoints)
		d.endpoints = slices.Compact(d.endpoints)
		out[k] = d
	}
	return out
}

// subsetsOf lists the subsets that facts of two models name, each once.
func subsetsOf(models ...*intent.Model) []subset {
	var out []subset
	for _, m := range models {
		for _, u := range m.Upstream {
			if k := (subset{u.Host, u.SubsetName}); u.SubsetName != "" && !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}
