package legal

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// foreign settles what names clients of trust domains that servers do not take. Where
// the source tells whom it takes and the target does not, a pattern would let in
// others there. Where the target takes fewer, it keeps them out.
func foreign(r *run) {
	taken, own := r.m.Baseline.Trusts, r.ownTrusts()
	switch {
	case len(own) > 0:
		r.refused(own)
	case len(taken) > 0:
		r.untaken(taken)
	}
}

// ownTrusts are the trust domains that the target's servers take; nil is any.
func (r *run) ownTrusts() []string {
	if r.t.Baseline == nil {
		return nil
	}
	return r.t.Baseline(r.m.Env).Trusts
}

// untaken takes clients out of patterns whom the source's servers do not take.
func (r *run) untaken(taken []string) {
	var out []*intent.Access
	for _, a := range r.m.Access {
		done := *a
		done.When = match.Map(a.When, func(x match.Atom) match.Expr { return ofDomains(x, taken) })
		if match.Equal(done.When, a.When) {
			out = append(out, a)
			continue
		}
		out = append(out, &done)
		r.ofTaken(a, &done)
	}
	r.m.Access = out
}

// refused notes which clients that the source lets in the target's servers do not
// take.
func (r *run) refused(own []string) {
	for _, a := range r.m.Access {
		from := foreignRefs(a.When, own)
		if a.Effect != intent.Allow || a.Mode != intent.Enforced || a.Side != intent.Served || len(from) == 0 {
			continue
		}
		if len(r.source.Trusts) > 0 && len(foreignRefs(a.When, r.source.Trusts)) == len(from) {
			continue
		}
		c := Change{
			Pass: "foreign", Feature: AccessTrust, Code: diag.Narrowed, Drift: intent.Narrower, Aspect: intent.Admission, Fate: FateDrifted, From: merge(nil, from),
			Summary: objectOf(a.From) + " lets in fewer clients: servers take those of trust domain " + strings.Join(own, " and "), Detail: "clients of others are refused, whatever policies say",
			Fix: "give the clients identities of that trust domain", Before: r.admitting(a), After: r.admitting(a),
		}
		c.Before.Baseline.Trusts = r.source.Trusts
		if match.IsFalse(match.Simplify(match.Map(a.When, func(x match.Atom) match.Expr { return ofDomains(x, own) }))) {
			c.Code, c.Fate = diag.AllowLost, FateDropped
			c.Summary = objectOf(a.From) + " lets nobody in: servers take clients of trust domain " + strings.Join(own, " and ")
		}
		r.record(c)
	}
}

// ofDomains is what an atom means for clients of some trust domains; nil is that it
// stays as it is.
func ofDomains(a match.Atom, domains []string) match.Expr {
	switch {
	case a.Op == match.Present:
		return nil
	case a.Field == match.ClientTrust:
		if a.Op == match.Exact && slices.Contains(domains, a.Value) {
			return nil
		}
		var or []match.Expr
		for _, d := range domains {
			if a.Holds(d) {
				or = append(or, match.Atom{Field: match.ClientTrust, Value: d, Ref: a.Ref})
			}
		}
		return match.Disj(or...)
	case a.Field == match.ClientIdentity && (a.Op == match.Exact || a.Op == match.Prefix):
		if d, _, whole := strings.Cut(a.Value, "/"); whole && !slices.Contains(domains, d) {
			return match.False
		}
	}
	return nil
}

// ofTaken notes that a pattern of trust domains is said as those that it holds for.
func (r *run) ofTaken(before, after *intent.Access) {
	c := Change{
		Pass: "foreign", Feature: AccessTrust, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: before.From,
		Summary: objectOf(before.From) + " names the trust domains whose clients servers take", Fix: "nothing",
		Before: r.admitting(before), After: r.admitting(after),
	}
	if before.Effect != intent.Allow {
		c.Before, c.After = r.denying(before), r.denying(after)
	}
	r.record(c)
}

// foreignRefs are the values that name clients of none of some trust domains.
func foreignRefs(e match.Expr, domains []string) intent.Origin {
	var out intent.Origin
	match.Atoms(e, func(a match.Atom, _ bool) {
		if said := ofDomains(a, domains); said != nil && match.IsFalse(said) {
			out = append(out, a.Place())
		}
	})
	return out
}
