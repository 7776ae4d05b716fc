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
// all hold.
func (r *reader) condition(n *source.Node, top bool) match.Expr {
	var all match.And
	said := 0
	for _, e := range n.Entries() {
		said++
		switch e.Key {
		case "all":
			for _, item := range e.Value.Items() {
				all = append(all, r.condition(item, false))
			}
		case "any":
			var any match.Or
			for _, item := range e.Value.Items() {
				any = append(any, r.condition(item, false))
			}
			all = append(all, any)
		case "not":
			all = append(all, match.Not{X: r.condition(e.Value, false)})
			if top {
				e.Value.Reject("is a list by the schema and one condition for Linkerd, so that no value is accepted; put it below all")
			}
		case "method":
			all = append(all, match.Atom{Field: match.Method, Op: match.Exact, Value: e.Value.Str(), Ref: new(e.Value.Ref())})
		case "pathRegex":
			all = append(all, r.pathRegex(e.Value))
		default:
			said--
		}
	}
	if said == 0 {
		n.Reject("has no condition")
	}
	return match.Simplify(all)
}

// anyPath is the expression that every path matches.
const anyPath = ".*"

// pathRegex reads a regular expression for the whole path. Linkerd adds "^" and
// "$" as text, which do not group: in "/a|/b" each holds for one side only.
// linkerd2-proxy linkerd/service-profiles/src/proto.rs
func (r *reader) pathRegex(n *source.Node) match.Expr {
	text := n.Str()
	inner := strings.TrimSuffix(strings.TrimPrefix(text, "^"), "$")
	if inner == anyPath {
		return match.True
	}
	a := match.Atom{Field: match.Path, Op: match.Regex, Value: inner, Ref: new(n.Ref())}
	if loose(inner) {
		a.Op, a.Value = match.Search, "^"+inner+"$"
	}
	if _, err := regexp.Compile(a.Value); err != nil {
		r.diags.Add(diag.InvalidRegex, "regular expression does not compile: "+err.Error(), "correct it; the condition has no effect", n.Ref())
		return match.False
	}
	return a
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

// responseCondition reads a ResponseMatch.
func responseCondition(n *source.Node) response {
	var all []response
	for _, e := range n.Entries() {
		switch e.Key {
		case "all":
			for _, item := range e.Value.Items() {
				all = append(all, responseCondition(item))
			}
		case "any":
			var any []response
			for _, item := range e.Value.Items() {
				any = append(any, responseCondition(item))
			}
			all = append(all, func(s int) bool { return slices.ContainsFunc(any, func(c response) bool { return c(s) }) })
		case "not":
			not := responseCondition(e.Value)
			all = append(all, func(s int) bool { return !not(s) })
		case "status":
			all = append(all, statusCondition(e.Value))
		}
	}
	if len(all) == 0 {
		n.Reject("has no condition")
	}
	return func(s int) bool { return !slices.ContainsFunc(all, func(c response) bool { return !c(s) }) }
}

// statusCondition reads a range of statuses; one bound alone is one status.
func statusCondition(n *source.Node) response {
	low, high := n.Get("min"), n.Get("max")
	l, h := low.Int(), high.Int()
	if low == nil {
		l = h
	}
	if high == nil {
		h = l
	}
	if l < 100 || h > 599 || h < l {
		n.Reject("is not a range within 100 to 599")
	}
	return func(s int) bool { return s >= l && s <= h }
}
