package legal

import (
	"github.com/transmesh/transmesh/pkg/intent"
)

// run is one legalization: the working copy of the model, and what was done to
// it.
type run struct {
	m       *intent.Model
	t       Target
	o       Options
	changes []Change
	// source is what the source mesh does where nothing is said.
	source intent.Baseline
	// ruled are the hosts of which the source says how they are called, whatever is kept
	// or taken out of it.
	ruled []intent.Host
	// dialled are facts of callers, set aside while those of servers are worked on.
	dialled dialledFacts
	// What stands in objects that are kept as they are, set aside likewise.
	verbatimAccess    []*intent.Access
	verbatimDefault   []*intent.Default
	verbatimTokens    []*intent.Tokens
	verbatimTransport []*intent.Transport
	// logs are what facts about access logs demand.
	logs logDemands
	// outruled are objects of the target's mesh that let out whom something holds back that
	// cannot be read, and so cannot stay as they are.
	outruled map[*intent.Opaque]bool
	// said is what the target was found able to say.
	said map[saying]string
}

// record notes a change.
func (r *run) record(c Change) { r.changes = append(r.changes, c) }

// accepts asks whether a change may stand.
func (r *run) accepts(c Change) bool { return r.o.Accept != nil && r.o.Accept(c) }

// fragment is a model of single facts, with what comparing them needs to know of
// the whole: the inventory, the environment, leaves and baseline.
func (r *run) fragment() *intent.Model {
	return &intent.Model{Inventory: r.m.Inventory, Env: r.m.Env, Leaves: r.m.Leaves, Baseline: r.m.Baseline}
}

// tables is a fragment of routing.
func (r *run) tables(ts ...*intent.Routing) *intent.Model {
	f := r.fragment()
	f.Routing = ts
	return f
}

// copies are tables as they stand: later steps change the tables themselves.
func copies(ts []*intent.Routing) []*intent.Routing {
	out := make([]*intent.Routing, len(ts))
	for i, t := range ts {
		out[i] = t.Clone()
	}
	return out
}

// upstreams is a fragment of upstream policies.
func (r *run) upstreams(us ...*intent.Upstream) *intent.Model {
	f := r.fragment()
	f.Upstream = us
	return f
}
