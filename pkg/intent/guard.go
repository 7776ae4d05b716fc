package intent

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/match"
)

// Guards reports whether the model may keep requests from a workload.
func (m *Model) Guards(w *Workload) bool {
	about := w.about()
	return slices.ContainsFunc(m.Default, func(d *Default) bool {
		return d.Side == Served && d.Effect == Deny && about(d.Scope.Subject)
	}) || slices.ContainsFunc(m.Access, func(a *Access) bool {
		return a.Side == Served && a.Effect != Allow && a.Mode == Enforced && about(a.Scope.Subject)
	}) || slices.ContainsFunc(m.Transport, func(t *Transport) bool {
		return t.Side == Served && t.Mode == Strict && !t.From.Defaulted() && about(t.Scope.Subject)
	})
}

// Policies tells of workloads where manifests say who reaches them: by defaults, rules and
// mutual TLS of the serving side, in that order. What only a mesh's default says is left
// out. The model is looked through once, for all workloads.
func (m *Model) Policies() func(*Workload) []Origin {
	in := map[string][]policy{} // by the namespace that they are about, or ""
	add := func(s Side, subject match.Expr, from Origin) {
		if s == Served && !from.Defaulted() {
			ns := match.Demanded(match.Simplify(subject), match.Namespace)
			in[ns] = append(in[ns], policy{subject, from})
		}
	}
	for _, d := range m.Default {
		add(d.Side, d.Scope.Subject, d.From)
	}
	for _, a := range m.Access {
		add(a.Side, a.Scope.Subject, a.From)
	}
	for _, t := range m.Transport {
		add(t.Side, t.Scope.Subject, t.From)
	}
	return func(w *Workload) []Origin {
		var out []Origin
		about := w.about()
		for _, p := range slices.Concat(in[w.Name.Namespace], in[""]) {
			if about(p.subject) {
				out = append(out, p.from)
			}
		}
		return out
	}
}

// policy is a fact about who reaches some workloads.
type policy struct {
	subject match.Expr
	from    Origin
}

// about tells of a subject whether the workload may be of it, at some port and by some
// Service.
func (w *Workload) about() func(match.Expr) bool {
	at := new(match.Request).Set(match.Namespace, "", w.Name.Namespace).Set(match.Account, "", w.account())
	for _, l := range w.Labels {
		at.Set(match.Label, l.Key, l.Value)
	}
	settle := func(a match.Atom) match.Expr {
		switch settled := a.Field == match.Namespace || a.Field == match.Label || a.Field == match.Account && w.account() != ""; {
		case !settled:
			return nil
		case match.Eval(a, at):
			return match.True
		}
		return match.False
	}
	return func(e match.Expr) bool {
		return !match.IsFalse(match.Simplify(match.Map(match.Simplify(e), settle)))
	}
}
