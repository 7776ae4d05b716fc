package istio

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// from reads who calls: one of the sources. None is everyone, and so is an empty
// list, which is not told from a missing one.
func (p *authorization) from(n *source.Node) match.Expr {
	if len(n.Items()) == 0 {
		n.Kind()
		return match.True
	}
	var out []match.Expr
	for _, f := range n.Items() {
		p.checkSource(f.Get("source"))
		out = append(out, p.source(f.Get("source")))
		notEmpty(f.Get("source"), f, sourceFields)
	}
	return match.Disj(out...)
}

// notEmpty rejects a source or operation that says nothing. One with a field that does
// not exist is left to that, for which the whole policy is rejected.
func notEmpty(n, at *source.Node, fields []string) {
	for _, f := range fields {
		if len(n.Get(f).Items())+len(n.Get(notFields[f]).Items()) > 0 {
			return
		}
	}
	for _, e := range n.Entries() {
		if !slices.Contains(fields, e.Key) && !slices.ContainsFunc(fields, func(f string) bool { return notFields[f] == e.Key }) {
			return
		}
	}
	at.Reject("says nothing that Istio knows")
}

// values reads a list into one of its members, and notKey into none of them. An
// empty list is a missing one.
func (p *authorization) values(n *source.Node, key, notKey string, read func(*source.Node) match.Expr) match.Expr {
	and := []match.Expr{}
	for _, k := range []string{key, notKey} {
		list := n.Get(k)
		if len(list.Items()) == 0 {
			list.Kind()
			continue
		}
		for _, v := range list.Items() {
			if v.Str() == "" {
				v.Reject("is empty")
			}
		}
		one := anyOf(list, read)
		if k == notKey {
			one = match.Negate(one)
		}
		and = append(and, one)
	}
	return match.Conj(and...)
}

// source reads one source: all of its fields must hold.
func (p *authorization) source(n *source.Node) match.Expr {
	return match.Conj(
		p.values(n, "principals", "notPrincipals", p.principal),
		p.values(n, "namespaces", "notNamespaces", p.namespace),
		p.values(n, "serviceAccounts", "notServiceAccounts", p.account),
		p.values(n, "trustDomains", "notTrustDomains", p.trustDomain),
		p.values(n, "requestPrincipals", "notRequestPrincipals", func(v *source.Node) match.Expr { return pattern(match.Token, "principal", v) }),
		p.values(n, "ipBlocks", "notIpBlocks", func(v *source.Node) match.Expr { return block(match.ClientIP, v) }),
		p.values(n, "remoteIpBlocks", "notRemoteIpBlocks", func(v *source.Node) match.Expr { return block(match.RemoteIP, v) }),
	)
}

// pattern reads Istio's string match: exact, prefix*, *suffix, or * for present
// and not empty. A * elsewhere is itself, so that *both* is a suffix.
// pilot/pkg/security/authz/matcher StringMatcherWithPrefix
func pattern(f match.Field, key string, n *source.Node) match.Expr {
	return patternText(f, key, n.Str(), n)
}

func patternText(f match.Field, key, s string, n *source.Node) match.Expr {
	a := match.Atom{Field: f, Key: key, Value: s, Ref: new(n.Ref())}
	switch {
	case s == "*":
		a.Op, a.Value = match.Regex, ".+"
	case strings.HasPrefix(s, "*"):
		a.Op, a.Value = match.Suffix, s[1:]
	case strings.HasSuffix(s, "*"):
		a.Op, a.Value = match.Prefix, s[:len(s)-1]
	}
	return a
}

func block(f match.Field, n *source.Node) match.Expr {
	s := n.Str()
	if _, err := netip.ParsePrefix(s); err != nil {
		if _, err := netip.ParseAddr(s); err != nil {
			n.Reject("is no address and no block of addresses")
		}
	}
	return match.Atom{Field: f, Op: match.CIDR, Value: s, Ref: new(n.Ref())}
}

// principal reads "trust-domain/ns/namespace/sa/account", with wildcards at
// either end. A lone wildcard is any SPIFFE name, of a service account or not.
func (p *authorization) principal(n *source.Node) match.Expr {
	if n.Str() == "*" {
		return match.Atom{Field: match.ClientIdentity, Op: match.Present, Ref: new(n.Ref())}
	}
	var out []match.Expr
	taken := false
	for _, s := range p.trusted(n.Str()) {
		out = append(out, identity(s, n))
		domain, _, whole := strings.Cut(s, "/")
		taken = taken || !whole || p.takes(domain)
	}
	if !taken {
		return p.untaken(n)
	}
	return match.Disj(out...)
}

// identity takes a principal apart. What cannot be taken apart is a pattern on
// the whole identity.
func identity(s string, n *source.Node) match.Expr {
	parts := strings.Split(s, "/")
	if len(parts) != 5 || parts[1] != "ns" || parts[3] != "sa" {
		return patternText(match.ClientIdentity, "", s, n)
	}
	and := []match.Expr{
		match.Atom{Field: match.ClientTrust, Value: parts[0], Ref: new(n.Ref())},
		match.Atom{Field: match.ClientNamespace, Value: parts[2], Ref: new(n.Ref())},
		match.Atom{Field: match.ClientAccount, Value: parts[4], Ref: new(n.Ref())},
	}
	switch {
	case strings.HasPrefix(s, "*/") && strings.Count(s, "*") == 1:
		and = and[1:]
	case strings.HasSuffix(s, "/*") && strings.Count(s, "*") == 1:
		and = and[:2]
	case strings.Contains(s, "*"):
		return patternText(match.ClientIdentity, "", s, n)
	}
	return match.Conj(and...)
}

// trustDomain reads the trust domain of an identity. The mesh's own and its aliases
// are one; cluster.local is itself where it is none of them, other than in
// principals. pilot/pkg/security/trustdomain ExpandTrustDomainAliases
func (p *authorization) trustDomain(n *source.Node) match.Expr {
	checkTrustDomain(n)
	own := p.ownTrust()
	if !slices.Contains(own, n.Str()) {
		if !p.takes(n.Str()) {
			return p.untaken(n)
		}
		return literalTrust(pattern(match.ClientTrust, "", n).(match.Atom))
	}
	var out []match.Expr
	for _, t := range own {
		out = append(out, match.Atom{Field: match.ClientTrust, Value: t, Ref: new(n.Ref())})
	}
	return match.Disj(out...)
}

// account reads "namespace/account" or the account in the policy's namespace.
func (p *authorization) account(n *source.Node) match.Expr {
	checkAccount(n)
	ns, name, ok := strings.Cut(n.Str(), "/")
	if !ok {
		ns, name = p.object.Namespace, n.Str()
	}
	return match.Conj(match.Atom{Field: match.ClientNamespace, Value: ns, Ref: new(n.Ref())}, match.Atom{Field: match.ClientAccount, Value: name, Ref: new(n.Ref())})
}
