package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// takes reports whether servers take certificates of a trust domain, or of some that
// a pattern holds for.
func (p *authorization) takes(domain string) bool {
	trusts := p.m.Baseline.Trusts
	return len(trusts) == 0 || domain == "*" || slices.ContainsFunc(trusts, func(t string) bool { return alike(domain, t) })
}

// untaken tells of a trust domain of which there are no clients.
func (p *authorization) untaken(n *source.Node) match.Expr {
	p.add(diag.Inert, "no client of the trust domain in "+n.Str()+" has a certificate that servers take", "name it in trustDomainAliases or caCertificates of MeshConfig, or remove it", n.Ref())
	n.Inert("servers take clients of trust domain " + strings.Join(p.m.Baseline.Trusts, " and "))
	return match.False
}

// ownTrust are the mesh's own trust domain and its aliases, which policies treat
// alike.
func (p *authorization) ownTrust() []string {
	return append([]string{p.in.Env.TrustDomain}, p.in.Env.TrustAliases...)
}

// trusted are the principals that a principal stands for. In the place of the
// mesh's own trust domain, or of cluster.local, all own ones are meant; a pattern
// of it stays beside those that it does not hold for. Values without five parts
// are left as they are.
// pilot/pkg/security/trustdomain ReplaceTrustDomainAliases
func (p *authorization) trusted(principal string) []string {
	domain, rest, _ := strings.Cut(principal, "/")
	own := p.ownTrust()
	is := func(t string) bool { return alike(domain, t) }
	if strings.Count(principal, "/") != 4 || domain == "*" || domain != clusterLocal && !slices.ContainsFunc(own, is) {
		return []string{principal}
	}
	var out []string
	for _, t := range own {
		if suffix, ok := strings.CutPrefix(domain, "*"); ok && strings.HasSuffix(t, suffix) {
			t = domain
		}
		if !slices.Contains(out, t+"/"+rest) {
			out = append(out, t+"/"+rest)
		}
	}
	return out
}

// alike reports whether one trust domain is the other, or a pattern of it.
func alike(a, b string) bool {
	pattern := func(p, s string) bool {
		suffix, isSuffix := strings.CutPrefix(p, "*")
		prefix, isPrefix := strings.CutSuffix(p, "*")
		return isSuffix && strings.HasSuffix(s, suffix) || isPrefix && strings.HasPrefix(s, prefix)
	}
	return a == b || pattern(a, b) || pattern(b, a)
}

// clusterLocal stands for the mesh's own trust domain in principals, and
// exactClusterLocal is a condition on the trust domain of that very name, which
// only trustDomains test.
const clusterLocal, exactClusterLocal = "cluster.local", `cluster\.local`

// literalTrust marks the trust domain cluster.local where the mesh's own is
// another, so that no principal is made of it.
func literalTrust(a match.Atom) match.Atom {
	if a.Op == match.Exact && a.Value == clusterLocal {
		a.Op, a.Value = match.Regex, exactClusterLocal
	}
	return a
}

func isLiteralTrust(a match.Atom) bool {
	return a.Field == match.ClientTrust && a.Op == match.Regex && a.Value == exactClusterLocal
}
