package legal

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// accessAtoms says the conditions of admission in the target's words. By the
// polarity law, what cannot be said strengthens what is let in and weakens what
// is kept out, so that nobody is let in who was not.
func accessAtoms(r *run) {
	if r.t.Access.Combine != DenyOverrides || r.t.Access.Can == nil {
		return
	}
	w := worder{run: r, speech: r.speech()}
	var out []*intent.Access
	for _, a := range r.m.Access {
		out = append(out, w.fact(a)...)
	}
	r.m.Access = out
}

// worder says conditions.
type worder struct {
	*run
	speech speech
}

// manyFacts bounds the facts that one is taken apart into.
const manyFacts = 256

// fact says one fact, as one or several.
func (w worder) fact(a *intent.Access) []*intent.Access {
	when := w.speech.reword(a.Effect, a.When)
	bad := w.speech.unsaid(a.Effect, when)
	if len(bad) == 0 && w.shape(a.Effect, when) == "" {
		if match.Equal(when, a.When) {
			return []*intent.Access{a}
		}
		return w.note(a, nil, []match.Expr{when}, true)
	}
	said, exact := w.approach(a.Effect, when)
	return w.note(a, bad, said, exact)
}

// approach says a condition as closely as the polarity of the effect lets it:
// the alternatives of several facts.
func (w worder) approach(e intent.Effect, when match.Expr) (said []match.Expr, exact bool) {
	all, ok := conjuncts(when, manyFacts)
	if near := w.nearest(e, when); w.shape(e, near) == "" && !(ok && w.sayable(e, all)) {
		return parts(near), false
	}
	whole := ok
	if !ok {
		all, ok = conjuncts(w.nearest(e, when), manyFacts)
	}
	if !ok {
		return w.last(e), false
	}
	exact = whole && w.sayable(e, all)
	for _, c := range all {
		near, same := w.conjunct(e, c)
		said, exact = append(said, near...), exact && same
	}
	return said, exact
}

// parts is nothing for what never holds.
func parts(e match.Expr) []match.Expr {
	if match.IsFalse(e) {
		return nil
	}
	return []match.Expr{e}
}

// nearest drops the literals that cannot be said.
func (w worder) nearest(e intent.Effect, when match.Expr) match.Expr {
	if e == intent.Allow {
		return match.Strengthen(when, w.speech.can(e))
	}
	return match.Weaken(when, w.speech.can(e))
}

// last is what is said where nothing else can be.
func (w worder) last(e intent.Effect) []match.Expr {
	if e == intent.Allow {
		return nil
	}
	return []match.Expr{match.True}
}

// sayable reports whether all literals can be said.
func (w worder) sayable(e intent.Effect, all []conjunct) bool {
	return !slices.ContainsFunc(all, func(c conjunct) bool {
		return slices.ContainsFunc(c, func(l match.Literal) bool { return w.speech.no(e, l) != "" })
	})
}

// conjunct says one alternative, if only by fewer conditions, the last dropped
// first, where these keep requests out.
func (w worder) conjunct(e intent.Effect, c conjunct) (said []match.Expr, exact bool) {
	can := func(l match.Literal) bool { return w.speech.no(e, l) == "" }
	near := c.only(can)
	if len(near) == len(c) && w.shape(e, c.expr()) == "" {
		return []match.Expr{c.expr()}, true
	}
	if e == intent.Allow {
		return nil, false
	}
	for n := len(near); n > 0; n-- {
		for i := len(near) - 1; i >= 0; i-- {
			if without := slices.Delete(slices.Clone(near), i, i+1); w.shape(e, without.expr()) == "" {
				return []match.Expr{without.expr()}, false
			}
		}
		near = near[:n-1]
	}
	return []match.Expr{match.True}, false
}

func (w worder) shape(e intent.Effect, when match.Expr) string {
	if w.t.Access.Shape == nil {
		return ""
	}
	return w.t.Access.Shape(e, when)
}

