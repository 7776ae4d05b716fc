package linkerd

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// write spells a conjunction of conditions on the client's identity; ok is false
// where no entry means that.
func (i identities) write(ls []match.Literal) (d identity, ok bool) {
	parts := map[match.Field]match.Atom{}
	for _, l := range ls {
		if _, twice := parts[l.Atom.Field]; l.Not || twice || l.Atom.Fold {
			return d, false
		}
		parts[l.Atom.Field] = l.Atom
		if l.Atom.Ref != (place.Ref{}) {
			d.at = append(d.at, l.Atom.Ref)
		}
	}
	if whole, ok := parts[match.ClientIdentity]; ok {
		d.text = wholeText(whole)
		return d, d.text != "" && len(parts) == 1
	}
	return i.named(d, parts)
}

// named spells account, namespace and trust domain.
func (i identities) named(d identity, parts map[match.Field]match.Atom) (identity, bool) {
	account, hasAccount := parts[match.ClientAccount]
	ns, hasNS := parts[match.ClientNamespace]
	trust, hasTrust := parts[match.ClientTrust]
	exact := (!hasNS || ns.Op == match.Exact) && hasTrust && trust.Op == match.Exact
	suffix := i.middle() + trust.Value
	switch {
	case !hasNS && !hasTrust && account.Op == match.Present:
		d.text = anyone
	case !exact || hasAccount && (!hasNS || accountText(account) == ""):
		return d, false
	case !hasNS:
		d.text = anyone + suffix
	case !hasAccount:
		d.text, d.ref = anyone+"."+ns.Value+suffix, intent.Name{Namespace: ns.Value}
	default:
		d.text = accountText(account) + "." + ns.Value + suffix
		if account.Op == match.Exact {
			d.ref = intent.Name{Namespace: ns.Value, Name: account.Value}
		}
	}
	if trust.Value != i.trust {
		d.ref = intent.Name{}
	}
	return d, true
}

// wholeText spells an identity of another form, "" where no entry means that.
func wholeText(a match.Atom) string {
	switch {
	case a.Op == match.Exact && strings.Contains(a.Value, "/"):
		return spiffe + a.Value
	case a.Op == match.Exact && a.Value != anyone && !strings.HasPrefix(a.Value, anyone+"."):
		return a.Value
	case a.Op == match.Suffix && strings.HasPrefix(a.Value, ".") && !strings.Contains(a.Value, "/"):
		return anyone + a.Value
	}
	return ""
}

// accountText spells a condition on the account as the beginning of a name, ""
// where none means that.
func accountText(a match.Atom) string {
	switch {
	case a.Op == match.Exact && !strings.HasPrefix(a.Value, anyone):
		return a.Value
	case a.Op == match.Suffix && len(a.Value) > 1 && strings.HasPrefix(a.Value, "."):
		return anyone + a.Value
	}
	return ""
}

// narrow completes what an identity must say: the trust domain. Who says a
// namespace or account of any trust domain gets those of this mesh.
func (i identities) narrow(clients match.Expr) match.Expr {
	return match.Simplify(i.narrowIn(clients))
}

func (i identities) narrowIn(e match.Expr) match.Expr {
	switch x := e.(type) {
	case match.Atom:
		if !names(x) {
			return x
		}
		return match.Conj(x, i.ours())
	case match.Or:
		out := make(match.Or, len(x))
		for n, member := range x {
			out[n] = i.narrowIn(member)
		}
		return out
	case match.And:
		return i.narrowAll(x)
	case match.Not, nil:
		return e // what keeps clients out stays
	default:
		panic("linkerd: unknown expression")
	}
}

// narrowAll completes a conjunction by one trust domain, if a member that is no
// alternative names a client and none its trust domain.
func (i identities) narrowAll(and match.And) match.Expr {
	named := false
	for _, e := range and {
		a, ok := e.(match.Atom)
		switch {
		case ok && a.Field == match.ClientTrust:
			return and
		case ok && names(a):
			named = true
		}
	}
	if named {
		return append(slices.Clone(and), i.ours())
	}
	out := make(match.And, len(and))
	for n, e := range and {
		out[n] = i.narrowIn(e)
	}
	return out
}

// ours holds for clients of this mesh's trust domain.
func (i identities) ours() match.Atom {
	return match.Atom{Field: match.ClientTrust, Op: match.Exact, Value: i.trust}
}

// names reports whether an atom names a namespace or account.
func names(a match.Atom) bool {
	return (a.Field == match.ClientNamespace || a.Field == match.ClientAccount) && a.Op != match.Present
}
