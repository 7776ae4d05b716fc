package istio

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// accessCan says why a rule of an AuthorizationPolicy cannot say one condition,
// or "". What stands for connections that are not HTTP is for accessShape.
func accessCan(e intent.Effect, l match.Literal) string {
	a := l.Atom
	if e == intent.Ask && (a.Field.Identity() || a.Field == match.Token && a.Key == "principal") {
		return "a policy that asks a provider cannot test who calls"
	}
	switch a.Field {
	case match.Protocol:
		return ""
	case match.Path:
		if a.Op == match.Present {
			return ""
		}
		return patternCan(a, true)
	case match.Method, match.SNI:
		return patternCan(a, false)
	case match.Found:
		if a.Op == match.Exact && a.Value == "" && strings.HasSuffix(a.Key, match.ListKey) {
			return ""
		}
		return patternCan(a, false)
	case match.Authority:
		if !a.Fold && strings.ContainsAny(a.Value, letters) {
			return "hosts are matched whatever their case"
		}
		a.Fold = false
		return patternCan(a, false)
	case match.Header:
		if a.Op == match.Present {
			return ""
		}
		return patternCan(a, false)
	case match.Token:
		if a.Op == match.Sole {
			return "a claim that is a list is looked into"
		}
		return patternCan(a, false)
	case match.Port:
		return onlyExact(match.Literal{Atom: a}, "a port is matched by its number")
	case match.DestIP, match.ClientIP, match.RemoteIP:
		return addressCan(a)
	}
	return clientCan(a)
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// patternCan is accessCan of what is matched by "value", "value*", "*value" or
// "*", which is any value but the empty one; paths also by template.
func patternCan(a match.Atom, template bool) string {
	switch {
	case a.Fold:
		return "values are matched with their case"
	case a.Op == match.Regex && a.Value == ".+", template && a.Op == match.Template:
		return ""
	case a.Op != match.Exact && a.Op != match.Prefix && a.Op != match.Suffix:
		return "a value is matched exactly, by prefix or by suffix"
	case a.Value == "":
		return "an empty value is not matched"
	case a.Op != match.Suffix && strings.HasPrefix(a.Value, "*"), a.Op == match.Exact && strings.HasSuffix(a.Value, "*"):
		return "a * at the end of a value is a wildcard"
	case template && (strings.Contains(a.Value, "{*}") || strings.Contains(a.Value, "{**}")):
		return "{*} in a path is a wildcard"
	}
	return ""
}

func addressCan(a match.Atom) string {
	if a.Op == match.CIDR || a.Op == match.Exact {
		return ""
	}
	return "an address is matched by block"
}

// clientCan is accessCan of conditions on the client's identity. An account
// alone, without its namespace, is for accessShape.
func clientCan(a match.Atom) string {
	wildcard := strings.Contains(a.Value, "*")
	switch a.Field {
	case match.ClientNamespace:
		if _, ok := namespaceGlob(a); ok {
			return ""
		}
		return "a namespace is matched by wildcards, which reach to the account, and one called sa is not told from one called ns"
	case match.ClientAccount:
		if a.Op == match.Present || a.Op == match.Exact && !a.Fold && !wildcard && a.Value != "" {
			return ""
		}
		return "a service account is matched exactly, and has a name"
	case match.ClientTrust, match.ClientIdentity:
		if intent.Placed(a) {
			return "a rule tells clients by their certificates, and these have none that tells them"
		}
		if isLiteralTrust(a) || a.Field == match.ClientIdentity && a.Op == match.Present {
			return ""
		}
		return patternCan(a, false)
	}
	return "a rule tests who calls by the identity of its certificate and by its address"
}

// accessScope says why a policy cannot select the workloads of a scope, or "":
// those of a namespace, or of all, with labels.
func accessScope(subject match.Expr) string {
	_, _, ok := selected(subject)
	if !ok {
		return "a policy selects the workloads of one namespace, or of all, by labels that they have"
	}
	return ""
}

// selected takes a scope apart; namespace is "" for all.
func selected(subject match.Expr) (namespace string, labels []match.Atom, ok bool) {
	and, isAnd := match.Simplify(subject).(match.And)
	if !isAnd {
		and = match.And{subject}
	}
	seen := map[string]bool{}
	for _, e := range and {
		a, isAtom := e.(match.Atom)
		switch {
		case !isAtom || a.Op != match.Exact || a.Fold:
			return "", nil, false
		case a.Field == match.Namespace && namespace == "":
			namespace = a.Value
		case a.Field == match.Label && !seen[a.Key]:
			seen[a.Key] = true
			labels = append(labels, a)
		default:
			return "", nil, false
		}
	}
	return namespace, labels, true
}

// accessShape says why a predicate is not that of one rule, or "".
func accessShape(e intent.Effect, when match.Expr) string {
	_, why := ruleFor(e, when)
	return why
}
