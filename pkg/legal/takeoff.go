package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// takeOff says denials that the target cannot say by what is left of what is let
// in, where that can be said: every Allow fact is let in without what is denied,
// and what was open by default is closed but for the rest. Denials of all that is
// sent are said so too, since nothing needs to be kept out where nobody is let in.
func takeOff(r *run) {
	if r.t.Access.Combine != DenyOverrides || !r.t.Access.TakesOff {
		return
	}
	t := taker{run: r, speech: r.speech()}
	denials := r.m.Access
	for _, d := range denials {
		if d.Effect == intent.Deny && d.Mode == intent.Enforced && d.Side == intent.Served && t.unsaid(d) && !t.keptLetsIn(d) {
			t.take(d)
		}
	}
}

type taker struct {
	*run
	speech speech
}

// keptLetsIn reports whether an object that stays as it is lets in some of what is
// denied: nothing can be taken off that.
func (t taker) keptLetsIn(d *intent.Access) bool {
	denied := match.Conj(match.Simplify(d.Scope.Subject), d.When)
	return slices.ContainsFunc(t.verbatimAccess, func(a *intent.Access) bool {
		return a.Effect == intent.Allow && a.Side == intent.Served && meet(match.Conj(match.Simplify(a.Scope.Subject), match.Simplify(a.When)), denied)
	})
}

// unsaid reports whether a denial cannot be said, and whether its opposite can.
func (t taker) unsaid(d *intent.Access) bool {
	if match.IsTrue(d.When) {
		return true
	}
	when := t.speech.reword(intent.Deny, d.When)
	if len(t.speech.unsaid(intent.Deny, when)) == 0 && (t.t.Access.Shape == nil || t.t.Access.Shape(intent.Deny, when) == "") {
		return false
	}
	if sayable := true; t.speech.evaded {
		match.Atoms(d.When, func(a match.Atom, _ bool) { sayable = sayable && a.Field != match.Path })
		if !sayable {
			return false // a path that is written otherwise would be let in
		}
	}
	sayable := true
	for _, e := range leftOver(nil, d.When) {
		sayable = sayable && len(t.speech.unsaid(intent.Allow, t.speech.reword(intent.Allow, e))) == 0
	}
	return sayable
}

// leftOver is what a predicate leaves of another, apart for HTTP where it tells
// that from other connections. Readers say of these what their mesh does there:
// they deny no less than HTTP.
func leftOver(of, without match.Expr) []match.Expr {
	onHTTP := match.Simplify(match.Restrict(without, match.Protocol, "", "http", true))
	onTCP := match.Simplify(match.Map(match.Restrict(without, match.Protocol, "", "tcp", true), func(a match.Atom) match.Expr {
		if a.Field.HTTP() {
			return match.False
		}
		return nil
	}))
	if match.Equal(onHTTP, onTCP) {
		return []match.Expr{match.Conj(match.Simplify(of), match.Negate(onHTTP))}
	}
	http := match.Atom{Field: match.Protocol, Op: match.Exact, Value: "http"}
	out := []match.Expr{match.Conj(http, match.Simplify(of), match.Negate(onHTTP))}
	if rest := match.Conj(match.Simplify(of), match.Negate(onTCP)); !match.IsFalse(rest) {
		if !implied(onHTTP, onTCP) {
			http.Value = "tcp"
			rest = match.Conj(http, rest)
		}
		out = append(out, rest)
	}
	return out
}

// take takes one denial off what is let in; where a scope that is left cannot be
// said, it stays.
func (t taker) take(d *intent.Access) {
	before := t.fragment()
	before.Access, before.Default = t.m.Access, t.m.Default
	access, defaults := t.m.Access, t.m.Default
	at, ok := conjuncts(d.Scope.Subject, manyScopes)
	if !ok {
		return
	}
	access = dropped(access, d)
	for _, c := range at {
		onPort := func(l match.Literal) bool { return l.Atom.Field == match.Port }
		part := *d
		part.Scope = intent.Scope{Subject: c.only(func(l match.Literal) bool { return !onPort(l) }).expr()}
		part.When = match.Conj(c.only(onPort).expr(), match.Simplify(d.When))
		if access, defaults, ok = t.partly(access, defaults, &part); !ok {
			return
		}
	}
	t.m.Access, t.m.Default = access, defaults
	after := t.fragment()
	after.Access, after.Default = access, defaults
	t.record(Change{
		Pass: "take-off", Feature: AccessDeny, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: d.From,
		Summary: objectOf(d.From) + " is written by letting in what it does not deny", Fix: "nothing", Before: before, After: after,
	})
	t.gone(d, before.Access, access)
}

