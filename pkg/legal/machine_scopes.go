package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// machineScopes says of pods and machines alike what the source says of each apart, for
// targets whose policies select both by their labels. What lets in holds for fewer then,
// and what keeps out for more, but where the same is said of both.
func machineScopes(r *run) {
	if r.t.Apart {
		return
	}
	r.unmarked()
	if !r.tellsMachines() {
		return
	}
	r.joinBoth()
	for _, a := range r.m.Access {
		before := *a
		exact := false
		a.Scope.Subject, exact = undivided(a.Scope.Subject, a.Effect == intent.Allow)
		r.saidAlike(&before, a, exact)
	}
	r.m.Access = slices.DeleteFunc(r.m.Access, func(a *intent.Access) bool { return match.IsFalse(a.Scope.Subject) })
	r.defaultsAlike()
	for _, l := range r.m.Rates {
		l.Scope.Subject, _ = undivided(l.Scope.Subject, false)
	}
	for _, o := range r.m.Opaque { // of which denials may be made
		o.Scope.Subject, _ = undivided(o.Scope.Subject, false)
	}
}

// unmarked takes the label that only machines have from those of the inventory, so that no
// scope is made of it.
func (r *run) unmarked() {
	if len(r.m.Machines) == 0 {
		return
	}
	r.m.Inventory.Workloads = slices.Clone(r.m.Inventory.Workloads)
	for i, w := range r.m.Inventory.Workloads {
		if w.Kind == intent.MachineKind {
			plain := *w
			plain.Labels = slices.DeleteFunc(slices.Clone(w.Labels), func(l intent.Pair) bool { return l.Key == intent.Outside.Key })
			r.m.Inventory.Workloads[i] = &plain
		}
	}
}

// tellsMachines reports whether a fact tells pods and machines apart.
func (r *run) tellsMachines() bool {
	return slices.ContainsFunc(r.m.Access, func(a *intent.Access) bool { return tellsApart(a.Scope.Subject) }) ||
		slices.ContainsFunc(r.m.Default, func(d *intent.Default) bool { return tellsApart(d.Scope.Subject) }) ||
		slices.ContainsFunc(r.m.Rates, func(l *intent.RateLimit) bool { return tellsApart(l.Scope.Subject) }) ||
		slices.ContainsFunc(r.m.Opaque, func(o *intent.Opaque) bool { return tellsApart(o.Scope.Subject) })
}

func isOutside(a match.Atom) bool { return a.Field == match.Label && a.Key == intent.Outside.Key }

func tellsApart(e match.Expr) bool {
	found := false
	match.Atoms(e, func(a match.Atom, _ bool) { found = found || isOutside(a) })
	return found
}

// joinBoth makes one fact of two that say the same of pods and of machines.
func (r *run) joinBoth() {
	type half struct {
		key     string
		machine bool
	}
	join := func(n int, subject func(int) *match.Expr, key func(int) string, from func(i, j int)) map[int]bool {
		seen, gone := map[half]int{}, map[int]bool{}
		for i := range n {
			e := match.Simplify(*subject(i))
			if !tellsApart(e) {
				continue
			}
			pods, machines := outsideAs(e, false), outsideAs(e, true)
			if !match.IsFalse(pods) && !match.IsFalse(machines) {
				continue
			}
			of, rest := match.IsFalse(pods), match.Disj(pods, machines)
			text := match.Key(rest) + "\x00" + key(i)
			if j, ok := seen[half{text, !of}]; ok && !gone[j] {
				*subject(j) = rest
				from(j, i)
				gone[i] = true
				continue
			}
			seen[half{text, of}] = i
		}
		return gone
	}
	access := r.m.Access
	gone := join(len(access), func(i int) *match.Expr { return &access[i].Scope.Subject },
		func(i int) string {
			return access[i].Effect.String() + access[i].Mode.String() + access[i].Provider + match.Key(access[i].When)
		},
		func(i, j int) { access[i].From = merge(access[i].From, access[j].From) })
	r.m.Access = without(access, gone)
	defaults := r.m.Default
	gone = join(len(defaults), func(i int) *match.Expr { return &defaults[i].Scope.Subject },
		func(i int) string { return defaults[i].Effect.String() },
		func(i, j int) { defaults[i].From = merge(defaults[i].From, defaults[j].From) })
	r.m.Default = without(defaults, gone)
}

