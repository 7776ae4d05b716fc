package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// accessDefaults writes the list of Default facts as those that targets with
// deny-overrides can say: single scopes that deny by default, before the
// target's own default. A Default that allows becomes an Allow fact where a
// later one denies, less what an earlier one denied.
func accessDefaults(r *run) {
	if r.t.Access.Combine != DenyOverrides {
		return
	}
	d := defaultList{run: r, own: r.ownDefaults()}
	before := r.fragment()
	before.Access, before.Default = r.m.Access, r.m.Default
	d.split(r.m.Default)
	if !d.changed {
		return
	}
	r.m.Access = append(r.m.Access, d.allows...)
	r.m.Default = append(d.denies, d.own...)
	after := r.fragment()
	after.Access, after.Default = r.m.Access, r.m.Default
	r.record(Change{
		Pass: "access-defaults", Feature: AccessDefaultDeny, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: d.from,
		Summary: d.done(), Fix: "nothing", Before: before, After: after,
	})
}

// done is what became of the defaults, in words.
func (d *defaultList) done() string {
	if len(d.allows) == 0 && len(d.denies) > 0 {
		return "what is denied by default is written as a policy"
	}
	return "what is allowed by default is written as a rule"
}

type defaultList struct {
	*run
	own     []*intent.Default
	denies  []*intent.Default
	allows  []*intent.Access
	from    intent.Origin
	changed bool
}

// ownDefaults are the target's, behind the model's.
func (r *run) ownDefaults() []*intent.Default {
	if r.t.Default == nil {
		return []*intent.Default{{Effect: intent.Allow}}
	}
	return r.t.Default(r.m.Env)
}

// split parts the list. The source's own last default goes if the target's does
// the same.
func (d *defaultList) split(list []*intent.Default) {
	last := len(list)
	for last > 0 && list[last-1].From.Defaulted() && match.IsTrue(list[last-1].Scope.Subject) && list[last-1].Effect == d.ownEffect() {
		last--
	}
	d.changed = !sameDefaults(list[last:], d.own)
	for i, f := range list[:last] {
		switch {
		case f.Effect == intent.Deny:
			d.denies = append(d.denies, saidDenial(f))
		case d.deniedLater(list[i+1:last], f):
			d.allow(f)
		default:
			d.changed, d.from = true, merge(d.from, f.From)
		}
	}
}

// saidDenial says what the source denies by itself and the target does not, so
// that it is written.
func saidDenial(f *intent.Default) *intent.Default {
	if !f.From.Defaulted() {
		return f
	}
	said := *f
	said.From = nil
	return &said
}

// ownEffect is what the target does where nothing is said.
func (d *defaultList) ownEffect() intent.Effect {
	for _, f := range d.own {
		if match.IsTrue(f.Scope.Subject) {
			return f.Effect
		}
	}
	return intent.Allow
}

func sameDefaults(a, b []*intent.Default) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Effect != b[i].Effect || !match.Equal(a[i].Scope.Subject, b[i].Scope.Subject) {
			return false
		}
	}
	return true
}

// deniedLater reports whether something that f covers would be denied without
// it.
func (d *defaultList) deniedLater(later []*intent.Default, f *intent.Default) bool {
	for _, l := range later {
		if l.Effect == intent.Deny && meet(l.Scope.Subject, f.Scope.Subject) {
			return true
		}
	}
	return d.ownEffect() == intent.Deny
}

// allow writes a Default that allows as a fact, but for what is denied before it.
func (d *defaultList) allow(f *intent.Default) {
	d.changed, d.from = true, merge(d.from, f.From)
	var denied match.Or
	and := match.And{f.Scope.Subject}
	for _, e := range d.denies {
		if meet(e.Scope.Subject, f.Scope.Subject) {
			denied, and = append(denied, match.Simplify(e.Scope.Subject)), append(and, match.Not{X: e.Scope.Subject})
		}
	}
	if !implied(f.Scope.Subject, match.Simplify(denied)) {
		d.allows = append(d.allows, &intent.Access{Home: f.Home, Scope: intent.Scope{Subject: match.Simplify(and)}, From: f.From})
	}
}

// meet reports whether two predicates may hold together.
func meet(a, b match.Expr) bool { return match.Meet(a, b) }