// gone reports facts of which a denial leaves nothing: they are without effect in
// the source too, unless the denial stands for something that cannot be said.
func (t taker) gone(d *intent.Access, before, after []*intent.Access) {
	fate, why := FateInert, " denies all of it"
	if d.Withheld {
		fate, why = FateWithheld, " is withheld"
	}
	for _, a := range before {
		stays := func(x *intent.Access) bool { return x.Effect == a.Effect && slices.Equal(x.From, a.From) }
		if a != d && !a.From.Defaulted() && !slices.ContainsFunc(after, stays) {
			t.record(Change{
				Pass: "take-off", Feature: AccessAllow, Code: diag.Shadowed, Drift: intent.Same, Aspect: intent.Admission, Fate: fate, From: a.From,
				Summary: objectOf(a.From) + " lets nobody in, since " + objectOf(d.From) + why, Fix: "see what denies it",
			})
		}
	}
}

func dropped(list []*intent.Access, d *intent.Access) []*intent.Access {
	var out []*intent.Access
	for _, a := range list {
		if a != d {
			out = append(out, a)
		}
	}
	return out
}

// partly takes a denial off that holds in a scope of labels.
func (t taker) partly(access []*intent.Access, defaults []*intent.Default, d *intent.Access) ([]*intent.Access, []*intent.Default, bool) {
	if t.t.Access.Scope(d.Scope.Subject) != "" {
		return nil, nil, false
	}
	var out []*intent.Access
	for _, a := range access {
		if a.Effect != intent.Allow || a.Mode != intent.Enforced || a.Side != intent.Served || !meet(match.Conj(match.Simplify(a.Scope.Subject), match.Simplify(a.When)), match.Conj(match.Simplify(d.Scope.Subject), d.When)) {
			out = append(out, a)
			continue
		}
		parts, ok := t.left(a, d)
		if !ok {
			return nil, nil, false
		}
		out = append(out, parts...)
	}
	opened, closed, ok := t.close(defaults, d)
	return append(out, opened...), closed, ok
}

// left is what a denial leaves of a fact, inside its scope and outside.
func (t taker) left(a, d *intent.Access) (out []*intent.Access, ok bool) {
	inside := a.Scope.Subject
	if !implied(inside, d.Scope.Subject) {
		outside, ok := t.scoped(a, match.Conj(match.Simplify(inside), match.Negate(match.Simplify(d.Scope.Subject))), match.Simplify(a.When))
		if !ok {
			return nil, false
		}
		out, inside = outside, match.Conj(match.Simplify(inside), match.Simplify(d.Scope.Subject))
	}
	for _, e := range leftOver(a.When, d.When) {
		part, ok := t.scoped(a, inside, e)
		if !ok {
			return nil, false
		}
		out = append(out, part...)
	}
	return out, true
}

// scoped copies a fact for the alternatives of a scope; none of them may be one
// that the target cannot say.
func (t taker) scoped(a *intent.Access, subject, when match.Expr) (out []*intent.Access, ok bool) {
	if all, ok := conjuncts(when, manyFacts); ok {
		when = disjunction(all)
	}
	if match.IsFalse(when) {
		return nil, true
	}
	at, ok := conjuncts(subject, manyScopes)
	for _, c := range at {
		part := *a
		part.Scope, part.When = intent.Scope{Subject: c.expr()}, when
		if t.t.Access.Scope(part.Scope.Subject) != "" {
			return nil, false
		}
		out = append(out, &part)
	}
	return out, ok
}

// close denies by default where a denial holds, and lets in there what it leaves
// of what was open.
func (t taker) close(defaults []*intent.Default, d *intent.Access) (opened []*intent.Access, closed []*intent.Default, ok bool) {
	open := match.And{match.Simplify(d.Scope.Subject)}
	for _, x := range defaults {
		if x.Side != intent.Served {
			continue
		}
		if !meet(x.Scope.Subject, d.Scope.Subject) {
			continue
		}
		if x.Effect == intent.Allow {
			break
		}
		if implied(d.Scope.Subject, x.Scope.Subject) {
			return nil, defaults, true
		}
		open = append(open, match.Negate(match.Simplify(x.Scope.Subject)))
	}
	fact := &intent.Access{Home: d.Home, Comment: d.Comment, From: d.From}
	for _, e := range leftOver(nil, d.When) {
		part, ok := t.scoped(fact, match.Conj(open...), e)
		if !ok {
			return nil, nil, false
		}
		opened = append(opened, part...)
	}
	own := &intent.Default{Home: d.Home, Scope: d.Scope, Effect: intent.Deny, From: d.From}
	return opened, append([]*intent.Default{own}, defaults...), true
}
