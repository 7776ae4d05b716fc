package linkerd

import (
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// condition reads a RequestMatch of a ServiceProfile: the fields that it has must
// all hold. It is none, and ok false, where its one field is an expression that does
// not compile; of several, such a one is passed over.
// linkerd2-proxy linkerd/service-profiles/src/proto.rs convert_req_match
func (r *reader) condition(n *source.Node, top bool) (c match.Expr, ok bool) {
	var all match.And
	said := 0
	add := func(c match.Expr, ok bool) {
		if said++; ok {
			all = append(all, c)
		}
	}
	for _, e := range n.Entries() {
		switch e.Key {
		case "all":
			add(match.And(r.conditions(e.Value)), true)
		case "any":
			add(match.Or(r.conditions(e.Value)), true)
		case "not":
			c, ok := r.condition(e.Value, false)
			add(match.Not{X: c}, ok)
			if top {
				e.Value.Reject("is a list by the schema and one condition for Linkerd, so that no value is accepted; put it below all")
			}
		case "method": // in any case: linkerd2 pkg/util/http.go ParseMethod
			if text := e.Value.Str(); text != "" {
				add(match.Atom{Field: match.Method, Op: match.Exact, Value: strings.ToUpper(strings.TrimSpace(text)), Ref: new(e.Value.Ref())}, true)
			}
		case "pathRegex":
			if e.Value.Str() != "" {
				add(r.pathRegex(e.Value))
			}
		}
	}
	if said == 0 {
		n.Reject("has no condition")
	}
	return match.Simplify(all), said != 1 || len(all) == 1
}

func (r *reader) conditions(list *source.Node) []match.Expr {
	var out []match.Expr
	for _, item := range list.Items() {
		if c, ok := r.condition(item, false); ok {
			out = append(out, c)
		}
	}
	return out
}

// anyPath is the expression that every path matches.
const anyPath = ".*"

// pathRegex reads a regular expression for the whole path. Linkerd adds "^" and
// "$" as text, which do not group: in "/a|/b" each holds for one side only.
// linkerd2-proxy linkerd/service-profiles/src/proto.rs
func (r *reader) pathRegex(n *source.Node) (c match.Expr, ok bool) {
	text := strings.TrimSpace(n.Str())
	inner := strings.TrimSuffix(strings.TrimPrefix(text, "^"), "$")
	if inner == anyPath {
		return match.True, true
	}
	a := match.Atom{Field: match.Path, Op: match.Regex, Value: inner, Ref: new(n.Ref())}
	if loose(inner) {
		a.Op, a.Value = match.Search, "^"+inner+"$"
	}
	if _, err := regexp.Compile(a.Value); err != nil {
		n.Inert("it does not compile")
		r.diags.Tell(diag.InvalidRegex, "pathRegex "+text+" "+source.NoRegex(err), "Linkerd takes the condition for none, and others beside it as if it was not there", "correct it", n.Ref())
		return match.False, false
	}
	return a, true
}

// loose reports whether an expression has an alternation outside all groups.
func loose(text string) bool {
	depth, class := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '|' && depth == 0:
			return true
		}
	}
	return false
}

// response is a condition on the status of an answer.
type response func(status int) bool

// responseCondition reads a ResponseMatch; nil is none, which is passed over.
// linkerd2-proxy linkerd/service-profiles/src/proto.rs convert_rsp_match
func (r *reader) responseCondition(n *source.Node) response {
	var all []response
	said := 0
	add := func(c response) {
		if said++; c != nil {
			all = append(all, c)
		}
	}
	for _, e := range n.Entries() {
		switch e.Key {
		case "all":
			add(every(r.responses(e.Value)))
		case "any":
			add(some(r.responses(e.Value)))
		case "not":
			add(not(r.responseCondition(e.Value)))
		case "status":
			add(r.statusCondition(e.Value))
		}
	}
	if said == 0 {
		n.Reject("has no condition")
	}
	return every(all)
}

func (r *reader) responses(list *source.Node) []response {
	var out []response
	for _, item := range list.Items() {
		if c := r.responseCondition(item); c != nil {
			out = append(out, c)
		}
	}
	return out
}

// every, some and not combine conditions; of none there is none.
func every(all []response) response {
	if len(all) == 0 {
		return nil
	}
	return func(s int) bool { return !slices.ContainsFunc(all, func(c response) bool { return !c(s) }) }
}

func some(any []response) response {
	if len(any) == 0 {
		return nil
	}
	return func(s int) bool { return slices.ContainsFunc(any, func(c response) bool { return c(s) }) }
}

func not(c response) response {
	if c == nil {
		return nil
	}
	return func(s int) bool { return !c(s) }
}

// statusCondition reads a range of statuses; nil is one without both of its bounds,
// which the proxy takes for none.
func (r *reader) statusCondition(n *source.Node) response {
	low, high := n.Get("min").Int(), n.Get("max").Int()
	outside := func(s int) bool { return s != 0 && (s < 100 || s > 599) }
	switch {
	case outside(low) || outside(high) || low != 0 && high != 0 && high < low:
		n.Reject("is not a range within 100 to 599")
	case low == 0 || high == 0:
		n.Inert("it lacks a bound")
		r.diags.Tell(diag.Inert, "a range of statuses without both min and max is none for Linkerd's proxy", "what it would make a failure, or none, is judged as without it", "say both", n.Ref())
		return nil
	}
	return func(s int) bool { return s >= low && s <= high }
}