// note records how a fact is said, and returns the facts that say it.
func (w worder) note(a *intent.Access, bad []match.Literal, said []match.Expr, exact bool) []*intent.Access {
	var out []*intent.Access
	for _, e := range said {
		part := *a
		part.When = e
		out = append(out, &part)
	}
	c := Change{
		Pass: "access-atoms", Feature: AccessAllow, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: merge(refs(bad), a.From),
		Summary: objectOf(a.From) + " is written in other words", Fix: "nothing",
	}
	frame := w.admitting
	if a.Effect != intent.Allow {
		c.Feature, frame = AccessDeny, w.denying
	}
	if a.Mode != intent.Enforced {
		c.Aspect, c.Drift = intent.Auditing, intent.Other
	} else if !exact {
		c = w.drifted(c, a, bad, out)
		if w.settled(c, a) {
			return nil
		}
	}
	c.Before, c.After = frame(a), frame(out...)
	w.record(c)
	return out
}

// drifted completes a change that lets in less.
func (w worder) drifted(c Change, a *intent.Access, bad []match.Literal, out []*intent.Access) Change {
	why := ""
	if len(bad) > 0 {
		why, c.Feature = w.speech.no(a.Effect, bad[0]), featureOf(bad[0])
	} else {
		why = w.apart(a)
	}
	c.Code, c.Drift, c.Fate = diag.Narrowed, intent.Narrower, FateDrifted
	switch {
	case a.Effect != intent.Allow && len(out) == 1 && match.IsTrue(out[0].When):
		c.Code, c.Fate = diag.Withheld, FateWithheld
		c.Summary, c.Detail = ruleOf(a.From)+" denies all where it holds: "+why, "nobody is let in there"
		c.Fix = "say it by what is let in"
		if a.Effect == intent.Ask {
			c.Code, c.Fate = diag.Narrowed, FateDrifted
			c.Summary, c.Detail = ruleOf(a.From)+" asks about all requests: "+why, "its provider is asked about more requests"
		}
	case a.Effect != intent.Allow:
		c.Summary, c.Detail, c.Fix = ruleOf(a.From)+" keeps out more: "+why, "requests are denied that cannot be told apart", "say it by what is let in"
	case len(out) == 0:
		c.Code, c.Fate = diag.AllowLost, FateDropped
		c.Summary, c.Detail, c.Fix = ruleOf(a.From)+" lets nobody in: "+why, "requests that it let in are denied", "let them in by a rule that the target can say"
	default:
		c.Summary, c.Detail, c.Fix = ruleOf(a.From)+" lets in less: "+why, "requests that it let in are denied", "let them in by a rule that the target can say"
	}
	return c
}

// apart names conditions that no rule can say, as few as possible.
func (w worder) apart(a *intent.Access) string {
	all, ok := conjuncts(w.speech.reword(a.Effect, a.When), manyFacts)
	if !ok {
		return "its conditions come to more than " + strconv.Itoa(manyFacts) + " alternatives"
	}
	for _, c := range all {
		if w.shape(a.Effect, c.expr()) == "" {
			continue
		}
		c = w.clash(a.Effect, c)
		each := make([]string, len(c))
		for i, l := range c {
			each[i] = strconv.Quote(match.String(conjunct{l}.expr()))
		}
		how := " cannot be said here: "
		if len(c) > 1 {
			how = " cannot be said together: "
		}
		return strings.Join(each, " and ") + how + w.shape(a.Effect, c.expr())
	}
	return "its conditions exclude each other in the target's words"
}

// clash is what of a conjunction cannot be said: one of it, two, or all.
func (w worder) clash(e intent.Effect, c conjunct) conjunct {
	for _, l := range c {
		if one := (conjunct{l}); w.shape(e, one.expr()) != "" {
			return one
		}
	}
	for i := range c {
		for _, l := range c[i+1:] {
			if two := (conjunct{c[i], l}); w.shape(e, two.expr()) != "" {
				return two
			}
		}
	}
	return c
}

// settled asks whether a denial may be dropped that would close its scope.
func (w worder) settled(c Change, a *intent.Access) bool {
	if c.Code != diag.Withheld {
		return false
	}
	c.Code, c.Drift, c.Fate = diag.Widened, intent.Wider, FateDropped
	c.Summary, c.Detail = objectOf(a.From)+" is dropped", "requests that it kept out are let in where another rule lets them in"
	c.Before, c.After = w.denying(a), w.denying()
	if !w.accepts(c) {
		return false
	}
	w.record(c)
	return true
}
