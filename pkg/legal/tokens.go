package legal

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// tokens withholds workloads whose tokens the target cannot validate: requests
// with forged ones would pass. Rules that are let in by a token are narrowed
// later, when their conditions are looked at.
func tokens(r *run) {
	var rest []*intent.Tokens
	for _, t := range r.m.Tokens {
		why := r.unvalidated(t)
		if loose := r.anyonesKeys(t); why != "" && loose != nil {
			t, why = loose, ""
		}
		if why == "" {
			rest = append(rest, r.turnAway(t))
			continue
		}
		before := r.denying()
		before.Tokens = []*intent.Tokens{t}
		c := Change{
			Pass: "tokens", Feature: TokenRules, Code: diag.Widened, Drift: intent.Wider, Aspect: intent.Tokening, Fate: FateDropped, From: tokenOrigin(t),
			Summary: objectOf(t.From) + " is dropped: " + why, Detail: "requests with tokens that are not valid are let in",
			Fix: "validate tokens at the ingress or in the workload", Before: before, After: r.denying(),
		}
		if !r.accepts(c) {
			c.Code, c.Drift, c.Fate = diag.Withheld, intent.Narrower, FateWithheld
			c.Summary, c.Detail = objectOf(t.From)+" cannot be said: "+why, "nobody is let in at the workloads that it concerns"
			c.Aspect = intent.Admission
			c.After = r.denying(r.withhold(t.Home, t.Scope, nil, c.Summary, t.From))
		}
		r.record(c)
	}
	r.m.Tokens = rest
}

// unvalidated says why the tokens of a set cannot be validated, or "". A target that
// demands tokens of what it lets in, and takes one that is not valid for none, would
// let in requests with such a token where it demands none.
func (r *run) unvalidated(t *intent.Tokens) string {
	why := r.t.Caps.Says(TokenRules, t)
	demands := r.t.Access.Demands
	if why != "" || demands == nil {
		return why
	}
	if why = demands(r.m.Env); why != "" {
		return why
	}
	n := newNamer(r)
	for _, p := range n.parties {
		if p.Subject != nil && n.covers(t.Scope.Subject, p) == partOf {
			return "a policy is for the whole of " + p.Name
		}
	}
	if !t.Lenient && r.open(t.Scope.Subject) && !r.demanded(t.Scope.Subject) {
		return undemanded
	}
	return ""
}

// anyonesKeys is a set that takes keys from whoever answers at the address of a server
// whose certificate was looked at, for targets that look at none: if that is all that
// cannot be said of it, and it is accepted; otherwise nil.
func (r *run) anyonesKeys(t *intent.Tokens) *intent.Tokens {
	out, before, after := *t, r.denying(), r.denying()
	out.Rules = slices.Clone(t.Rules)
	for i, rule := range out.Rules {
		out.Rules[i].Unchecked = rule.JWKS == "" && strings.HasPrefix(rule.JWKSURI, "https:")
	}
	if r.t.Access.Demands == nil || r.unvalidated(t) == "" || r.unvalidated(&out) != "" {
		return nil
	}
	before.Tokens, after.Tokens = []*intent.Tokens{t}, []*intent.Tokens{&out}
	c := Change{
		Pass: "tokens", Feature: TokenRules, Code: diag.Widened, Drift: intent.Wider, Aspect: intent.Tokening, Fate: FateDrifted, From: tokenOrigin(t),
		Summary: objectOf(t.From) + " takes keys from whoever answers where they are", Detail: "who answers in the place of that server makes tokens that are accepted",
		Fix: "give the keys themselves", Before: before, After: after,
	}
	if !r.accepts(c) {
		return nil
	}
	r.record(c)
	return &out
}

// undemanded is why nobody can be let in without a token where those that are not
// valid are to be refused.
const undemanded = "a token that is not valid is taken for none, and none is demanded"

// open reports whether somebody is let in by default in a scope.
func (r *run) open(scope match.Expr) bool {
	for _, d := range r.m.Default {
		switch {
		case d.Side != intent.Served:
		case d.Effect == intent.Allow && meet(d.Scope.Subject, scope):
			return true
		case d.Effect == intent.Deny && implied(scope, d.Scope.Subject):
			return false
		}
	}
	return true
}

// demanded reports whether all requests without a token are denied in a scope.
func (r *run) demanded(scope match.Expr) bool {
	return slices.ContainsFunc(r.m.Access, func(a *intent.Access) bool {
		return demandsToken(a) && implied(scope, a.Scope.Subject)
	})
}

// demandsToken reports whether a fact denies the requests without a token, and no
// others.
func demandsToken(a *intent.Access) bool {
	return a.Effect == intent.Deny && a.Mode == intent.Enforced && a.Side == intent.Served &&
		implied(a.When, match.Negate(anyToken)) && implied(match.Negate(hasToken), a.When)
}

// anyToken holds for requests with a valid token, as an operator says it; hasToken is
// the same, also where its name were empty.
var (
	anyToken = match.Atom{Field: match.Token, Key: "principal", Op: match.Regex, Value: ".+"}
	hasToken = match.Atom{Field: match.Token, Key: "principal", Op: match.Present}
)

// turnAway has a set refuse tokens that are not valid, and take keys only from who
// can show whose they are, for targets that do so themselves.
func (r *run) turnAway(t *intent.Tokens) *intent.Tokens {
	unchecked := slices.ContainsFunc(t.Rules, func(x intent.TokenRule) bool { return x.Unchecked })
	if r.t.Access.Demands != nil || !t.Lenient && !unchecked {
		return t
	}
	out := *t
	out.Lenient, out.Rules = false, slices.Clone(t.Rules)
	for i := range out.Rules {
		out.Rules[i].Unchecked = false
	}
	c := Change{
		Pass: "tokens", Feature: TokenRules, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Tokening, Fate: FateRewritten, From: tokenOrigin(t),
		Summary: "requests with a token that is not valid are refused for that alone", Fix: "nothing", Before: r.fragment(), After: r.fragment(),
	}
	if unchecked {
		c.Drift, c.Detail = intent.Narrower, "keys are taken only from a server that shows whose they are"
	}
	if t.Lenient && r.passesWithout(t.Scope.Subject) {
		c.Code, c.Drift, c.Fate, c.Detail = diag.Narrowed, intent.Narrower, FateDrifted, "they counted as requests without a token, of which some are let in"
		c.Fix = "let clients send no token where none is demanded"
	}
	c.Before.Access, c.Before.Default, c.Before.Tokens = r.m.Access, r.m.Default, []*intent.Tokens{t}
	c.After.Access, c.After.Default, c.After.Tokens = r.m.Access, r.m.Default, []*intent.Tokens{&out}
	r.record(c)
	return &out
}

// passesWithout reports whether somebody may be let in without a token in a scope.
func (r *run) passesWithout(scope match.Expr) bool {
	without := func(a match.Atom) match.Expr {
		if a.Field == match.Token {
			return match.False
		}
		return nil
	}
	return r.open(scope) || slices.ContainsFunc(r.m.Access, func(a *intent.Access) bool {
		return a.Effect == intent.Allow && a.Mode == intent.Enforced && a.Side == intent.Served &&
			meet(a.Scope.Subject, scope) && !match.IsFalse(match.Simplify(match.Map(a.When, without)))
	})
}

// tokenOrigin lists the input values of a set of rules.
func tokenOrigin(t *intent.Tokens) intent.Origin {
	out := t.From
	for i := range t.Rules {
		out = merge(out, t.Rules[i].From)
	}
	return out
}
