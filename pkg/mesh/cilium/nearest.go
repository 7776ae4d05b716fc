package cilium

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// nearest completes conditions with what Cilium ties to them: labels, namespace
// and account are those of endpoints of the own cluster, which is that of the
// trust domain; addresses are those of clients outside of it. It says nothing
// anew of denials but blocks, since these may name clients of all clusters.
func nearest(env intent.Environment, a *intent.Access) (when match.Expr, differs string) {
	side := callers
	if a.Side == intent.Dialled {
		side = called
	}
	all, ok := match.DNF(a.When, manyEntries)
	if !ok {
		return side.nearestPeers(env, a)
	}
	var out []match.Expr
	for _, ls := range all {
		for i := range ls {
			ls[i].Atom = asBlock(ls[i].Atom)
			if a.Effect == intent.Allow && !ls[i].Not {
				ls[i].Atom = side.asAccount(ls[i].Atom)
			}
		}
		if a.Effect != intent.Allow {
			denied := side.forAll(ls, env.TrustDomain)
			if len(denied) < len(ls) {
				differs = everyTrust
			}
			out = append(out, conjunction(denied))
			continue
		}
		near, what := side.within(ls, env.TrustDomain)
		if what != "" && !strings.Contains(differs, what) {
			differs = strings.TrimPrefix(differs+" and "+what, " and ")
		}
		for _, n := range near {
			out = append(out, conjunction(n))
		}
	}
	return match.Disj(out...), differs
}

// nearestPeers is nearest of peers alone, where together with the rest they have too many
// alternatives.
func (p party) nearestPeers(env intent.Environment, a *intent.Access) (when match.Expr, differs string) {
	who, what, ok := p.parted(a.When)
	if !ok {
		return a.When, ""
	}
	if _, few := match.DNF(who, manyEntries); !few {
		return a.When, ""
	}
	peers := *a
	peers.When = who
	near, differs := nearest(env, &peers)
	return match.Conj(near, what), differs
}

func conjunction(ls []match.Literal) match.Expr {
	and := make(match.And, len(ls))
	for i, l := range ls {
		and[i] = orNot(l.Atom, l.Not)
	}
	return match.Simplify(and)
}

// asBlock is an address as the block that it is alone.
func asBlock(a match.Atom) match.Atom {
	if (a.Field == match.ClientIP || a.Field == match.DestIP) && a.Op == match.Exact {
		a.Op, a.Value = match.CIDR, blockText(a)
	}
	return a
}

// asAccount is any identity as that of any service account, which endpoints have.
func (p party) asAccount(a match.Atom) match.Atom {
	if p.client && a.Field == match.ClientIdentity && a.Op == match.Present {
		a.Field = p.account
	}
	return a
}

// forAll leaves out of a denial that clients are of another trust domain, which
// no label tells.
func (p party) forAll(ls []match.Literal, trust string) []match.Literal {
	return slices.DeleteFunc(slices.Clone(ls), func(l match.Literal) bool {
		return p.client && l.Atom.Field == p.trust && (trustCan(l) != "" || l.Atom.Value != trust)
	})
}

// Whom a fact is about once it is said by what Cilium knows.
const (
	ownEndpoints = "clients of the own cluster and trust domain only"
	outsiders    = "addresses outside the cluster only"
	everyTrust   = "clients of every trust domain"
)

// within says one alternative of what is let in.
func (p party) within(ls []match.Literal, trust string) (near [][]match.Literal, differs string) {
	has := func(f func(match.Literal) bool) bool { return slices.ContainsFunc(ls, f) }
	endpoint := has(func(l match.Literal) bool { return !l.Not && p.ofEndpoint(l.Atom.Field) })
	block := p.client && has(func(l match.Literal) bool { return l.Atom.Field == p.address })
	switch {
	case endpoint || !block && has(func(l match.Literal) bool { return p.ofEndpoint(l.Atom.Field) }):
		return p.inCluster(ls, trust, endpoint)
	case block:
		return p.outside(ls)
	}
	return [][]match.Literal{ls}, ""
}

func (p party) ofEndpoint(f match.Field) bool {
	return f == p.namespace || f == p.account || f == p.label || p.client && f == p.trust
}

// inCluster says clients that endpoints of the own cluster are: those of another
// trust domain are none. Conditions that only exclude some hold for clients that
// are no endpoints too, which is said apart.
func (p party) inCluster(ls []match.Literal, trust string, endpoint bool) ([][]match.Literal, string) {
	own := match.Literal{Atom: match.Atom{Field: p.namespace, Op: match.Present}}
	if p.client {
		own.Atom = match.Atom{Field: p.trust, Op: match.Exact, Value: trust}
		for _, l := range ls {
			if l.Atom.Field == p.trust && !l.Not && trustCan(l) == "" {
				if l.Atom.Value == trust {
					return [][]match.Literal{ls}, ""
				}
				return nil, ownEndpoints
			}
		}
	}
	if slices.ContainsFunc(ls, func(l match.Literal) bool {
		return !l.Not && l.Atom.Field == match.ClientIdentity && strings.HasPrefix(l.Atom.Value, cluster)
	}) {
		return [][]match.Literal{ls}, ""
	}
	if !endpoint && slices.ContainsFunc(ls, func(l match.Literal) bool {
		return l.Not && l.Atom.Op == match.Present && (l.Atom.Field == p.namespace || l.Atom.Field == p.account)
	}) {
		out, _ := p.outside(ls)
		return out, outsiders
	}
	near := [][]match.Literal{append(slices.Clone(ls), own)}
	if !endpoint && p.client {
		out, _ := p.outside(p.notEndpoints(ls))
		near = append(near, out...)
	}
	if !p.client {
		return near, ""
	}
	return near, ownEndpoints
}

// notEndpoints is what an alternative that only excludes endpoints says of
// clients that are none.
func (p party) notEndpoints(ls []match.Literal) []match.Literal {
	rest := slices.DeleteFunc(slices.Clone(ls), func(l match.Literal) bool { return p.ofEndpoint(l.Atom.Field) })
	return append(rest, match.Literal{Atom: match.Atom{Field: p.namespace, Op: match.Present}, Not: true})
}

// everywhere are the blocks of all addresses.
var everywhere = []string{"0.0.0.0/0", "::/0"}

// outside says addresses, which mean no endpoints. Blocks that are excluded are
// so from all of their family.
func (p party) outside(ls []match.Literal) ([][]match.Literal, string) {
	none := match.Literal{Atom: match.Atom{Field: p.namespace, Op: match.Present}, Not: true}
	differs := outsiders
	if slices.ContainsFunc(ls, func(l match.Literal) bool { return l.Not && l.Atom.Field == p.namespace && l.Atom.Op == match.Present }) {
		none, differs = match.Literal{}, ""
	}
	complete := func(ls []match.Literal) []match.Literal {
		if differs == "" {
			return ls
		}
		return append(slices.Clone(ls), none)
	}
	if slices.ContainsFunc(ls, func(l match.Literal) bool { return !l.Not && l.Atom.Field == p.address }) {
		return [][]match.Literal{complete(ls)}, differs
	}
	var out [][]match.Literal
	for _, block := range everywhere {
		family := slices.DeleteFunc(slices.Clone(ls), func(l match.Literal) bool {
			return l.Atom.Field == p.address && strings.Contains(l.Atom.Value, ":") != strings.Contains(block, ":")
		})
		family = append(family, match.Literal{Atom: match.Atom{Field: p.address, Op: match.CIDR, Value: block}})
		out = append(out, complete(family))
	}
	return out, differs
}
