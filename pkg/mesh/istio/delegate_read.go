package istio

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// layer is a rule or a match with that of the rule which delegates to it: what it does
// not say itself is the other's.
type layer struct {
	n *source.Node
	// home is the namespace of the object that n stands in.
	home string
	// under is the other's; nil is none.
	under *layer
}

// get is the value of a key; nil is that neither says it.
func (l layer) get(key string) *source.Node {
	n, _ := l.find(key)
	return n
}

// find is the value of a key and the namespace of the object that says it.
func (l layer) find(key string) (n *source.Node, home string) {
	if n := l.n.Get(key); n != nil || l.under == nil {
		return n, l.home
	}
	return l.under.find(key)
}

// entries are those of a mapping: of the other's, those with other keys.
func (l layer) entries(key string) []source.Entry {
	own := l.n.Get(key).Entries()
	if l.under != nil {
		for _, e := range l.under.entries(key) {
			if !slices.ContainsFunc(own, func(o source.Entry) bool { return o.Key == e.Key }) {
				own = append(slices.Clip(own), e)
			}
		}
	}
	return sorted(own)
}

// delegatedKeys are what a rule may say for those of its delegate that say it not.
var delegatedKeys = []string{"rewrite", "directResponse", "timeout", "retries", "fault", "mirror", "mirrorPercent", "mirrorPercentage", "corsPolicy", "mirrors", "headers"}

// delegated lifts the rules of a delegate in place of the rule that names it. A
// delegate has none itself.
// istio pilot/pkg/model/virtualservice.go MergeHTTPRoutes
func (vs *virtualService) delegated(n, d *source.Node, root intent.Rule) []scopedRule {
	name := vs.delegateName(d)
	if route := n.Get("route"); route != nil {
		route.Reject("stands beside delegate")
	}
	above := layer{n: n, home: vs.object.Namespace}
	o := vs.delegates[name]
	if why := vs.notMerged(o, name); why != "" {
		vs.fill(&root, above) // for wrong values
		vs.httpMatches(n.Get("match"))
		n.Inert(why)
		vs.add(diag.Inert, "a rule that delegates has no effect: "+why, "export the VirtualService to namespace "+vs.object.Namespace+", or remove the rule", d.Ref())
		return nil
	}
	if o == nil {
		vs.add(diag.UnknownReference, "the delegate "+name.String()+" is not in the input", "add the VirtualService", d.Ref())
		matches := vs.httpMatches(n.Get("match"))
		root.When, root.Then = condition(matches), intent.Respond{Status: 404}
		vs.fill(&root, above)
		return []scopedRule{{root, matches}}
	}
	vs.used[name] = true
	child := &virtualService{reader: vs.reader, object: o, home: vs.reader.home(o), client: vs.client}
	var out []scopedRule
	var taken []*source.Node
	for _, h := range o.Root.Get("spec").Get("http").Items() {
		if h.Get("delegate") != nil {
			continue // rejected with the delegate
		}
		if merged := child.merge(layer{n: h, home: o.Namespace, under: &above}, root); merged != nil {
			out, taken = append(out, merged...), append(taken, h)
		}
	}
	vs.said(n, taken)
	return out
}

// delegateName is what a rule names as its delegate, and delegateOf the object; nil is none.
func (vs *virtualService) delegateName(d *source.Node) intent.Name {
	return intent.Name{Namespace: cmp.Or(d.Get("namespace").Str(), vs.object.Namespace), Name: d.Get("name").Str()}
}

func (vs *virtualService) delegateOf(d *source.Node) *source.Object {
	return vs.delegates[vs.delegateName(d)]
}

// withheldDelegates withholds with VirtualServices the rules of their delegates that no
// other VirtualService has brought into a table.
func (r *reader) withheldDelegates(objs []*source.Object, withheld map[*source.Object]bool, used map[string]bool) {
	for _, o := range objs {
		if !withheld[o] {
			continue
		}
		vs := &virtualService{reader: r, object: o}
		for _, h := range o.Root.Get("spec").Get("http").Items() {
			d := vs.delegateOf(h.Get("delegate"))
			if d == nil {
				continue
			}
			for _, rule := range d.Root.Get("spec").Get("http").Items() {
				if ref := rule.Ref(); !used[ref.Object+ref.Path] {
					rule.Withhold(ageOfTwo)
				}
			}
		}
	}
}

