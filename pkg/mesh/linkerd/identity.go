package linkerd

import (
	"cmp"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// identities spells clients as Linkerd's certificates do:
// "<account>.<namespace>.serviceaccount.identity.<control plane>.<trust domain>".
// Identities of another form are ClientIdentity, and have no namespace or
// account: SPIFFE names of external workloads, without their scheme, which are
// those that have a slash, and names of other control planes.
type identities struct {
	controlPlane, trust string
}

func identitiesOf(env intent.Environment) identities {
	return identities{env.Linkerd.ControlPlaneNamespace, env.TrustDomain}
}

const (
	anyone = "*"
	spiffe = "spiffe://"
)

// middle is what stands between the namespace and the trust domain.
func (i identities) middle() string { return ".serviceaccount.identity." + i.controlPlane + "." }

// authenticated holds for clients with an identity of the usual form: "*" never
// matches SPIFFE names.
// linkerd2-proxy linkerd/app/inbound/src/policy.rs is_tls_authorized
func authenticated(at place.Ref) match.Atom {
	return match.Atom{Field: match.ClientAccount, Op: match.Present, Ref: new(at)}
}

// read is the predicate of an entry of identities: a name, "*", or "*." with a
// suffix of any depth.
func (i identities) read(text string, at place.Ref) match.Expr {
	rest, suffix := strings.CutPrefix(text, anyone)
	switch {
	case text == anyone:
		return authenticated(at)
	case strings.HasPrefix(text, spiffe):
		return match.Atom{Field: match.ClientIdentity, Op: match.Exact, Value: strings.TrimPrefix(text, spiffe), Ref: new(at)}
	case suffix && strings.HasPrefix(rest, "."):
		return i.suffix(rest, at)
	}
	if e := i.parts(text, match.Exact, at); e != nil {
		return e
	}
	return match.Atom{Field: match.ClientIdentity, Op: match.Exact, Value: text, Ref: new(at)}
}

// suffix is the predicate of identities that end with text, which begins with a
// dot.
func (i identities) suffix(text string, at place.Ref) match.Expr {
	if strings.HasSuffix(i.middle()+i.trust, text) {
		return accountsOf(i.trust, at)
	}
	if trust, ok := strings.CutPrefix(text, i.middle()); ok && trust != "" {
		return accountsOf(trust, at)
	}
	if e := i.parts(text, match.Suffix, at); e != nil {
		return e
	}
	return match.Atom{Field: match.ClientIdentity, Op: match.Suffix, Value: text, Ref: new(at)}
}

// accountsOf holds for the service accounts of a trust domain.
func accountsOf(trust string, at place.Ref) match.Expr {
	return match.Conj(authenticated(at), match.Atom{Field: match.ClientTrust, Op: match.Exact, Value: trust, Ref: new(at)})
}

// parts takes a name of the usual form apart; op compares the account. nil is
// another form.
func (i identities) parts(text string, op match.Op, at place.Ref) match.Expr {
	name, trust, ok := strings.Cut(text, i.middle())
	dot := strings.LastIndexByte(name, '.')
	if !ok || trust == "" || dot < 0 || dot == len(name)-1 {
		return nil
	}
	account := match.Atom{Field: match.ClientAccount, Op: op, Value: name[:dot], Ref: new(at)}
	if account.Value == "" && op == match.Suffix {
		account = match.Atom{}
	}
	of := i.namespace(name[dot+1:], trust, at)
	if account == (match.Atom{}) {
		return of
	}
	return match.Conj(account, of)
}

// namespace is the predicate of all identities of a namespace.
func (i identities) namespace(ns, trust string, at place.Ref) match.Expr {
	return match.Conj(
		match.Atom{Field: match.ClientNamespace, Op: match.Exact, Value: ns, Ref: new(at)},
		match.Atom{Field: match.ClientTrust, Op: match.Exact, Value: trust, Ref: new(at)},
	)
}

// account is the predicate of one service account of this mesh.
func (i identities) account(n intent.Name, at place.Ref) match.Expr {
	return match.Conj(
		match.Atom{Field: match.ClientAccount, Op: match.Exact, Value: n.Name, Ref: new(at)},
		i.namespace(n.Namespace, i.trust, at),
	)
}

// identity is one entry of identities or identityRefs.
type identity struct {
	// text is the entry of identities; ref, if Name is set, is a service account
	// of this mesh, and if only Namespace is, a namespace of it.
	text string
	ref  intent.Name
	at   []place.Ref
}

// key tells identities apart.
func (d identity) key() string { return d.text + " " + d.ref.String() }

func (d identity) compare(o identity) int {
	return cmp.Or(strings.Compare(d.text, o.text), d.ref.Compare(o.ref))
}
