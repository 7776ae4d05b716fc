// Package legal fits a model to what one target can say. A table of passes
// rewrites the model, in the same types, until the target's capability table
// accepts it. What cannot be said is removed here and only here, with a Change
// that declares its drift.
//
// Passes know no mesh: all they know of the target is a Target. What routing
// cannot say is refused, table by table, never bent. What admission cannot say
// is narrowed, and withheld behind a deny where narrowing is not enough.
package legal

import "github.com/transmesh/transmesh/pkg/intent"

// Options is what the user accepts.
type Options struct {
	// From names the source mesh, for Target.Keeps.
	From string
	// Accept says whether a change may stand although it widens or loses: it is
	// asked with the change that would be made instead of withholding. nil
	// accepts none.
	Accept func(Change) bool
	// Budget bounds the work on who is let in at the workloads of one namespace, for
	// targets that take what is denied off what is let in: in conditions that are held
	// to others. Past it workloads are closed, those first that take most. 0 is
	// DefaultBudget.
	Budget int
}

// DefaultBudget is far more than ordinary policies take: some hundred rules that allow and
// as many that deny, of six conditions each, at each of some ports.
const DefaultBudget = 1_000_000

// Legalize returns a model that the target can say in full, and what it took.
// It does not change m.
func Legalize(m *intent.Model, t Target, o Options) (*intent.Model, []Change) {
	r := &run{m: m.Clone(), t: t.within(m.Env), o: o, source: m.Baseline}
	r.m.Inventory.Registered = r.m.Inventory.Registered && t.Route.OneService
	for _, u := range m.Upstream {
		r.ruled = append(r.ruled, u.Host)
	}
	for _, p := range passes {
		p.run(r)
	}
	remarks(r)
	return r.m, r.changes
}
