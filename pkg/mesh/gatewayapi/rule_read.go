package gatewayapi

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// Limits of one route object.
const (
	maxRules, maxMatches, maxMatchesRule, maxBackends = 16, 128, 64, 16
)

// rules reads spec.rules into lines. Without rules, one rule matches all
// requests (of an HTTPRoute by the CRD's default).
func (r *routeReader) rules(n *source.Node) {
	if n == nil {
		r.line(0, match.True, r.act(intent.Rule{Home: r.route.Home, From: intent.From(r.route.Object.Root.Get("spec").Ref())}, filtered{}, nil, "/"))
		return
	}
	items := atMost(n, maxRules)
	if len(items) == 0 {
		n.Reject("has no rules")
	}
	total, names := 0, []string{}
	for i, item := range items {
		name := formSection.read(item.Get("name"))
		if name != "" && slices.Contains(names, name) {
			item.Get("name").Reject("is the name of another rule")
		}
		names = append(names, name)
		total += r.rule(i, name, item)
	}
	if total > maxMatches {
		n.Reject("has more than 128 matches")
	}
}

// rule reads one rule and returns the number of its matches.
func (r *routeReader) rule(i int, name string, n *source.Node) int {
	matches := atMost(n.Get("matches"), maxMatchesRule)
	rule := intent.Rule{Name: name, Comment: Comment(n), Home: r.route.Home, From: intent.From(n.Ref())}
	var all []match.Expr
	for _, m := range matches {
		e, diags := ReadMatch(m, r.route.Protocol)
		r.diags = append(r.diags, diags...)
		if worst, any := diags.Max(); any && worst == diag.Error && r.route.Inert == "" {
			r.route.Inert = "one of its matches cannot be used"
		}
		all = append(all, e)
	}
	prefix := onePrefix(matches)
	f := r.filters(n.Get("filters"), OnRule, prefix)
	rule.Steps = f.steps
	rule.Timeout = r.timeouts(n.Get("timeouts"))
	rule.Retry = r.retry(n.Get("retry"))
	perTry(&rule)
	r.session(n.Get("sessionPersistence"))
	rule = r.d.Shares.Read(r.act(rule, f, n.Get("backendRefs"), prefix))
	for _, e := range all {
		r.line(i, e, rule)
	}
	if len(all) == 0 {
		r.line(i, match.True, rule)
	}
	return max(1, len(matches))
}

// line adds one match of a rule.
func (r *routeReader) line(index int, when match.Expr, rule intent.Rule) {
	rule.When = when
	rule.Steps = slices.Clone(rule.Steps)
	r.route.Lines = append(r.route.Lines, Line{Rule: rule, Index: index, route: r.route})
}

// onePrefix is the path prefix of a rule that has exactly one match, of type
// PathPrefix; "" otherwise. It reads what ReadMatch has read already.
func onePrefix(matches []*source.Node) string {
	if len(matches) == 0 {
		return "/"
	}
	path := matches[0].Get("path")
	kind := path.Get("type").Str()
	if len(matches) != 1 || path == nil || kind != "" && kind != typePrefix {
		return ""
	}
	if v := path.Get("value"); v != nil {
		return v.Str()
	}
	return "/"
}

// act decides what finally happens to requests of a rule.
func (r *routeReader) act(rule intent.Rule, f filtered, refs *source.Node, prefix string) intent.Rule {
	backends := r.backends(refs, prefix)
	r.guard(f.guards, backends...)
	switch {
	case f.fails != nil:
		rule.Then = intent.Respond{Status: 500, From: intent.From(f.fails.Ref())}
	case f.redirect != nil:
		if len(backends) > 0 {
			refs.Reject("stands beside a redirect")
		}
		rule.Then = *f.redirect
	case len(backends) == 0 && r.d.NoBackends == NoBackendsParent:
		rule.Then = intent.Passthrough{}
	case r.weigh(refs, backends, "requests that it takes get a 500"):
		rule.Then = intent.Respond{Status: 500, From: intent.From(refs.Ref())}
	default:
		rule.Then = intent.Forward{To: backends}
	}
	return rule
}
