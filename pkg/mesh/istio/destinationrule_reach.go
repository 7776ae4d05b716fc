package istio

import (
	"maps"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// reach says for whom rules count of which others of their namespace are for the same host,
// and for some of the same callers: the last of those that a caller sees.
func (r *reader) reach() {
	for _, d := range r.rules {
		ns := d.object.Namespace
		name := r.patternOf(d.host)
		own, exported := r.groups[ruleIndex{ns, false}][name], r.groups[ruleIndex{ns, true}][name]
		if len(d.chosen) > 0 || len(own) < 2 && len(exported) < 2 {
			continue
		}
		r.unknownReach(d, slices.Concat(own, exported))
		var names []match.Expr
		everyone := false
		for _, by := range callersOf(ns, exported) {
			groups := own
			if by != ns || own == nil {
				groups = slices.DeleteFunc(slices.Clone(exported), func(g *ruleGroup) bool { return !g.seenFrom(by) })
			}
			g := counts(groups, nil)
			switch {
			case g == nil || !slices.ContainsFunc(g.rules, d.same):
			case by == "":
				everyone = true
			default:
				names = append(names, match.Atom{Field: match.ClientNamespace, Value: by, Ref: new(d.object.Ref())})
			}
		}
		if d.rank > 0 && everyone {
			d.client = nil
		} else {
			d.client = match.Disj(names...)
		}
	}
}

// same reports whether two are of one object, of which there may be several for the places of
// the lookup.
func (d *destinationRule) same(o *destinationRule) bool { return d.object == o.object }

// hiding keeps what a rule does that is exported to some callers only: it hides those of
// its namespace for more hosts from all others, which no fact says.
func (r *reader) hiding() {
	for _, d := range r.rules {
		index := r.groups[ruleIndex{d.object.Namespace, true}]
		name := r.patternOf(d.host)
		if len(index) < 2 || slices.ContainsFunc(index[name], func(g *ruleGroup) bool { return g.seenFrom("") }) || index[name] == nil {
			continue
		}
		for _, pattern := range slices.Sorted(maps.Keys(index)) {
			if pattern != name && pattern[0] == '*' && strings.HasSuffix(name, pattern[1:]) && slices.ContainsFunc(index[pattern], func(g *ruleGroup) bool { return g.seenFrom("") }) {
				r.field(d.object, d.home, d.object.Root.Get("spec").Get("exportTo"), "it hides rules for "+pattern+" from callers to whom it is not exported")
				break
			}
		}
	}
}

// callersOf are the namespaces whose callers see other groups than others do, and "" for
// the others.
func callersOf(ns string, groups []*ruleGroup) []string {
	out := []string{ns, ""}
	for _, g := range groups {
		for _, e := range g.export {
			if e != "." && e != "*" {
				out = append(out, e)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unusedRule reads the policies of a rule that counts for nobody, to no end but to find wrong
// values.
func (r *reader) unusedRule(d *destinationRule, policy *source.Node) {
	ups, transports, opaque, said := len(r.m.Upstream), len(r.m.Transport), len(r.m.Opaque), len(r.diags)
	r.subsetPolicies(d, policy)
	r.policy(d, policy)
	r.m.Upstream, r.m.Transport, r.m.Opaque, r.diags = r.m.Upstream[:ups], r.m.Transport[:transports], r.m.Opaque[:opaque], r.diags[:said]
	d.object.Root.Get("metadata").Get("creationTimestamp").Skip("tells which object is older")
	d.object.Root.Get("spec").Inert("no caller makes use of it")
	r.add(diag.Inert, d.object.Ref().Object+" has no effect: no caller makes use of it for "+d.host.String(), "export it to its callers, or join it with the other DestinationRules of the host", d.object.Ref())
}

// unknownReach tells where the age of rules decides which one counts, and is not known.
func (r *reader) unknownReach(d *destinationRule, groups []*ruleGroup) {
	for _, g := range groups {
		for _, o := range g.rules {
			if !d.same(o) && !slices.ContainsFunc(g.rules, d.same) && len(o.chosen) == 0 && (o.age == "" || d.age == "") {
				r.diags.Tell(diag.OrderUnknown, "which of two DestinationRules for "+d.host.String()+" counts depends on their age",
					"the last by name is taken, as Istio does with objects of one age", "join them", d.object.Ref(), o.object.Ref())
			}
		}
	}
}

// wide parts rules of wildcards which stand for more than the Services of their namespace:
// for callers of that namespace they are for all, and for others they are for its Services
// alone. Other rules of the namespace then stand before them.
// pilot/pkg/model/push_context.go destinationRule
func (r *reader) wide() {
	root := r.in.Env.Istio.RootNamespace
	var more []*destinationRule
	for _, d := range r.rules {
		ns := d.object.Namespace
		all := "*." + ns + ".svc." + r.in.Env.ClusterDomain
		pattern := r.patternOf(d.host)
		switch services := strings.HasSuffix(pattern, ".svc."+r.in.Env.ClusterDomain); {
		case ns == root, len(d.chosen) > 0, pattern[0] != '*', pattern == all, strings.HasSuffix(pattern, all[1:]):
			continue
		case strings.HasSuffix(all, pattern[1:]):
			if !d.private(r.in.Env) && r.groups[ruleIndex{ns, true}][all] == nil {
				own := *d
				own.host = r.in.Env.Host(all)
				more = append(more, &own)
				r.keepHeld(d.object, d.home, severalFacts)
			}
			for _, o := range r.rules {
				if o.rank == 1 && o.object.Namespace == ns && o != d && strings.HasSuffix(r.patternOf(o.host), pattern[1:]) && o.forOwn() {
					before := *o
					before.rank, before.client = 0, own(ns, o)
					more = append(more, &before)
					r.keepHeld(o.object, o.home, severalFacts)
				}
			}
		case !services:
			continue
		}
		d.rank, d.client = 0, own(ns, d)
	}
	r.rules = append(r.rules, more...)
}

// severalFacts is why a rule is kept as it is that counts at several places of the lookup.
const severalFacts = "which callers it is for depends on the other rules of its namespace"

// own is the condition on callers of a rule's own namespace, as far as they see it.
func own(ns string, d *destinationRule) match.Expr {
	if !d.forOwn() {
		return match.False
	}
	return match.Atom{Field: match.ClientNamespace, Value: ns, Ref: new(d.object.Ref())}
}
