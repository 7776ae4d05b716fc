package consul

import (
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// permission is what one source may do with requests of some form.
type permission struct {
	node  value
	deny  bool
	when  match.Expr // of HTTP requests
	token *tokenDemand
	used  bool
}

// permission reads one of the list.
func (r *reader) permission(n value) *permission {
	p := &permission{node: n, deny: readAction(n, n.get("action")) == deny, token: r.tokenDemand(n.get("jwt"))}
	http := n.get("http")
	if http.missing() {
		n.Node.Reject("has no http")
	}
	all := []match.Expr{pathOf(http)}
	for _, h := range http.get("header").items() {
		all = append(all, headerOf(h, true))
	}
	all = append(all, methodsOf(http.get("methods")))
	p.when = match.Conj(all...)
	if match.IsTrue(p.when) && !http.missing() {
		http.Node.Reject("says nothing of the request")
	}
	return p
}

// pathOf reads which paths are meant: by text, by a prefix of characters, or by
// an expression for the whole path.
func pathOf(n value) match.Expr {
	var found []match.Expr
	for _, f := range []struct {
		name string
		op   match.Op
	}{{"pathExact", match.Exact}, {"pathPrefix", match.Prefix}, {"pathRegex", match.Regex}} {
		v := n.get(f.name)
		text := v.text()
		if text == "" {
			continue
		}
		if f.op == match.Regex {
			checkRegex(v)
		} else if !strings.HasPrefix(text, "/") {
			v.Node.Reject("does not begin with /")
		}
		a := match.Atom{Field: match.Path, Op: f.op, Value: text, Ref: new(v.Node.Ref())}
		if fold := n.get("caseInsensitive"); f.op != match.Regex {
			a.Fold = fold.boolean()
		} else if !fold.missing() { // route.RouteMatch.case_sensitive is not for safe_regex
			fold.Node.Inert("Envoy's regular expressions say themselves whether they ignore case")
		}
		found = append(found, a)
	}
	if v := n.get("caseInsensitive"); len(found) == 0 && !v.missing() {
		v.Node.Inert("no path is asked for")
	}
	if len(found) > 1 {
		n.Node.Reject("says more than one of pathExact, pathPrefix and pathRegex")
	}
	return match.Conj(found...)
}

// checkRegex refuses an expression that Envoy cannot compile. Consul's servers
// take it, and proxies then keep what they had.
func checkRegex(v value) {
	if _, err := regexp.Compile(v.text()); err != nil {
		v.Node.RejectRegex(err)
	}
}

// methods that Consul knows.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"}

// methodsOf reads a list of methods, one of which is meant.
func methodsOf(list value) match.Expr {
	var any []match.Expr
	var seen []string
	for _, m := range list.items() {
		text := strings.ToUpper(m.text())
		switch {
		case !slices.Contains(methods, text):
			m.Node.Reject("is no method that Consul knows")
		case slices.Contains(seen, text):
			m.Node.Reject("is there twice")
		}
		seen = append(seen, text)
		any = append(any, match.Atom{Field: match.Method, Value: text, Ref: new(m.Node.Ref())})
	}
	if len(any) == 0 {
		return match.True
	}
	return match.Disj(any...)
}

// pseudo are header names that stand for other parts of a request.
var pseudo = map[string]match.Field{":authority": match.Authority, ":method": match.Method, ":scheme": match.Scheme}

// headerOf reads a condition on a header. Only intentions know contains and
// ignoreCase. An inverted condition on a value does not hold without the header.
// envoy source/common/http/header_utility.cc matchHeaders
func headerOf(n value, full bool) match.Expr {
	name := strings.ToLower(n.get("name").text())
	a := match.Atom{Field: match.Header, Key: name, Ref: new(n.Node.Ref())}
	if f, ok := pseudo[name]; ok {
		a.Field, a.Key = f, ""
	}
	switch {
	case name == "":
		n.Node.Reject("has no name")
	case strings.HasPrefix(name, ":") && a.Field == match.Header:
		n.get("name").Node.Reject("is a part of the request that is not compared as a header here")
	}
	words := []string{"exact", "regex", "prefix", "suffix"}
	ops := map[string]match.Op{"exact": match.Exact, "regex": match.Regex, "prefix": match.Prefix, "suffix": match.Suffix}
	if full {
		words = append(words, "contains")
		a.Fold = n.get("ignoreCase").boolean()
	}
	said := 0
	for _, word := range words {
		v := n.get(word)
		if v.text() == "" {
			continue
		}
		said++
		a.Op, a.Value = ops[word], v.text()
		switch word {
		case "regex":
			checkRegex(v)
			if a.Fold {
				n.get("ignoreCase").Node.Reject("cannot stand beside regex")
			}
		case "contains":
			a.Op, a.Value = match.Search, regexp.QuoteMeta(v.text())
		}
	}
	if n.get("present").boolean() {
		said++
		a.Op = match.Present
		if a.Fold {
			n.get("ignoreCase").Node.Reject("cannot stand beside present")
		}
	}
	if said != 1 {
		n.Node.Reject("must say exactly one of present, " + strings.Join(words, ", "))
	}
	switch inverted := n.get("invert").boolean(); {
	case inverted && a.Field == match.Header && a.Op != match.Present:
		return match.And{match.Atom{Field: match.Header, Key: name, Op: match.Present, Ref: a.Ref}, match.Negate(a)}
	case inverted:
		return match.Negate(a)
	}
	return a
}
