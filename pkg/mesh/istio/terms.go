package istio

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// term is a value of a list: one atom, or several on the client's identity that
// are one value together.
type term struct {
	not   bool
	atoms []match.Atom
}

// terms writes a predicate as alternatives of conjunctions of terms, where "not
// this identity" stays whole; ok is false past a limit.
func terms(e match.Expr) (all [][]term, ok bool) {
	switch x := e.(type) {
	case nil:
		return [][]term{nil}, true
	case match.Atom:
		return [][]term{{{atoms: []match.Atom{x}}}}, true
	case match.Not:
		return denied(x.X)
	case match.And:
		all = [][]term{nil}
		for _, m := range x {
			more, ok := terms(m)
			if !ok || len(all)*len(more) > manyWords {
				return nil, false
			}
			all = product(all, more)
		}
		return all, true
	case match.Or:
		if t, whole := notIdentity(x); whole {
			return [][]term{{t}}, true
		}
		for _, m := range x {
			more, ok := terms(m)
			if !ok || len(all)+len(more) > manyWords {
				return nil, false
			}
			all = append(all, more...)
		}
		return all, true
	}
	panic("istio: unknown expression")
}

func product(a, b [][]term) [][]term {
	var out [][]term
	for _, x := range a {
		for _, y := range b {
			out = append(out, append(append([]term(nil), x...), y...))
		}
	}
	return out
}

// denied writes the negation of a predicate.
func denied(e match.Expr) ([][]term, bool) {
	switch x := e.(type) {
	case match.Atom:
		return [][]term{{{not: true, atoms: []match.Atom{x}}}}, true
	case match.Not:
		return terms(x.X)
	case match.And:
		if atoms, ok := identityAtoms(x); ok {
			return [][]term{{{not: true, atoms: atoms}}}, true
		}
		return terms(negated[match.Or](x))
	case match.Or:
		return terms(negated[match.And](x))
	}
	return terms(match.Negate(e))
}

func negated[T ~[]match.Expr](es []match.Expr) T {
	var out T
	for _, e := range es {
		out = append(out, match.Not{X: e})
	}
	return out
}

// notIdentity recognises "another trust domain, or another namespace, or another
// account", which is one identity denied.
func notIdentity(or match.Or) (term, bool) {
	var and match.And
	for _, e := range or {
		not, ok := e.(match.Not)
		if !ok {
			return term{}, false
		}
		and = append(and, not.X)
	}
	atoms, ok := identityAtoms(and)
	return term{not: true, atoms: atoms}, ok
}

// identityAtoms are the members of a conjunction that names one identity, by a
// namespace with an account or a trust domain.
func identityAtoms(and match.And) ([]match.Atom, bool) {
	var out []match.Atom
	seen := map[match.Field]bool{}
	for _, e := range and {
		a, ok := e.(match.Atom)
		if !ok || a.Op != match.Exact || seen[a.Field] || a.Field != match.ClientTrust && a.Field != match.ClientNamespace && a.Field != match.ClientAccount {
			return nil, false
		}
		seen[a.Field] = true
		out = append(out, a)
	}
	return out, len(out) > 1 && seen[match.ClientNamespace]
}

// identities joins the conditions on one identity of a conjunction into one
// term.
func identities(c []term) []term {
	var whole term
	var out []term
	count := map[match.Field]int{}
	for _, t := range c {
		if !t.not && partOfIdentity(t) {
			count[t.atoms[0].Field]++
		}
	}
	for _, t := range c {
		if !t.not && partOfIdentity(t) && count[t.atoms[0].Field] == 1 && (count[match.ClientAccount] == 1 || t.atoms[0].Field != match.ClientAccount) {
			whole.atoms = append(whole.atoms, t.atoms...)
			continue
		}
		out = append(out, t)
	}
	switch {
	case len(whole.atoms) == 0:
		return out
	case len(whole.atoms) > 1 && count[match.ClientNamespace] == 1:
		return append([]term{whole}, out...)
	}
	for _, a := range whole.atoms {
		out = append([]term{{atoms: []match.Atom{a}}}, out...)
	}
	return out
}

