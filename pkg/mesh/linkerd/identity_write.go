package linkerd

import (
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
	and, ok := match.Simplify(clients).(match.And)
	if !ok {
		and = match.And{clients}
	}
	named := false
	for _, e := range and {
		a, ok := e.(match.Atom)
		switch {
		case ok && a.Field == match.ClientTrust:
			return clients
		case ok && (a.Field == match.ClientNamespace || a.Field == match.ClientAccount) && a.Op != match.Present:
			named = true
		}
	}
	if !named {
		return clients
	}
	return match.Conj(match.And(and), match.Atom{Field: match.ClientTrust, Op: match.Exact, Value: i.trust})
}
