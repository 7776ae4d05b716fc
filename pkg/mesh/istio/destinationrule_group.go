package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// ruleGroup is what Istio makes of DestinationRules of one namespace for one host that
// are exported alike: together they are one rule, whose policy is that of the first, and
// of whose subsets the first of a name counts. Of several such groups that a caller sees
// the last counts, or one that chooses the caller's workload.
// pilot/pkg/model/destination_rule.go mergeDestinationRule,
// pilot/pkg/model/sidecar.go SidecarScope.DestinationRule
type ruleGroup struct {
	export []string // as it is written, sorted
	chosen []label
	rules  []*destinationRule
}

// label is one by which a rule chooses workloads.
type label struct{ key, value string }

// ruleIndex is where rules are looked for: among those of a namespace for its own
// callers, or among those that it exports.
type ruleIndex struct {
	namespace string
	exported  bool
}

// private reports whether a rule is for callers of its own namespace alone.
func (d *destinationRule) private(env intent.Environment) bool {
	if len(d.export) == 0 {
		return slices.Contains(env.Istio.DestinationRuleExport, ".")
	}
	return len(d.export) == 1 && (d.export[0] == "." || d.export[0] == d.object.Namespace)
}

// forOwn reports whether callers of the rule's own namespace see it.
func (d *destinationRule) forOwn() bool {
	return len(d.export) == 0 || slices.ContainsFunc(d.export, func(e string) bool { return e == "*" || e == "." || e == d.object.Namespace })
}

// seenFrom reports whether a group that a namespace exports is so to callers of another.
func (g *ruleGroup) seenFrom(namespace string) bool {
	return len(g.export) == 0 || slices.Contains(g.export, "*") || namespace != "" && slices.Contains(g.export, namespace)
}

// exportOf is to whom a rule says that it is exported; rules for some workloads are
// for their own namespace.
func exportOf(spec *source.Node) []string {
	if spec.Get("workloadSelector") != nil {
		return []string{"."}
	}
	out := stringsOf(spec.Get("exportTo"))
	slices.Sort(out)
	return slices.Compact(out)
}

// groupRules files rules, oldest first, as Istio looks for them.
// pilot/pkg/model/push_context.go setDestinationRules
func (r *reader) groupRules(rules []*destinationRule) {
	r.groups = map[ruleIndex]map[string][]*ruleGroup{}
	file := func(at ruleIndex, d *destinationRule) {
		if r.groups[at] == nil {
			r.groups[at] = map[string][]*ruleGroup{}
		}
		name := r.patternOf(d.host)
		r.groups[at][name] = groupedWith(r.groups[at][name], d)
	}
	root := r.in.Env.Istio.RootNamespace
	for _, some := range []bool{true, false} {
		for _, d := range rules {
			ns, private := d.object.Namespace, d.private(r.in.Env)
			if len(d.chosen) > 0 != some {
				continue
			}
			if d.forOwn() && (ns != root || private) {
				file(ruleIndex{ns, false}, d)
			}
			if !private {
				file(ruleIndex{ns, true}, d)
			}
		}
	}
}

// groupedWith adds a rule to those for its host: to each group that is exported to the same,
// or to fewer, or as a group of its own.
func groupedWith(groups []*ruleGroup, d *destinationRule) []*ruleGroup {
	apart := true
	for _, g := range groups {
		same := slices.Equal(g.export, d.export)
		within := len(g.export) > 0 && !slices.ContainsFunc(g.export, func(e string) bool { return !slices.Contains(d.export, e) })
		alike := slices.Equal(g.chosen, d.chosen)
		apart = !same
		switch {
		case !same && !within:
		case !alike && len(g.chosen) > 0 && len(d.chosen) > 0:
			apart = true
		default:
			apart = apart && !alike
			g.rules = append(g.rules, d)
		}
	}
	if apart {
		groups = append(groups, &ruleGroup{export: d.export, chosen: d.chosen, rules: []*destinationRule{d}})
	}
	return groups
}

// patternOf is the host of a rule, which may be a wildcard.
func (r *reader) patternOf(h intent.Host) string {
	if h == (intent.Host{}) {
		return "*"
	}
	return r.in.Env.DNS(h)
}

// appliedGroups are those that callers of a namespace find for a host: of their own
// namespace, or else of the Service's, or else of the root's. In each the most specific
// host alone counts, whether or not its rules are exported to the caller.
// pilot/pkg/model/push_context.go destinationRule
func (r *reader) appliedGroups(h intent.Host, caller string) []*ruleGroup {
	if found := r.closest(ruleIndex{caller, false}, h); len(found) > 0 {
		return found
	}
	for _, ns := range append(r.owners(h), r.in.Env.Istio.RootNamespace) {
		seen := slices.DeleteFunc(slices.Clone(r.closest(ruleIndex{ns, true}, h)), func(g *ruleGroup) bool { return !g.seenFrom(caller) })
		if len(seen) > 0 {
			return seen
		}
	}
	return nil
}

// closest are the groups of the most specific host that covers one.
func (r *reader) closest(at ruleIndex, h intent.Host) []*ruleGroup {
	name, best := r.patternOf(h), ""
	hosts := r.groups[at]
	if of := hosts[name]; of != nil {
		return of
	}
	for pattern := range hosts {
		if strings.HasPrefix(pattern, "*") && strings.HasSuffix(name, pattern[1:]) && len(pattern) > len(best) {
			best = pattern
		}
	}
	return hosts[best]
}

// owners are the namespaces that a host is of: a Service's own, those of the
// ServiceEntries that name another, or all where the input shows none.
func (r *reader) owners(h intent.Host) []string {
	if !h.Service.IsZero() {
		return []string{h.Service.Namespace}
	}
	var out []string
	for _, e := range r.entries() {
		if e.Home != nil && slices.Contains(e.Hosts, h) {
			out = append(out, e.Home.Namespace)
		}
	}
	if len(out) == 0 {
		for at := range r.groups {
			if at.exported {
				out = append(out, at.namespace)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