func partOfIdentity(t term) bool {
	a := t.atoms[0]
	return len(t.atoms) == 1 && a.Op == match.Exact && (a.Field == match.ClientTrust || a.Field == match.ClientNamespace || a.Field == match.ClientAccount)
}

// part is the value of one of a term's atoms, "" where it has none.
func (t term) part(f match.Field) string {
	for _, a := range t.atoms {
		if a.Field == f {
			return a.Value
		}
	}
	return ""
}

// sourceField is the field of a source that lists a term.
func sourceField(t term) (fieldKey, bool) {
	a := t.atoms[0]
	if len(t.atoms) > 1 {
		if t.part(match.ClientTrust) == "" {
			return fieldKey{"serviceAccounts", t.not}, true
		}
		return fieldKey{"principals", t.not}, true
	}
	switch a.Field {
	case match.ClientNamespace:
		return fieldKey{"namespaces", t.not}, true
	case match.ClientTrust:
		return fieldKey{"trustDomains", t.not}, true
	case match.ClientIdentity:
		return fieldKey{"principals", t.not}, true
	case match.ClientAccount:
		return fieldKey{"namespaces", t.not}, a.Op == match.Present
	case match.ClientIP:
		return fieldKey{"ipBlocks", t.not}, true
	case match.RemoteIP:
		return fieldKey{"remoteIpBlocks", t.not}, true
	case match.Token:
		return fieldKey{"requestPrincipals", t.not}, true
	}
	return fieldKey{}, false
}

// operationField is the field of an operation that lists a term.
func operationField(t term) (fieldKey, bool) {
	name := map[match.Field]string{match.Authority: "hosts", match.Method: "methods", match.Path: "paths", match.Port: "ports"}[t.atoms[0].Field]
	return fieldKey{name, t.not}, name != ""
}

// conditionField is the key of a condition that lists a term.
func conditionField(t term) (fieldKey, bool) {
	a := t.atoms[0]
	switch a.Field {
	case match.Header:
		return fieldKey{"request.headers[" + a.Key + "]", t.not}, true
	case match.DestIP:
		return fieldKey{"destination.ip", t.not}, true
	case match.Found:
		return fieldKey{experimental + strings.TrimSuffix(a.Key, match.ListKey), t.not}, true
	case match.SNI:
		return fieldKey{"connection.sni", t.not}, true
	case match.Token:
		if claim, ok := strings.CutPrefix(a.Key, claimKey); ok {
			return fieldKey{"request.auth.claims" + claimBrackets(claim), t.not}, true
		}
		name := map[string]string{"audience": "request.auth.audiences", "presenter": "request.auth.presenter"}[a.Key]
		return fieldKey{name, t.not}, name != ""
	}
	return fieldKey{}, false
}

// spelled is the value that a list has for a term, in an atom with its origin.
func (t term) spelled() match.Atom {
	a := t.atoms[0]
	ns, account, trust := t.part(match.ClientNamespace), t.part(match.ClientAccount), t.part(match.ClientTrust)
	value := ""
	switch {
	case len(t.atoms) > 1 && trust == "":
		value = ns + "/" + account
	case len(t.atoms) > 1 && account == "":
		value = trust + "/ns/" + ns + "/sa/*"
	case len(t.atoms) > 1:
		value = trust + "/ns/" + ns + "/sa/" + account
	default:
		value = patternOf(a)
	}
	return match.Atom{Field: a.Field, Value: value, Ref: a.Ref}
}

// patternOf spells an atom as Istio's string match.
func patternOf(a match.Atom) string {
	if a.Field == match.ClientNamespace {
		glob, _ := namespaceGlob(a)
		return glob
	}
	if isLiteralTrust(a) {
		return clusterLocal
	}
	if a.Field == match.Found && strings.HasSuffix(a.Key, match.ListKey) {
		a.Key = strings.TrimSuffix(a.Key, match.ListKey)
		return "[" + patternOf(a) + "]"
	}
	switch a.Op {
	case match.Prefix:
		return a.Value + "*"
	case match.Suffix:
		return "*" + a.Value
	case match.Present, match.Regex:
		return "*"
	}
	return a.Value
}