func without[T any](all []T, gone map[int]bool) []T {
	if len(gone) == 0 {
		return all
	}
	var out []T
	for i, x := range all {
		if !gone[i] {
			out = append(out, x)
		}
	}
	return out
}

// outsideAs is a scope for machines, or for pods.
func outsideAs(e match.Expr, machines bool) match.Expr {
	return match.Simplify(match.Map(e, func(a match.Atom) match.Expr {
		switch {
		case !isOutside(a):
			return nil
		case machines:
			return match.True
		}
		return match.False
	}))
}

// undivided is a scope without telling pods and machines apart: exact says that it covers
// no workload more or less, and otherwise it covers fewer where it shrinks, or more.
func undivided(e match.Expr, shrinks bool) (out match.Expr, exact bool) {
	if !tellsApart(e) {
		return e, true
	}
	pods, machines := outsideAs(e, false), outsideAs(e, true)
	switch both := match.Disj(pods, machines); {
	case match.Equal(pods, machines):
		return pods, true
	case shrinks:
		return match.Simplify(match.And{pods, machines}), false
	default:
		return match.Simplify(both), false
	}
}

// saidAlike notes what becomes of one fact.
func (r *run) saidAlike(before, after *intent.Access, exact bool) {
	if match.Equal(before.Scope.Subject, after.Scope.Subject) {
		return
	}
	c := Change{
		Pass: "machine-scopes", Feature: Machine, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: before.From,
		Summary: objectOf(before.From) + " is said of pods and machines alike", Fix: "nothing",
	}
	frame, parts := r.denying, []*intent.Access{new(*after)}
	if before.Effect == intent.Allow {
		frame = r.admitting
	}
	switch {
	case exact:
	case before.Effect == intent.Allow:
		c.Code, c.Drift, c.Fate = diag.AllowLost, intent.Narrower, FateDropped
		c.Summary = objectOf(before.From) + " lets nobody in: policies do not tell machines from pods with the same labels"
		c.Detail = "it would let in at both"
		c.Fix = "say the same of pods with these labels"
		if match.IsFalse(after.Scope.Subject) {
			parts = nil
		}
	default:
		c.Code, c.Drift, c.Fate = diag.Narrowed, intent.Narrower, FateDrifted
		c.Summary, c.Detail, c.Fix = objectOf(before.From)+" keeps out of pods and machines alike", "policies do not tell machines from pods with the same labels", "nothing, if no pods have these labels"
	}
	c.Before, c.After = frame(before), frame(parts...)
	r.record(c)
}

// defaultsAlike says of pods and machines alike where is denied by default.
func (r *run) defaultsAlike() {
	before, after := r.fragment(), r.fragment()
	before.Default = r.m.Default
	var from intent.Origin
	all := true
	for _, d := range r.m.Default {
		part := *d
		exact := false
		part.Scope.Subject, exact = undivided(d.Scope.Subject, d.Effect == intent.Allow)
		if all = all && exact; !exact {
			from = merge(from, d.From)
		}
		if !match.IsFalse(part.Scope.Subject) {
			after.Default = append(after.Default, &part)
		}
	}
	r.m.Default = after.Default
	if !all {
		r.record(Change{
			Pass: "machine-scopes", Feature: Machine, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDrifted, From: from,
			Summary: objectOf(from) + " closes pods and machines alike", Detail: "policies do not tell machines from pods with the same labels", Fix: "nothing, if no pods have these labels",
			Before: before, After: after,
		})
	}
}
