package istio

import (
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// to reads what is asked for: one of the operations. None is everything, and so
// is an empty list.
func (p *authorization) to(n *source.Node) match.Expr {
	if len(n.Items()) == 0 {
		n.Kind()
		return match.True
	}
	var out []match.Expr
	for _, t := range n.Items() {
		out = append(out, p.operation(t.Get("operation")))
		notEmpty(t.Get("operation"), t, operationFields)
	}
	return match.Disj(out...)
}

// operation reads one operation: all of its fields must hold. Ports are the
// workload's.
func (p *authorization) operation(n *source.Node) match.Expr {
	return match.Conj(
		p.values(n, "hosts", "notHosts", func(v *source.Node) match.Expr {
			a := pattern(match.Authority, "", v).(match.Atom)
			a.Fold = true
			return a
		}),
		p.values(n, "ports", "notPorts", func(v *source.Node) match.Expr { return portAtom(v) }),
		p.values(n, "methods", "notMethods", func(v *source.Node) match.Expr { return pattern(match.Method, "", v) }),
		p.values(n, "paths", "notPaths", pathPattern),
	)
}

// portAtom reads a port, of which the number counts and not its spelling.
func portAtom(n *source.Node) match.Atom {
	port, err := strconv.ParseUint(n.Str(), 10, 16)
	if err != nil {
		n.Reject("is no port number")
	}
	return match.Atom{Field: match.Port, Value: strconv.FormatUint(port, 10), Ref: new(n.Ref())}
}

// pathPattern reads a path, which may be a template.
func pathPattern(n *source.Node) match.Expr {
	checkPath(n)
	if isTemplate(n.Str()) {
		return match.Atom{Field: match.Path, Op: match.Template, Value: n.Str(), Ref: new(n.Ref())}
	}
	return pattern(match.Path, "", n)
}

// conditionKeys are the keys of when that have no name in brackets.
var conditionKeys = map[string]func(*authorization, *source.Node) match.Expr{
	"source.ip":              func(_ *authorization, n *source.Node) match.Expr { return block(match.ClientIP, n) },
	"remote.ip":              func(_ *authorization, n *source.Node) match.Expr { return block(match.RemoteIP, n) },
	"source.namespace":       (*authorization).namespace,
	"source.serviceAccount":  (*authorization).account,
	"source.principal":       (*authorization).principal,
	"source.trustDomain":     (*authorization).trustDomain,
	"request.auth.principal": func(_ *authorization, n *source.Node) match.Expr { return pattern(match.Token, "principal", n) },
	"request.auth.audiences": func(_ *authorization, n *source.Node) match.Expr { return pattern(match.Token, "audience", n) },
	"request.auth.presenter": func(_ *authorization, n *source.Node) match.Expr { return pattern(match.Token, "presenter", n) },
	"destination.ip":         func(_ *authorization, n *source.Node) match.Expr { return block(match.DestIP, n) },
	"destination.port":       func(_ *authorization, n *source.Node) match.Expr { return portAtom(n) },
	"connection.sni":         func(_ *authorization, n *source.Node) match.Expr { return pattern(match.SNI, "", n) },
}

// when reads one condition: one of its values and none of notValues.
func (p *authorization) when(n *source.Node) match.Expr {
	p.checkKey(n)
	key := n.Get("key").Str()
	read := conditionKeys[key]
	switch name, bracketed := strings.CutSuffix(key, "]"); {
	case read != nil:
	case bracketed && strings.HasPrefix(name, "request.headers["):
		header := strings.ToLower(strings.TrimPrefix(name, "request.headers["))
		read = func(_ *authorization, v *source.Node) match.Expr { return headerPattern(header, v) }
	case bracketed && strings.HasPrefix(name, "request.auth.claims["):
		claim := claimKey + claimPath(strings.TrimPrefix(key, "request.auth.claims"))
		read = func(_ *authorization, v *source.Node) match.Expr { return pattern(match.Token, claim, v) }
	case bracketed && strings.HasPrefix(name, foundKey) && strings.Contains(name, "["):
		read = func(_ *authorization, v *source.Node) match.Expr {
			return found(strings.TrimPrefix(key, experimental), v)
		}
	default:
		n.Get("key").Reject("is no attribute that Istio knows")
		read = func(*authorization, *source.Node) match.Expr { return match.False }
	}
	if len(n.Get("values").Items()) == 0 && len(n.Get("notValues").Items()) == 0 {
		n.Reject("has no values and no notValues")
	}
	return p.values(n, "values", "notValues", func(v *source.Node) match.Expr { return read(p, v) })
}

// The keys of conditions on what filters found out.
const (
	experimental = "experimental."
	foundKey     = experimental + "envoy.filters."
)

// found reads a condition on what a filter of Envoy found out, at "filter[key]"; a value in
// brackets is for one of a list. Connections of any protocol have it.
// istio pilot/pkg/security/authz/model/generator.go envoyFilterGenerator
func found(key string, n *source.Node) match.Expr {
	if s := n.Str(); strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		return patternText(match.Found, key+match.ListKey, strings.Trim(s, "[]"), n)
	}
	return pattern(match.Found, key, n)
}

// headerPattern reads a header's value; * is its presence.
func headerPattern(name string, n *source.Node) match.Expr {
	if n.Str() == "*" {
		return match.Atom{Field: match.Header, Key: name, Op: match.Present, Ref: new(n.Ref())}
	}
	return pattern(match.Header, name, n)
}
