package istio

import (
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// httpMatches reads a list of matches, one of which must hold; none is every
// request. gateways are those that all matches name.
func (vs *virtualService) httpMatches(n *source.Node) (when match.Expr, gateways []string) {
	items := n.Items()
	if len(items) == 0 {
		return match.True, nil
	}
	var out []match.Expr
	for _, m := range items {
		e, g := vs.httpMatch(m)
		out = append(out, e)
		gateways = append(gateways, g...)
	}
	return match.Disj(out...), gateways
}

// httpMatch reads one HTTPMatchRequest: all of its fields must hold. Istio does
// not look at sourceLabels and sourceNamespace where gateways are named.
func (vs *virtualService) httpMatch(m *source.Node) (match.Expr, []string) {
	var gateways []string
	for _, g := range m.Get("gateways").Items() {
		gateways = append(gateways, g.Str())
	}
	fold := m.Get("ignoreUriCase").Bool()
	and := []match.Expr{
		vs.stringMatch(m.Get("uri"), match.Path, "", fold), vs.stringMatch(m.Get("scheme"), match.Scheme, "", false),
		vs.stringMatch(m.Get("method"), match.Method, "", false), vs.stringMatch(m.Get("authority"), match.Authority, "", false),
	}
	for _, e := range entries(m.Get("headers")) {
		and = append(and, vs.headerMatch(e))
	}
	for _, e := range entries(m.Get("withoutHeaders")) {
		and = append(and, match.Negate(vs.headerMatch(e)))
	}
	for _, e := range entries(m.Get("queryParams")) {
		and = append(and, vs.stringMatch(e.Value, match.Query, e.Key, false))
	}
	if p := m.Get("port"); p != nil {
		and = append(and, match.Atom{Field: match.ServicePort, Value: strconv.Itoa(vs.portNumber(p)), Ref: p.Ref()})
	}
	and = append(and, vs.sources(m, len(gateways) > 0)...)
	m.Get("name").Skip("names a statistic")
	m.Get("statPrefix").Skip("names a statistic")
	return match.Conj(and...), gateways
}

// sources reads which callers are meant.
func (vs *virtualService) sources(m *source.Node, ignored bool) []match.Expr {
	labels, ns := m.Get("sourceLabels"), m.Get("sourceNamespace")
	if ignored {
		for _, n := range []*source.Node{labels, ns} {
			if n != nil {
				n.Inert("Istio does not look at the caller where the match names gateways")
				vs.add(diag.Inert, "the caller is not looked at where the match names gateways", "remove gateways from the match, or the condition on the caller", n.Ref())
			}
		}
		return nil
	}
	var out []match.Expr
	for _, e := range entries(labels) {
		out = append(out, match.Atom{Field: match.ClientLabel, Key: e.Key, Value: e.Value.Str(), Ref: e.Value.Ref()})
	}
	if ns != nil {
		out = append(out, match.Atom{Field: match.ClientNamespace, Value: ns.Str(), Ref: ns.Ref()})
	}
	return out
}

// headerMatch reads a condition on a header: one without a value asks for its
// presence.
func (vs *virtualService) headerMatch(e source.Entry) match.Expr {
	if claim, ok := strings.CutPrefix(e.Key, "@request.auth.claims"); ok {
		return vs.stringMatch(e.Value, match.Token, "claim:"+claimPath(claim), false)
	}
	name := strings.ToLower(e.Key)
	if len(e.Value.Entries()) == 0 {
		return match.Atom{Field: match.Header, Key: name, Op: match.Present, Ref: e.Value.Ref()}
	}
	return vs.stringMatch(e.Value, match.Header, name, false)
}

// stringMatch reads exact, prefix or regex; nil holds always. A regular
// expression of "*" asks for presence.
func (vs *virtualService) stringMatch(n *source.Node, f match.Field, key string, fold bool) match.Expr {
	if n == nil {
		return match.True
	}
	a := match.Atom{Field: f, Key: key}
	for _, e := range n.Entries() {
		a.Ref, a.Value = e.Value.Ref(), e.Value.Str()
		switch e.Key {
		case "exact":
			a.Op, a.Fold = match.Exact, fold
		case "prefix":
			a.Op, a.Fold = match.Prefix, fold
			if a.Value == "" && f != match.Path {
				e.Value.Reject("is an empty prefix")
			}
		case "regex":
			a = vs.regex(a, e.Value)
		}
	}
	if len(n.Entries()) > 1 {
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
		n.RejectRegex("is no regular expression: " + strings.TrimPrefix(err.Error(), "error parsing regexp: "))
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
