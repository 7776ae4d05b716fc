package istio

import (
	"encoding/base64"
	"regexp"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// httpMatches reads a list of matches, one of which must hold; none is every
// request.
func (vs *virtualService) httpMatches(n *source.Node) []scopedMatch {
	items := n.Items()
	if len(items) == 0 {
		return everything
	}
	var out []scopedMatch
	for _, m := range items {
		if m.Kind() == source.Null {
			m.Reject("is no match")
		}
		out = append(out, vs.httpMatch(layer{n: m}))
	}
	return out
}

// httpMatch reads one HTTPMatchRequest: all of its fields must hold. Istio does
// not look at sourceLabels and sourceNamespace where gateways are named.
func (vs *virtualService) httpMatch(m layer) scopedMatch {
	gateways := stringsOf(m.get("gateways"))
	fold := m.get("ignoreUriCase").Bool()
	and := []match.Expr{
		vs.stringMatch(m.get("uri"), match.Path, "", fold), vs.stringMatch(m.get("scheme"), match.Scheme, "", false),
		vs.stringMatch(m.get("method"), match.Method, "", false), vs.stringMatch(m.get("authority"), match.Authority, "", false),
	}
	for _, e := range m.entries("headers") {
		and = append(and, vs.headerMatch(e))
	}
	for _, e := range m.entries("withoutHeaders") {
		and = append(and, withoutHeader(vs.headerMatch(e)))
	}
	for _, e := range m.entries("queryParams") {
		and = append(and, vs.stringMatch(e.Value, match.Query, e.Key, false))
	}
	and = append(and, servicePort(m.get("port")))
	and = append(and, vs.sources(m, len(gateways) > 0)...)
	m.get("name").Skip("names a statistic")
	m.get("statPrefix").Skip("names a statistic")
	return scopedMatch{match.Conj(and...), gateways, nil}
}

// servicePort reads the port that a request is for; 0 and none are every port.
func servicePort(n *source.Node) match.Expr {
	if n.Int() == 0 {
		return match.True
	}
	return match.Atom{Field: match.ServicePort, Value: strconv.Itoa(n.Int()), Ref: new(n.Ref())}
}

// sources reads which callers are meant.
func (vs *virtualService) sources(m layer, ignored bool) []match.Expr {
	ns := m.get("sourceNamespace")
	if ignored {
		for _, n := range []*source.Node{m.get("sourceLabels"), ns} {
			if n != nil {
				n.MarkRead()
				n.Inert("Istio does not look at the caller where the match names gateways")
				vs.add(diag.Inert, "the caller is not looked at where the match names gateways", "remove gateways from the match, or the condition on the caller", n.Ref())
			}
		}
		return nil
	}
	var out []match.Expr
	for _, e := range m.entries("sourceLabels") {
		out = append(out, match.Atom{Field: match.ClientLabel, Key: e.Key, Value: e.Value.Str(), Ref: new(e.Value.Ref())})
	}
	if ns != nil {
		out = append(out, match.Atom{Field: match.ClientNamespace, Value: ns.Str(), Ref: new(ns.Ref())})
	}
	return out
}

// stringMatch reads exact, prefix or regex. One that says none of them asks for
// presence, as a regular expression of "*" does; of a path, it holds always.
func (vs *virtualService) stringMatch(n *source.Node, f match.Field, key string, fold bool) match.Expr {
	if n == nil {
		return match.True
	}
	exact, prefix, re := n.Get("exact"), n.Get("prefix"), n.Get("regex")
	a := match.Atom{Field: f, Key: key, Ref: new(n.Ref())}
	switch {
	case exact != nil:
		a.Ref, a.Value, a.Fold = new(exact.Ref()), exact.Str(), fold
	case prefix != nil:
		a.Ref, a.Op, a.Value, a.Fold = new(prefix.Ref()), match.Prefix, prefix.Str(), fold
	case re != nil:
		a.Ref, a.Value = new(re.Ref()), re.Str()
		a = vs.regex(a, re)
	case n.Kind() != source.Scalar && f == match.Path:
		return match.True
	default:
		a.Op = match.Present
	}
	if exact != nil && prefix != nil || re != nil && (exact != nil || prefix != nil) {
		n.Reject("says more than one of exact, prefix and regex")
	}
	if f == match.Path && a.Op == match.Prefix && (a.Value == "/" || a.Value == "") {
		return match.True
	}
	return a
}

func (vs *virtualService) regex(a match.Atom, n *source.Node) match.Atom {
	a.Op = match.Regex
	if a.Value == "*" && (a.Field == match.Header || a.Field == match.Query) {
		a.Op, a.Value = match.Present, ""
		return a
	}
	if _, err := regexp.Compile(a.Value); err != nil {
		n.RejectRegex(err)
	}
	return a
}

func decodeBase64(n *source.Node) string {
	data, err := base64.StdEncoding.DecodeString(n.Str())
	if err != nil {
		n.Reject("is not base64")
	}
	return string(data)
}
