package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// hostRank orders hosts by how specific they are: names, long wildcards, short
// ones, and last the zero host, which is every host.
func hostRank(h intent.Host) int {
	switch {
	case h == intent.Host{}:
		return 0
	case strings.HasPrefix(h.DNS, "*"):
		return len(h.DNS)
	}
	return 1000
}

// subset finds the labels of a subset as callers of a namespace see it, and where
// it is defined.
func (r *reader) subset(h intent.Host, name, namespace string) (match.Expr, intent.Origin, bool) {
	for _, d := range r.applied(h, namespace) {
		if labels, ok := d.subsets[name]; ok {
			return labels, intent.From(d.defined[name].Ref(), d.object.Root.Get("spec").Get("host").Ref()), true
		}
	}
	return nil, nil, false
}

// applied are the rules that callers of a namespace use for a host: the most
// specific ones of their own namespace, or else of the Service's, or else of the
// root's. Rules of one namespace for one host count together; one step does not
// inherit from the next. pilot/pkg/model/push_context.go destinationRule
func (r *reader) applied(h intent.Host, namespace string) []*destinationRule {
	root := r.in.Env.Istio.RootNamespace
	for _, in := range []func(string) bool{
		func(ns string) bool { return ns == namespace && ns != root },
		func(ns string) bool { return ns == h.Service.Namespace || h.Service.IsZero() && ns != root },
		func(ns string) bool { return ns == root },
	} {
		if found := r.mostSpecific(h, namespace, in); len(found) > 0 {
			return found
		}
	}
	return nil
}

// mostSpecific are the rules for a host in some namespaces, as far as the callers
// see them and are not only some of their namespace.
func (r *reader) mostSpecific(h intent.Host, caller string, in func(string) bool) []*destinationRule {
	who, name := new(match.Request).Set(match.ClientNamespace, "", caller), r.in.Env.DNS(h)
	var out []*destinationRule
	for _, i := range r.rulesFor(h) {
		d := r.rules[i]
		covers := d.host == h || several(d.host) && coversHost(patternOfHost(d.host), name)
		if covers && in(d.object.Namespace) && match.Eval(d.client, who) {
			out = append(out, d)
		}
	}
	best := 0
	for _, d := range out {
		best = max(best, hostRank(d.host))
	}
	return slices.DeleteFunc(out, func(d *destinationRule) bool { return hostRank(d.host) < best })
}

// several reports whether a host stands for more than one.
func several(h intent.Host) bool { return hostRank(h) < 1000 }

// indexRules files rules by their hosts.
func (r *reader) indexRules() {
	r.rulesOf, r.wideRules = map[intent.Host][]int{}, nil
	for i, d := range r.rules {
		if several(d.host) {
			r.wideRules = append(r.wideRules, i)
		} else {
			r.rulesOf[d.host] = append(r.rulesOf[d.host], i)
		}
	}
}

// rulesFor are the places of rules that may be about a host, in their order.
func (r *reader) rulesFor(h intent.Host) []int {
	of := r.rulesOf[h]
	if several(h) {
		return r.wideRules
	}
	if len(r.wideRules) == 0 {
		return of
	}
	both := slices.Concat(of, r.wideRules)
	slices.Sort(both)
	return both
}

func patternOfHost(h intent.Host) string {
	if h == (intent.Host{}) {
		return "*"
	}
	return h.DNS
}
