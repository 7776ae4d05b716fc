package cilium

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// header reads "Name: value", "Name value" or "Name". The first space ends the name, of
// which all colons at its end are taken off, and only where a value follows: "Name:" asks
// for a header that has the colon in its name, which none has.
// cilium pkg/envoy/policy/envoy_l7_rules_translator.go getHTTPRule
func (p *policyReader) header(n *source.Node) match.Expr {
	name, value, said := strings.Cut(n.Str(), " ")
	if said {
		name = strings.TrimRight(name, ":")
		return p.valued(n, name, func(a match.Atom) match.Atom {
			a.Value = value
			return a
		})
	}
	return p.valued(n, name, presence)
}

// presence is the atom that holds where there is any value.
func presence(a match.Atom) match.Atom {
	a.Op = match.Present
	return a
}

// valued is a condition on what Envoy knows by the name of a header; is adds what it is
// held to.
func (p *policyReader) valued(n *source.Node, name string, is func(match.Atom) match.Atom) match.Expr {
	name = strings.ToLower(name)
	a := is(match.Atom{Field: match.Header, Key: name, Ref: new(n.Ref())})
	f, pseudo := pseudoHeaders[name]
	switch {
	case name == "":
		n.Reject("names no header, which Envoy refuses")
		return match.False
	case pseudo:
		a.Field, a.Key = f, ""
		if a.Op == match.Present {
			return overHTTP(n) // which all requests have
		}
	case name == ":path":
		return p.pathHeader(a)
	case strings.Contains(name, ":"):
		p.note(diag.NeverMatches, "no header is named "+name, "write the name without the colon, or with a value behind it", n.Ref())
		return match.False
	}
	return a
}

// pathHeader is a condition on the path with its query: all requests have one.
func (p *policyReader) pathHeader(a match.Atom) match.Expr {
	a.Field, a.Key = match.Path, ""
	switch {
	case a.Op == match.Present:
		return match.Atom{Field: match.Protocol, Value: "http", Ref: a.Ref}
	case strings.Contains(a.Value, "?"):
		p.rest = append(p.rest, unmodelled{"the path is compared with its query, of which the model tells the parts", a.Place()})
		return match.False
	}
	return match.Conj(a, match.Not{X: match.Atom{Field: match.Query, Op: match.Present, Ref: a.Ref}})
}

// headerMatch reads a header that must have a value: any, where none is said. With an
// action for those that have not it lets them pass, and changes the request.
func (p *policyReader) headerMatch(n *source.Node) match.Expr {
	name, value := n.Get("name"), n.Get("value")
	if mismatch := n.Get("mismatch"); mismatch.Str() != "" {
		n.MarkRead()
		p.rest = append(p.rest, unmodelled{"a header match with an action changes requests, which is not translated", mismatch.Ref()})
		return match.True
	}
	if secret := n.Get("secret"); secret != nil {
		n.MarkRead()
		p.rest = append(p.rest, unmodelled{"the value of a Secret is not known", n.Ref()})
		return match.False
	}
	if value.Str() == "" {
		return p.valued(n, name.Str(), presence)
	}
	return p.valued(n, name.Str(), func(a match.Atom) match.Atom {
		a.Value = value.Str()
		return a
	})
}
