package legal

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// byCallers says what leaves the cluster as what callers may dial, for targets that say
// both alike: callers of whom it is denied may dial what is inside, and the hosts that
// are known to them.
func (r *run) byCallers() {
	before := r.leaving(r.m.Egress...)
	before.External = r.m.External
	after := r.fragment()
	var from intent.Origin
	for i, e := range r.m.Egress {
		from = merge(from, merge(e.From, atomRefs(e.Scope.Client)))
		if e.Effect != intent.Deny {
			continue
		}
		after.Default = append(after.Default, &intent.Default{Home: e.Home, Side: intent.Dialled, Effect: intent.Deny, Scope: e.Scope, Withheld: e.Withheld, Why: e.Why, From: e.From})
		after.Access = append(after.Access, &intent.Access{Home: e.Home, Side: intent.Dialled, Scope: e.Scope, When: match.Negate(beyond), From: e.From})
		after.Access = append(after.Access, r.knownTo(e, r.m.Egress[:i])...)
	}
	for i, e := range r.m.Egress {
		if a := allOut(e, r.m.Egress, i); a != nil {
			after.Access = append(after.Access, a)
		}
	}
	for _, e := range r.m.External {
		from = merge(from, wholeExternal(e))
	}
	if len(after.Default) == 0 {
		return
	}
	r.record(Change{
		Pass: "leaving", Feature: EgressDefault, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Admission, Fate: FateRewritten, From: from,
		Summary: "what may leave the cluster is said by what clients may dial", Detail: "they may dial all that is inside; what is sent by UDP stays in, too", Fix: "nothing", Before: before, After: after,
	})
	r.m.Egress, r.m.External = nil, nil
	r.m.Access, r.m.Default = slices.Concat(r.m.Access, after.Access), slices.Concat(after.Default, r.m.Default)
}

// allOut lets callers dial anything of whom a later fact would deny it.
func allOut(e *intent.Egress, all []*intent.Egress, i int) *intent.Access {
	client := e.Scope.Client
	for _, o := range all[:i] {
		if o.Effect == intent.Deny && meet(o.Scope.Client, client) {
			client = match.Conj(match.Simplify(client), match.Negate(match.Simplify(o.Scope.Client)))
		}
	}
	denied := slices.ContainsFunc(all[i:], func(o *intent.Egress) bool { return o.Effect == intent.Deny && meet(o.Scope.Client, client) })
	if e.Effect != intent.Allow || !denied {
		return nil
	}
	return &intent.Access{Home: e.Home, Side: intent.Dialled, Scope: intent.Scope{Client: client}, From: e.From}
}

// knownTo lets the callers of whom a fact denies what leaves dial what is made known to
// them.
func (r *run) knownTo(d *intent.Egress, earlier []*intent.Egress) []*intent.Access {
	var out []*intent.Access
	for _, e := range r.m.External {
		client := match.Simplify(d.Scope.Client)
		if some := ofThose(client, match.Simplify(e.Scope.Client)); !implied(client, some) {
			client = match.Conj(client, some)
		}
		if meet(client, match.True) && !match.IsFalse(knownHosts(e)) {
			out = append(out, &intent.Access{Home: e.Home, Side: intent.Dialled, Scope: intent.Scope{Client: client}, When: knownHosts(e), From: wholeExternal(e)})
		}
	}
	return out
}

// ofThose is a condition without the exceptions that are seen to be of others than those for
// whom another holds.
func ofThose(of, e match.Expr) match.Expr {
	and, ok := e.(match.And)
	if !ok {
		and = match.And{e}
	}
	return match.Conj(slices.DeleteFunc(slices.Clone(and), func(x match.Expr) bool {
		not, negated := x.(match.Not)
		return negated && match.Apart(not.X, of)
	})...)
}

// knownHosts holds for what is sent to the hosts of an External: of HTTP and TLS, which
// names them, and of others to its addresses, or where there are none to any.
func knownHosts(e *intent.External) match.Expr {
	var or []match.Expr
	for _, p := range e.Ports {
		f, known := p.Family()
		at := match.Atom{Field: match.Port, Value: strconv.Itoa(p.Port)}
		if len(p.From) > 0 {
			at.Ref = &p.From[0]
		}
		for _, h := range e.Hosts {
			name := hostIs(match.DestHost, h)
			switch {
			case !known:
			case f == intent.HTTP:
				or = append(or, match.Conj(name, at, hostIs(match.Host, h), match.Atom{Field: match.Protocol, Value: "http"}))
			case f == intent.TLS:
				or = append(or, match.Conj(name, at, hostIs(match.SNI, h)))
			case len(e.Addresses) == 0:
				or = append(or, match.Conj(beyond, at))
			}
		}
		for _, block := range e.Addresses {
			if known && f == intent.TCP {
				or = append(or, match.Conj(match.Atom{Field: match.DestIP, Op: match.CIDR, Value: block}, beyond, at))
			}
		}
	}
	return match.Disj(or...)
}

// hostIs holds for the names of a host; of any, for what is outside.
func hostIs(f match.Field, h intent.Host) match.Expr {
	switch name, wild := strings.CutPrefix(h.DNS, "*"); {
	case h.DNS == "*" && f == match.DestHost:
		return beyond
	case h.DNS == "*":
		return match.True
	case wild:
		return match.Atom{Field: f, Op: match.Suffix, Value: name}
	}
	return match.Atom{Field: f, Value: h.DNS}
}
