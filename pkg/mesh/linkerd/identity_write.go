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
	for k := range ls {
		l := &ls[k]
		if _, twice := atomOn(ls[:k], l.Atom.Field); l.Not || twice || l.Atom.Fold {
			return d, false
		}
		if l.Atom.Ref != nil {
			d.at = append(d.at, l.Atom.Place())
		}
	}
	if whole, ok := atomOn(ls, match.ClientIdentity); ok {
		d.text = wholeText(whole)
		return d, d.text != "" && len(ls) == 1
	}
	return i.named(d, ls)
}

// atomOn is the first condition on a field.
func atomOn(ls []match.Literal, f match.Field) (match.Atom, bool) {
	for i := range ls {
		if ls[i].Atom.Field == f {
			return ls[i].Atom, true
		}
	}
	return match.Atom{}, false
}

// named spells account, namespace and trust domain.
func (i identities) named(d identity, parts []match.Literal) (identity, bool) {
	account, hasAccount := atomOn(parts, match.ClientAccount)
	ns, hasNS := atomOn(parts, match.ClientNamespace)
	trust, hasTrust := atomOn(parts, match.ClientTrust)
	if hasNS && ns.Op == match.Present { // as that of each account is
		hasNS = false
		if !hasAccount {
			account, hasAccount = match.Atom{Field: match.ClientAccount, Op: match.Present}, true
		}
	}
	exact := (!hasNS || ns.Op == match.Exact) && hasTrust && trust.Op == match.Exact
	suffix := i.middle() + trust.Value
	switch {
	case !hasNS && !hasTrust && account.Op == match.Present:
		d.text = anyone
	case exact && !hasNS && account.Op == match.Present:
		d.text = anyone + suffix
	case !exact || !hasNS || hasAccount && accountText(account) == "":
		return d, false
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
	case intent.Placed(a):
		return ""
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
// namespace or account of any trust domain gets those of this mesh, who says any
// identity or those of a trust domain the service accounts.
func (i identities) narrow(clients match.Expr) match.Expr {
	return match.Simplify(i.narrowIn(clients))
}

func (i identities) narrowIn(e match.Expr) match.Expr {
	switch x := e.(type) {
	case match.Atom:
		return i.narrowAll(match.And{x})
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
// alternative names a client and none its trust domain, and by the demand for an
// account, if one asks for a trust domain or any identity and none for an account.
func (i identities) narrowAll(and match.And) match.Expr {
	out := make(match.And, len(and))
	trusted, named, account := false, false, false
	for n, e := range and {
		a, _ := e.(match.Atom)
		if a.Field == match.ClientIdentity && a.Op == match.Present {
			e = authenticated(a.Place())
		}
		out[n], account = e, account || accounts(e)
		trusted = trusted || a.Field == match.ClientTrust
		named = named || names(a)
	}
	switch {
	case trusted && !account:
		return append(out, authenticated(place.Ref{}))
	case trusted:
		return out
	case named:
		return append(out, i.ours())
	}
	for n, e := range out {
		if _, atom := e.(match.Atom); !atom {
			out[n] = i.narrowIn(e)
		}
	}
	return out
}

// accounts reports whether a predicate is seen to hold for service accounts only.
func accounts(e match.Expr) bool {
	switch x := e.(type) {
	case match.Atom:
		return x.Field == match.ClientNamespace || x.Field == match.ClientAccount
	case match.And:
		return slices.ContainsFunc(x, accounts)
	case match.Or:
		return !slices.ContainsFunc(x, func(m match.Expr) bool { return !accounts(m) })
	}
	return false
}

// ours holds for clients of this mesh's trust domain.
func (i identities) ours() match.Atom {
	return match.Atom{Field: match.ClientTrust, Op: match.Exact, Value: i.trust}
}

// names reports whether an atom names a namespace or account.
func names(a match.Atom) bool {
	return (a.Field == match.ClientNamespace || a.Field == match.ClientAccount) && a.Op != match.Present
}
