package intent

import "slices"

// Clone copies a model so that changing the copy's facts, rules, backends and
// steps leaves the model alone. Expressions, homes, the inventory and the blocks
// of policies are shared: whoever changes one of these replaces it.
func (m *Model) Clone() *Model {
	c := *m
	c.Routing = cloneAll(m.Routing, (*Routing).Clone)
	c.Transport = cloneAll(m.Transport, shallow[Transport])
	c.Upstream = cloneAll(m.Upstream, shallow[Upstream])
	c.Intake = cloneAll(m.Intake, shallow[Intake])
	c.Default = cloneAll(m.Default, shallow[Default])
	c.Access = cloneAll(m.Access, shallow[Access])
	c.Tokens = cloneAll(m.Tokens, shallow[Tokens])
	c.Rates = cloneAll(m.Rates, shallow[RateLimit])
	c.Logs = cloneAll(m.Logs, shallow[AccessLog])
	c.Entries = cloneAll(m.Entries, shallow[Entry])
	c.External = cloneAll(m.External, shallow[External])
	c.Egress = cloneAll(m.Egress, shallow[Egress])
	c.Visible = cloneAll(m.Visible, shallow[Visibility])
	c.Machines = cloneAll(m.Machines, shallow[Machine])
	c.Exports = cloneAll(m.Exports, shallow[Export])
	c.Opaque = cloneAll(m.Opaque, shallow[Opaque])
	c.Leaves = slices.Clone(m.Leaves)
	return &c
}

func cloneAll[T any](in []*T, clone func(*T) *T) []*T {
	if in == nil {
		return nil
	}
	out := make([]*T, len(in))
	for i, x := range in {
		out[i] = clone(x)
	}
	return out
}

func shallow[T any](x *T) *T {
	c := *x
	return &c
}

// Clone copies a table with its rules.
func (r *Routing) Clone() *Routing {
	c := *r
	c.Rules = slices.Clone(r.Rules)
	for i := range c.Rules {
		c.Rules[i] = c.Rules[i].Clone()
	}
	c.Else = cloneAction(r.Else)
	return &c
}

// Clone copies a rule with its steps and backends.
func (r Rule) Clone() Rule {
	r.Steps = cloneSteps(r.Steps)
	r.Then = cloneAction(r.Then)
	return r
}

func cloneSteps(steps []Step) []Step {
	steps = slices.Clone(steps)
	for i, s := range steps {
		if m, ok := s.(Mirror); ok {
			m.To = m.To.Clone()
			steps[i] = m
		}
	}
	return steps
}

func cloneAction(a Action) Action {
	f, ok := a.(Forward)
	if !ok {
		return a
	}
	return Forward{To: cloneBackends(f.To)}
}

func cloneBackends(in []Backend) []Backend {
	out := slices.Clone(in)
	for i := range out {
		out[i] = out[i].Clone()
	}
	return out
}

// Clone copies a backend with its steps and fallbacks.
func (b Backend) Clone() Backend {
	b.Steps, b.Fallback = cloneSteps(b.Steps), cloneBackends(b.Fallback)
	return b
}
