package istio

import (
	"maps"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// byCaller parts a table where its subsets are not the same for all who call: each
// proxy looks for them in rules of its own namespace, then of the Service's, then of
// the root's, wherever the VirtualService is. Who finds none is answered with an error.
// pilot/pkg/model/push_context.go destinationRule
func (r *reader) byCaller(t *intent.Routing) []*intent.Routing {
	apart := r.apart(t)
	if len(apart) == 0 {
		return []*intent.Routing{t}
	}
	others := r.others(t, apart)
	all := r.foundBy(t, others)
	var out []*intent.Routing
	for _, by := range apart {
		if !r.sees(by, t.Host) {
			continue
		}
		if _, meet := match.Overlap(orAnyone(t.Scope.Client), by.client()); meet == match.No {
			continue
		}
		own := r.foundBy(t, by)
		if sameFound(own, all) && len(by.labels) == 0 && !labelledIn(apart, by.namespace) {
			continue
		}
		own.Scope.Client = match.Conj(orAnyone(t.Scope.Client), by.client())
		out = append(out, own)
	}
	return append(out, all)
}

// labelledIn reports whether workloads of a namespace are told apart by labels.
func labelledIn(all []caller, namespace string) bool {
	return slices.ContainsFunc(all, func(c caller) bool { return c.namespace == namespace && len(c.labels) > 0 })
}

func orAnyone(client match.Expr) match.Expr {
	if client == nil {
		return match.True
	}
	return client
}

// apart lists the callers who may find other subsets than others do, or know other hosts,
// those of a namespace with most labels first; none where all rules are the Services' own,
// for everyone, and all hosts are known to all.
func (r *reader) apart(t *intent.Routing) []caller {
	names := map[string][]caller{}
	eachSubset(t, func(b *intent.Backend) {
		for _, i := range r.rulesFor(b.Host) {
			d := r.rules[i]
			if d.object.Namespace == b.Host.Service.Namespace && d.client == nil && !r.many(b.Host) {
				continue
			}
			names[d.object.Namespace] = withLabels(names[d.object.Namespace], d)
			match.Atoms(orAnyone(d.client), func(a match.Atom, _ bool) {
				if a.Field == match.ClientNamespace && a.Op == match.Exact && names[a.Value] == nil {
					names[a.Value] = []caller{{namespace: a.Value}}
				}
			})
		}
	})
	know := func(h intent.Host) {
		for _, ns := range r.knowing(h) {
			if names[ns] == nil {
				names[ns] = []caller{{namespace: ns}}
			}
		}
	}
	if eachSent(t, func(b *intent.Backend) { know(b.Host) }); len(names) > 0 {
		know(t.Host)
	}
	var out []caller
	for _, ns := range slices.Sorted(maps.Keys(names)) {
		slices.SortStableFunc(names[ns], func(a, b caller) int { return len(b.labels) - len(a.labels) })
		out = append(out, names[ns]...)
	}
	return out
}

// many reports whether a host has several rules, of which some are hidden by others.
func (r *reader) many(h intent.Host) bool { return len(r.rulesFor(h)) > 1 }

// withLabels adds those whom a rule chooses to the callers of its namespace, also together
// with each that others choose.
func withLabels(all []caller, d *destinationRule) []caller {
	ns := d.object.Namespace
	if all == nil {
		all = []caller{{namespace: ns}}
	}
	if len(d.chosen) == 0 {
		return all
	}
	for _, c := range slices.Clone(all) {
		both := slices.Clone(c.labels)
		for _, l := range d.chosen {
			if !slices.Contains(both, l) {
				both = append(both, l)
			}
		}
		if !slices.ContainsFunc(all, func(o caller) bool { return slices.Equal(o.labels, both) }) {
			all = append(all, caller{ns, both})
		}
	}
	return all
}

// eachSubset visits what a table sends to a subset.
func eachSubset(t *intent.Routing, visit func(*intent.Backend)) {
	eachSent(t, func(b *intent.Backend) {
		if b.SubsetName != "" {
			visit(b)
		}
	})
}

// foundBy is a table as callers see it.
func (r *reader) foundBy(t *intent.Routing, by caller) *intent.Routing {
	t = t.Clone()
	eachSubset(t, func(b *intent.Backend) {
		b.From = slices.DeleteFunc(slices.Clone(b.From), func(ref place.Ref) bool { return strings.HasPrefix(ref.Object, "DestinationRule ") })
		labels, from, found := r.subset(b.Host, b.SubsetName, by)
		_, missing := r.serviceKnown(b.Host)
		b.Subset, b.From = labels, append(b.From, from...)
		b.Missing = !found || missing || r.lacksPort(b.Host, b.Port)
		if !found {
			r.lackSubset(b, by.namespace)
		}
	})
	eachSent(t, func(b *intent.Backend) { b.Missing = b.Missing || !r.reaches(by, b.Host) })
	return t
}

// lackSubset says who finds no subset.
func (r *reader) lackSubset(b *intent.Backend, namespace string) {
	who := "callers of other namespaces than the rule's"
	if namespace != "" {
		who = "callers of namespace " + namespace
	}
	r.diags.Tell(diag.UnknownSubset, who+" find no subset "+b.SubsetName+" of "+b.Host.String(),
		"each proxy looks for DestinationRules in its own namespace, in the Service's and in the root namespace; Istio answers its requests to the subset with an error",
		"move the DestinationRule to the namespace of the Service", b.From...)
}

// sameFound reports whether two forms of a table send to the same pods.
func sameFound(a, b *intent.Routing) bool {
	var of [2][]intent.Backend
	for i, t := range []*intent.Routing{a, b} {
		eachSent(t, func(x *intent.Backend) { of[i] = append(of[i], *x) })
	}
	return slices.EqualFunc(of[0], of[1], func(x, y intent.Backend) bool { return x.Missing == y.Missing && match.Equal(x.Subset, y.Subset) })
}
