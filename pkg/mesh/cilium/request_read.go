package cilium

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// overHTTP holds for requests of HTTP.
func overHTTP(n *source.Node) match.Atom {
	return match.Atom{Field: match.Protocol, Value: "http", Ref: new(n.Ref())}
}

// requests reads what of a port's requests passes: all where no rule is said. A
// port with rules speaks HTTP.
func (p *policyReader) requests(port *source.Node) match.Expr {
	rules := port.Get("rules")
	for _, key := range []string{"kafka", "l7proto", "l7"} {
		if rules.Get(key) != nil {
			rules.Get(key).Reject("is no longer a rule: Cilium 1.20 has none for this protocol, and refuses the policy")
		}
	}
	list := rules.Get("http")
	rules.Kind()
	if len(list.Items()) == 0 {
		list.Kind()
		return p.dns(rules.Get("dns"))
	}
	rules.Get("dns").Reject("stands beside rules for HTTP, which Cilium refuses")
	for _, n := range port.Get("ports").Items() {
		if n.Get("protocol").Str() != "TCP" || strings.Trim(n.Get("port").Text(), "0") == "" {
			n.Reject("has rules for HTTP, and is no port of TCP by name or number")
		}
	}
	var or match.Or
	for _, n := range list.Items() {
		or = append(or, p.request(n))
	}
	return match.Simplify(or)
}

// dnsNames is why rules for DNS are kept.
const dnsNames = "which names clients may look up is asked of Cilium's proxy for DNS, and no other mesh has one that keeps names back"

// dns reads which names may be asked for. Rules for any name restrict nothing;
// others let pass what the model does not tell from the rest.
func (p *policyReader) dns(n *source.Node) match.Expr {
	any := len(n.Items()) == 0
	for _, item := range n.Items() {
		any = any || item.Get("matchPattern").Str() == "*"
	}
	n.Kind()
	n.MarkRead()
	if any {
		return match.True
	}
	p.rest = append(p.rest, unmodelled{dnsNames, n.Ref()})
	return match.False
}

// request reads one rule, all of which holds.
func (p *policyReader) request(n *source.Node) match.Expr {
	all := match.And{overHTTP(n)}
	n.Kind()
	if path := p.expression(n, "path"); path != nil {
		e, exact := pathExpr(path)
		if all = append(all, e); !exact {
			p.rest = append(p.rest, unmodelled{"the path is compared with its query, which only some of it is translated of", path.Ref()})
		}
	}
	if method := p.expression(n, "method"); method != nil {
		all = append(all, wordsExpr(match.Method, method))
	}
	if host := p.expression(n, "host"); host != nil {
		all = append(all, hostExpr(host))
	}
	for _, h := range n.Get("headers").Items() {
		all = append(all, p.header(h))
	}
	for _, h := range n.Get("headerMatches").Items() {
		all = append(all, p.headerMatch(h))
	}
	return match.Simplify(all)
}

// expression is a condition of a rule, unless it is empty: then it is none.
// cilium pkg/envoy/policy/envoy_l7_rules_translator.go getHTTPRule
func (p *policyReader) expression(n *source.Node, key string) *source.Node {
	text := n.Get(key)
	if text != nil && text.Str() == "" {
		p.inert(text, key+" is empty, which counts as not said")
		return nil
	}
	return text
}

// compiled reads a regular expression, which Envoy holds to the whole value.
func compiled(n *source.Node) (string, bool) {
	text := n.Str()
	if _, err := regexp.Compile(text); err != nil {
		n.RejectRegex(err)
		return "", false
	}
	return text, true
}

// wordsExpr is a regular expression that often is a list of words.
func wordsExpr(f match.Field, n *source.Node) match.Expr {
	text, ok := compiled(n)
	if !ok {
		return match.False
	}
	var or match.Or
	for _, word := range strings.Split(text, "|") {
		a := match.Plainly(match.Atom{Field: f, Op: match.Regex, Value: word, Ref: new(n.Ref())})
		if a.Op != match.Exact {
			return match.Plainly(match.Atom{Field: f, Op: match.Regex, Value: text, Ref: new(n.Ref())})
		}
		or = append(or, a)
	}
	return match.Simplify(or)
}

// hostForm is how a host with any port is said.
var hostForm = regexp.MustCompile(`^\(\?i:(.*)\)\(:\[0-9\]\+\)\?$`)

// hostExpr reads an expression for the authority, which has the port that the
// client sent.
func hostExpr(n *source.Node) match.Expr {
	text, ok := compiled(n)
	if !ok {
		return match.False
	}
	if m := hostForm.FindStringSubmatch(text); m != nil {
		inner := strings.NewReplacer("[^:]*", ".*").Replace(m[1])
		if a := match.Plainly(match.Atom{Field: match.Host, Op: match.Regex, Value: inner, Ref: new(n.Ref())}); a.Op != match.Regex {
			a.Value = strings.ToLower(a.Value)
			return a
		}
	}
	return match.Atom{Field: match.Authority, Op: match.Regex, Value: text, Ref: new(n.Ref())}
}

// noQueryString holds for requests without a query string.
func noQueryString(n *source.Node) match.Expr {
	return match.Not{X: match.Atom{Field: match.Query, Op: match.Present, Ref: new(n.Ref())}}
}

// pathExpr reads an expression for the path with its query string. exact is
// false where the model can only say a part of what it matches.
func pathExpr(n *source.Node) (e match.Expr, exact bool) {
	text, ok := compiled(n)
	if !ok {
		return match.False, true
	}
	is := func(pattern string) match.Expr {
		return match.Plainly(match.Atom{Field: match.Path, Op: match.Regex, Value: pattern, Ref: new(n.Ref())})
	}
	for _, end := range []string{noQuery, `(?:\?.*)?`} {
		if path, ok := strings.CutSuffix(text, end); ok && markless(path) {
			if plain := is(ungrouped(strings.NewReplacer("[^?]", ".").Replace(path))); plain.(match.Atom).Op != match.Regex {
				return plain, true
			}
			return is(offQuery(path)), true
		}
	}
	for _, end := range []string{`([/?].*)?`, `([?/].*)?`} {
		if path, ok := strings.CutSuffix(text, end); ok && markless(path) {
			return is(path + "(/.*)?"), true
		}
	}
	if path, ok := strings.CutSuffix(text, ".*"); ok && markless(path) {
		return is(text), true
	}
	if markless(text) {
		return match.Conj(is(text), noQueryString(n)), true
	}
	narrow, ok := onQuery(text)
	if !ok {
		return match.False, false
	}
	return match.Conj(is(strings.TrimSuffix(narrow, noQuery)), noQueryString(n)), false
}

// ungrouped drops the group around a whole pattern.
func ungrouped(pattern string) string {
	inner, ok := strings.CutPrefix(pattern, "(?:")
	if inner, end := strings.CutSuffix(inner, ")"); ok && end && !strings.ContainsAny(inner, "()|") {
		return inner
	}
	return pattern
}

// markless reports whether a pattern compiles and matches no text with a question
// mark. Of the place of "." in front of a query it is not asked.
func markless(pattern string) bool {
	re, err := syntax.Parse(strings.ReplaceAll(pattern, "[^?]", "[a]"), syntax.Perl)
	if err != nil {
		return false
	}
	return !takesMark(re)
}

func takesMark(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral:
		return slices.Contains(re.Rune, '?')
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	case syntax.OpCharClass:
		for i := 0; i < len(re.Rune); i += 2 {
			if re.Rune[i] <= '?' && '?' <= re.Rune[i+1] {
				return true
			}
		}
	}
	return slices.ContainsFunc(re.Sub, takesMark)
}