// notMerged says why a rule that delegates is left out, or "". Of a delegate that is not in
// an input which does not show all it is not known.
// istio pilot/pkg/model/virtualservice_controller.go mergeVirtualServices
func (vs *virtualService) notMerged(o *source.Object, name intent.Name) string {
	if o == nil {
		if vs.in.Env.Complete.Services {
			return "the delegate " + name.String() + " is not in the input, which is declared complete"
		}
		return ""
	}
	export := o.Root.Get("spec").Get("exportTo")
	if !match.Eval(vs.exportTo(export, o.Namespace, vs.in.Env.Istio.VirtualServiceExport), new(match.Request).Set(match.ClientNamespace, "", vs.object.Namespace)) {
		return "the delegate " + name.String() + " is not exported to the namespace of the rule"
	}
	return ""
}

// merge reads a rule of a delegate together with the one that delegates.
func (vs *virtualService) merge(l layer, root intent.Rule) []scopedRule {
	matches, ok := vs.joinedMatches(l)
	if !ok {
		vs.httpRoute(l.n)
		l.n.Inert("the rule that delegates takes other requests")
		vs.add(diag.Inert, "a delegated rule has no effect: one of its matches is within none of the rule that delegates", "widen the rule that delegates", l.n.Ref())
		return nil
	}
	parts := partsByPath(l, matches)
	rule := intent.Rule{Name: l.n.Get("name").Str(), Comment: l.n.Comment(), When: condition(parts[0]), From: append(intent.From(l.n.Ref()), root.From...)}
	switch {
	case rule.Name == "":
		rule.Name = root.Name
	case root.Name != "":
		rule.Name = root.Name + "-" + rule.Name
	}
	vs.fill(&rule, l)
	rule.Then = vs.action(l, rule.When)
	if _, forwards := rule.Then.(intent.Forward); !forwards {
		rule.Steps = slices.DeleteFunc(rule.Steps, ofForwarding)
	}
	return inParts(parts, vs.ordered(rule, l.n.Get("route")))
}

// ofForwarding reports whether a step is done to what is sent on only: of the rule that
// delegates it has no effect where the delegate answers itself.
// istio pilot/pkg/networking/core/route/route.go translateRoute
func ofForwarding(s intent.Step) bool {
	switch s.(type) {
	case intent.Rewrite, intent.Mirror:
		return true
	}
	return false
}

// said sets aside what a rule says that delegates where all the delegate's rules say it
// themselves.
func (vs *virtualService) said(n *source.Node, rules []*source.Node) {
	for _, key := range delegatedKeys {
		own := n.Get(key)
		if own == nil || slices.ContainsFunc(rules, func(r *source.Node) bool { return r.Get(key) == nil }) {
			continue
		}
		own.MarkRead()
		own.Inert("the rules of the delegate say it themselves")
		vs.add(diag.Inert, key+" of a rule that delegates has no effect: the rules of the delegate say it themselves", "say it in one place", own.Ref())
	}
}

// joinedMatches are the matches of both rules together: each of the delegate's with
// those of the other that it is within. ok is false where one is within none: then the
// rule has no effect.
// istio pilot/pkg/model/virtualservice.go mergeHTTPMatchRequests
func (vs *virtualService) joinedMatches(l layer) (out []scopedMatch, ok bool) {
	above, own := l.under.n.Get("match").Items(), l.n.Get("match").Items()
	if len(above) == 0 || len(own) == 0 {
		return vs.httpMatches(l.get("match")), true
	}
	for _, m := range own {
		found := false
		for _, r := range above {
			if within(m, r) {
				found = true
				out = append(out, vs.httpMatch(layer{n: m, under: &layer{n: r}}))
			}
		}
		if !found {
			return nil, false
		}
	}
	return out, true
}
