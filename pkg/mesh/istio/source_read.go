package istio

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// from reads who calls: one of the sources. None is everyone.
func (p *authorization) from(n *source.Node) match.Expr {
	if n == nil {
		return match.True
	}
	var out []match.Expr
	for _, f := range n.Items() {
		out = append(out, p.source(f.Get("source")))
		notEmpty(f.Get("source"), f)
	}
	if len(out) == 0 {
		n.Reject("is an empty list")
	}
	return match.Disj(out...)
}

// notEmpty rejects a source or operation that says nothing.
func notEmpty(n, at *source.Node) {
	if n == nil || len(n.Entries()) == 0 {
		at.Reject("says nothing, which Istio rejects")
	}
}

// values reads a list into one of its members, and notKey into none of them.
func (p *authorization) values(n *source.Node, key, notKey string, read func(*source.Node) match.Expr) match.Expr {
	and := []match.Expr{}
	if v := n.Get(key); v != nil {
		and = append(and, anyOf(v, read))
	}
	if v := n.Get(notKey); v != nil {
		and = append(and, match.Negate(anyOf(v, read)))
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
// and not empty. A * elsewhere is itself.
func pattern(f match.Field, key string, n *source.Node) match.Expr {
	return patternText(f, key, n.Str(), n)
}

func patternText(f match.Field, key, s string, n *source.Node) match.Expr {
	a := match.Atom{Field: f, Key: key, Value: s, Ref: n.Ref()}
	switch {
	case s == "*":
		a.Op, a.Value = match.Regex, ".+"
	case strings.HasSuffix(s, "*"):
		a.Op, a.Value = match.Prefix, s[:len(s)-1]
	case strings.HasPrefix(s, "*"):
		a.Op, a.Value = match.Suffix, s[1:]
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
	return match.Atom{Field: f, Op: match.CIDR, Value: s, Ref: n.Ref()}
}

// authenticated holds for clients with an identity.
func authenticated(n *source.Node) match.Atom {
	return match.Atom{Field: match.ClientAccount, Op: match.Present, Ref: n.Ref()}
}

// principal reads "trust-domain/ns/namespace/sa/account", with wildcards at
// either end. What cannot be taken apart is a pattern on the whole identity.
func (p *authorization) principal(n *source.Node) match.Expr {
	s := n.Str()
	if s == "*" {
		return authenticated(n)
	}
	parts := strings.Split(s, "/")
	if len(parts) == 5 && parts[1] == "ns" && parts[3] == "sa" && !strings.Contains(strings.TrimPrefix(s, "*/"), "*") {
		and := []match.Expr{
			match.Atom{Field: match.ClientNamespace, Value: parts[2], Ref: n.Ref()},
			match.Atom{Field: match.ClientAccount, Value: parts[4], Ref: n.Ref()},
		}
		if parts[0] != "*" {
			and = append([]match.Expr{p.trust(parts[0], n)}, and...)
		}
		return match.Conj(and...)
	}
	if rest, ok := strings.CutSuffix(s, "/*"); ok {
		if parts := strings.Split(rest, "/"); len(parts) == 4 && parts[1] == "ns" && parts[3] == "sa" && !strings.Contains(rest, "*") {
			return match.Conj(p.trust(parts[0], n), match.Atom{Field: match.ClientNamespace, Value: parts[2], Ref: n.Ref()})
		}
	}
	return patternText(match.ClientIdentity, "", s, n)
}

// trust reads a trust domain; cluster.local is another name of the mesh's own,
// and so are its aliases: pilot/pkg/security/trustdomain.
func (p *authorization) trust(name string, n *source.Node) match.Expr {
	own := []string{p.in.Env.TrustDomain}
	own = append(own, p.in.Env.TrustAliases...)
	is := name == "cluster.local"
	for _, t := range own {
		is = is || t == name
	}
	if !is {
		own = []string{name}
	}
	var out []match.Expr
	for _, t := range own {
		out = append(out, match.Atom{Field: match.ClientTrust, Value: t, Ref: n.Ref()})
	}
	return match.Disj(out...)
}

// namespace reads the namespace of an identity. A wildcard stands anywhere, for
// any characters.
func (p *authorization) namespace(n *source.Node) match.Expr {
	s := n.Str()
	a := match.Atom{Field: match.ClientNamespace, Value: s, Ref: n.Ref()}
	switch i := strings.Index(s, "*"); {
	case s == "*":
		a.Op, a.Value = match.Present, ""
	case i == len(s)-1 && i > 0:
		a.Op, a.Value = match.Prefix, s[:i]
	case i == 0 && strings.Count(s, "*") == 1:
		a.Op, a.Value = match.Suffix, s[1:]
	case i >= 0:
		a.Op, a.Value = match.Regex, strings.ReplaceAll(regexp.QuoteMeta(s), `\*`, ".*")
	}
	return a
}

// account reads "namespace/account" or the account in the policy's namespace.
func (p *authorization) account(n *source.Node) match.Expr {
	ns, name, ok := strings.Cut(n.Str(), "/")
	if !ok {
		ns, name = p.object.Namespace, n.Str()
	}
	return match.Conj(match.Atom{Field: match.ClientNamespace, Value: ns, Ref: n.Ref()}, match.Atom{Field: match.ClientAccount, Value: name, Ref: n.Ref()})
}

func (p *authorization) trustDomain(n *source.Node) match.Expr {
	if s := n.Str(); !strings.Contains(s, "*") {
		return p.trust(s, n)
	}
	return pattern(match.ClientTrust, "", n)
}
