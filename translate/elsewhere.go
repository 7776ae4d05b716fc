package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
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
