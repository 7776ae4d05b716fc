package legal

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// machines takes out the workloads outside Kubernetes of which the target has no word.
// What a policy of the source guards there is open then, whatever the output says, and so
// it is where the target has no proxies on machines.
func machines(r *run) {
	if len(r.m.Machines) == 0 {
		return
	}
	var said []*intent.Machine
	gone := map[intent.Name]bool{}
	of := func(m *intent.Machine) (*intent.Machine, string) { return m, "" }
	if r.t.Machine != nil {
		of = r.t.Machine(r.m)
	}
	for _, m := range r.m.Machines {
		f, why := r.noMachine(m)
		now := m
		if why == "" {
			f = Machine
			now, why = of(m)
		}
		bare := r.t.Caps.Says(MachineGuard, m)
		if why == "" && (bare == "" || m.Bare) {
			said = append(said, r.proxied(r.placed(now)))
			continue
		}
		if why == "" {
			now = new(*r.placed(now))
			now.Bare, now.Account, now.Identity = true, "", ""
			said = append(said, now)
		} else {
			now = nil
		}
		gone[m.Name()] = true
		r.unguarded(f, m, now, why, bare)
	}
	r.m.Machines = said
	r.m.Inventory.Workloads = slices.DeleteFunc(slices.Clone(r.m.Inventory.Workloads), func(w *intent.Workload) bool { return w.Kind == intent.MachineKind && gone[w.Name] })
	r.toJoin()
}

// placed is a machine without where it is, where the target has no word for that.
func (r *run) placed(m *intent.Machine) *intent.Machine {
	why := r.t.Caps.Says(MachinePlace, m)
	if why == "" || m.Place() == "" {
		return m
	}
	now := *m
	now.Network, now.Locality, now.Weight = "", "", 0
	before, after := r.fragment(), r.fragment()
	before.Machines, after.Machines = []*intent.Machine{m}, []*intent.Machine{&now}
	r.record(Change{
		Pass: "machines", Feature: MachinePlace, Code: diag.Dropped, Drift: intent.Other, Aspect: intent.Balancing, Fate: FateDrifted, From: m.From,
		Summary: "where " + objectOf(m.From) + " is, or its weight, is not written: " + why, Detail: "it gets as much as every endpoint", Fix: "nothing, or run more of what is to get more", Before: before, After: after,
	})
	return &now
}

// proxied is a machine with a proxy, where the target takes all machines to have one.
func (r *run) proxied(m *intent.Machine) *intent.Machine {
	why := r.t.Caps.Says(MachineBare, m)
	if why == "" || !m.Bare {
		return m
	}
	now := *m
	now.Bare = false
	before, after := r.fragment(), r.fragment()
	before.Machines, after.Machines = []*intent.Machine{m}, []*intent.Machine{&now}
	r.record(Change{
		Pass: "machines", Feature: MachineBare, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDrifted, From: m.From,
		Summary: objectOf(m.From) + " has to have a proxy: " + why, Detail: "without one it takes nothing that is sent by mutual TLS", Fix: cmp.Or(r.t.Joins, "run it in the cluster"), Before: before, After: after,
	})
	return &now
}

// noMachine says why a machine cannot be said, and what of it.
func (r *run) noMachine(m *intent.Machine) (Feature, string) {
	if account, ok := accountNamed(m, r.m.Env.TrustDomain); ok && !r.t.SPIFFE { // see machineNames
		m = new(*m)
		m.Account, m.Identity = account, ""
	}
	if m.Many {
		if why := r.t.Caps.Says(MachineGroup, m); why != "" {
			return MachineGroup, why
		}
	}
	return Machine, r.t.Caps.Says(Machine, m)
}

// unguarded notes what becomes of a machine that the target has no word for, which is
// where now is nil, or no proxy.
func (r *run) unguarded(f Feature, m, now *intent.Machine, why, bare string) {
	before, after := r.fragment(), r.fragment()
	before.Machines = []*intent.Machine{m}
	if now != nil {
		after.Machines = []*intent.Machine{now}
		f, why = MachineGuard, bare
	}
	c := Change{
		Pass: "machines", Feature: f, Code: diag.Refused, Drift: intent.Other, Aspect: intent.Routed, Fate: FateDropped, From: wholeMachine(m),
		Summary: objectOf(m.From) + " is not written: " + why, Detail: "the Services that select the machine send nothing there, and who it is as a client is not known",
		Fix: "run it in the cluster, or give a Service without a selector its address", Before: before, After: after,
	}
	if now != nil {
		c.Fate = FateDrifted
		c.Summary, c.Detail, c.Fix = objectOf(m.From)+" has no proxy there: "+why, "what is sent to the machine is not secured, and who it is as a client is not known", cmp.Or(r.t.Joins, "run it in the cluster")
	}
	lets, shuts := r.m.Unknown(m)
	switch guarded := !m.Bare && r.m.Guards(m.Workload()); {
	case guarded || lets:
		c.Code, c.Drift, c.Aspect, c.After = diag.Widened, intent.Wider, intent.Admission, nil
		if c.Detail = "no policy of the target holds at the machine: whom the source keeps out there is let in, whatever the output says"; !guarded {
			c.Detail = "policies that keep the machine out by its certificate do not know it: it is let in where they did"
		}
		c.Fix = "run it in the cluster, or keep others out by a firewall"
	case shuts && now == nil:
		c.Detail += ": policies that let it in do so no more"
	}
	r.record(c)
}

// toJoin notes that machines need another proxy than that of the source.
func (r *run) toJoin() {
	var from intent.Origin
	for _, m := range r.m.Machines {
		if !m.Bare {
			from = merge(from, m.From)
		}
	}
	if len(from) == 0 || r.o.From == r.t.Mesh || r.t.Joins == "" {
		return
	}
	r.record(Change{
		Pass: "machines", Feature: Machine, Code: diag.Prerequisite, Drift: intent.Same, Aspect: intent.Admission, Fate: FateCarried, From: from,
		Summary: "machines outside Kubernetes need a proxy of the target", Detail: "without it no policy holds there, and nobody knows who they are", Fix: r.t.Joins,
	})
}

// wholeMachine is where all that is known of a machine is said.
func wholeMachine(m *intent.Machine) intent.Origin {
	out := slices.Clone(m.From)
	for _, l := range m.Labels {
		out = merge(out, l.From)
	}
	return out
}

// verifyMachines finds machines that the target cannot say.
func verifyMachines(m *intent.Model, t Target, fail failure) {
	for _, x := range m.Machines {
		fail(string(Machine), x.From, t.Caps.Says(Machine, x))
		if x.Many {
			fail(string(MachineGroup), x.From, t.Caps.Says(MachineGroup, x))
		}
	}
}
