package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// delegated lifts the rules of a delegate in place of the rule that names it:
// conditions of both must hold, and what the delegate does not say is the
// rule's. A delegate has none itself.
// istio pkg/config/validation/virtualservice.go validateHTTPRoute
func (vs *virtualService) delegated(n, d *source.Node, root scopedRule) []scopedRule {
	name := intent.Name{Namespace: d.Get("namespace").Str(), Name: d.Get("name").Str()}
	if name.Namespace == "" {
		name.Namespace = vs.object.Namespace
	}
	o := vs.delegates[name]
	if o == nil {
		vs.add(diag.UnknownReference, "the delegate "+name.String()+" is not in the input", "add the VirtualService", d.Ref())
		root.rule.Then = intent.Respond{Status: 404}
		return []scopedRule{root}
	}
	vs.used[name] = true
	child := &virtualService{reader: vs.reader, object: o, home: vs.reader.home(o), client: vs.client}
	vs.fillShared(&root.rule, n)
	var out []scopedRule
	for _, h := range o.Root.Get("spec").Get("http").Items() {
		if h.Get("delegate") != nil {
			continue // rejected with the delegate
		}
		for _, s := range child.httpRoute(h) {
			if merged, ok := vs.merge(root, s, h); ok {
				out = append(out, merged)
			}
		}
	}
	return out
}

// fillShared reads what a rule with a delegate may say beside it.
func (vs *virtualService) fillShared(rule *intent.Rule, n *source.Node) {
	if route := n.Get("route"); route != nil {
		route.Reject("stands beside delegate")
	}
	rule.Steps = slices.Concat(vs.faults(n.Get("fault")), vs.cors(n.Get("corsPolicy")), vs.headers(n.Get("headers")),
		vs.rewrite(n.Get("rewrite"), rule.When), vs.mirrors(n, vs.object.Namespace))
	if t := n.Get("timeout"); t != nil {
		d := readDuration(t)
		rule.Timeout = &intent.Timeout{Request: &d, From: intent.From(t.Ref())}
	}
	rule.Retry = vs.retries(n.Get("retries"))
}

// merge joins a delegate's rule with the one that delegates. Requests that the
// latter does not take never reach the former.
func (vs *virtualService) merge(root, leaf scopedRule, at *source.Node) (scopedRule, bool) {
	leaf.matches = joinedMatches(root.matches, leaf.matches)
	if len(leaf.matches) == 0 {
		at.Inert("the rule that delegates takes none of these requests")
		vs.add(diag.Inert, "a delegated rule takes none of the requests that reach it", "widen the rule that delegates", at.Ref())
		return leaf, false
	}
	rule, from := &leaf.rule, root.rule
	rule.When = condition(leaf.matches)
	if from.Name != "" && rule.Name != "" {
		rule.Name = from.Name + "-" + rule.Name
	}
	rule.Steps = mergeSteps(from.Steps, rule.Steps)
	*rule = modelOrder(*rule)
	if rule.Timeout == nil {
		rule.Timeout = from.Timeout
	}
	if rule.Retry == nil {
		rule.Retry = from.Retry
	}
	rule.From = append(rule.From, from.From...)
	return leaf, true
}

// joinedMatches are the matches of both rules together; gateways of the delegate's
// are among those of the other.
func joinedMatches(root, leaf []scopedMatch) []scopedMatch {
	var out []scopedMatch
	for _, r := range root {
		for _, l := range leaf {
			m := scopedMatch{match.Conj(match.Simplify(r.when), match.Simplify(l.when)), l.gateways, nil}
			if len(m.gateways) == 0 {
				m.gateways = r.gateways
			}
			if _, answer := match.Overlap(m.when, match.True); answer != match.No {
				out = append(out, m)
			}
		}
	}
	return out
}
