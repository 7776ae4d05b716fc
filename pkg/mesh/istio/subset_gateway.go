package istio

import (
	"maps"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// atGateway is a table as the proxies of a gateway see it: they look for subsets as callers
// of their own namespace do, wherever the Gateway and the VirtualService are. Where the input
// does not tell that namespace they are taken for callers without rules of their own.
// pilot/pkg/model/sidecar.go DefaultSidecarScopeForGateway
func (r *reader) atGateway(t *intent.Routing, entry intent.Name) *intent.Routing {
	apart := r.apart(t)
	if len(apart) == 0 {
		return t
	}
	by := r.runners(entry)
	if len(by) == 0 {
		by = append([]caller{{}}, apart...)
	}
	first := r.foundAt(t, by[0])
	if slices.ContainsFunc(by[1:], func(other caller) bool { return !sameFound(first, r.foundAt(t, other)) }) {
		r.unknownRunner(t, entry)
		return r.foundBy(t, caller{})
	}
	return r.foundBy(t, by[0])
}

// foundAt is foundBy without a word on what is not found.
func (r *reader) foundAt(t *intent.Routing, by caller) *intent.Routing {
	said := len(r.diags)
	out := r.foundBy(t, by)
	r.diags = r.diags[:said]
	return out
}

func (r *reader) unknownRunner(t *intent.Routing, entry intent.Name) {
	r.diags.Tell(diag.UnknownSubset, "which subsets the gateway "+entry.String()+" finds for "+t.Host.String()+" depends on the namespace that its pods run in",
		"the input does not tell it, or tells several; the gateway is taken to find what callers without DestinationRules of their own do",
		"add the Deployment of the gateway to the input, or move the DestinationRule to the namespace of the Service", t.From...)
}

// runners are the proxies of a gateway that the input shows: the workloads that it selects,
// or else those that Services select which select no fewer labels.
func (r *reader) runners(entry intent.Name) []caller {
	e := entryNamed(r.m, entry)
	if e == nil || len(e.Selector) == 0 {
		return nil
	}
	found := map[string][]label{}
	for _, w := range r.in.Inventory.Workloads {
		if selects(e.Selector, w.Labels) {
			found[w.Name.Namespace] = labelsOf(w.Labels)
		}
	}
	if len(found) == 0 {
		for _, s := range r.in.Inventory.Services {
			if selects(e.Selector, s.Selector) {
				found[s.Name.Namespace] = labelsOf(s.Selector)
			}
		}
	}
	var out []caller
	for _, ns := range slices.Sorted(maps.Keys(found)) {
		out = append(out, caller{ns, found[ns]})
	}
	return out
}

// selects reports whether labels have all of some.
func selects(some, labels []intent.Pair) bool {
	return !slices.ContainsFunc(some, func(p intent.Pair) bool {
		v, has := intent.Lookup(labels, p.Key)
		return !has || v != p.Value
	})
}

func labelsOf(pairs []intent.Pair) []label {
	var out []label
	for _, p := range pairs {
		out = append(out, label{p.Key, p.Value})
	}
	return out
}
