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
// rule's.
func (vs *virtualService) delegated(n, d *source.Node, root intent.Rule, gateways []string) []scopedRule {
	name := intent.Name{Namespace: d.Get("namespace").Str(), Name: d.Get("name").Str()}
	if name.Namespace == "" {
		name.Namespace = vs.object.Namespace
	}
	o := vs.delegates[name]
	if o == nil {
		vs.add(diag.UnknownReference, "the delegate "+name.String()+" is not in the input", "add the VirtualService", d.Ref())
		root.Then = intent.Respond{Status: 404}
		return []scopedRule{{root, gateways}}
	}
	vs.used[name] = true
	child := &virtualService{reader: vs.reader, object: o, home: vs.reader.home(o), client: vs.client}
	own := root
	own.Then = nil
	vs.fillShared(&own, n)
	var out []scopedRule
	for _, h := range o.Root.Get("spec").Get("http").Items() {
		for _, s := range child.httpRoute(h) {
			if merged, ok := vs.merge(own, s.rule, h); ok {
				out = append(out, scopedRule{merged, gateways})
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
func (vs *virtualService) merge(root, leaf intent.Rule, at *source.Node) (intent.Rule, bool) {
	when := match.Conj(match.Simplify(root.When), match.Simplify(leaf.When))
	if _, answer := match.Overlap(when, match.True); answer == match.No {
		at.Inert("the rule that delegates takes none of these requests")
		vs.add(diag.Inert, "a delegated rule takes none of the requests that reach it", "widen the rule that delegates", at.Ref())
		return leaf, false
	}
	leaf.When = when
	if root.Name != "" && leaf.Name != "" {
		leaf.Name = root.Name + "-" + leaf.Name
	}
	leaf.Steps = mergeSteps(root.Steps, leaf.Steps)
	if leaf.Timeout == nil {
		leaf.Timeout = root.Timeout
	}
	if leaf.Retry == nil {
		leaf.Retry = root.Retry
	}
	leaf.From = append(leaf.From, root.From...)
	return leaf, true
}
