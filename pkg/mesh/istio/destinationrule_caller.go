package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// counts is the group that counts for a caller with labels, of those that it finds.
func counts(groups []*ruleGroup, labels []label) *ruleGroup {
	var last *ruleGroup
	for _, g := range groups {
		if len(g.chosen) == 0 {
			last = g
		} else if !slices.ContainsFunc(g.chosen, func(p label) bool { return !slices.Contains(labels, p) }) {
			return g
		}
	}
	return last
}

// caller is a client of a namespace, "" for one without rules, with some labels.
type caller struct {
	namespace string
	labels    []label
}

// client is the condition on clients that are such.
func (c caller) client() match.Expr {
	and := []match.Expr{match.Atom{Field: match.ClientNamespace, Value: c.namespace}}
	for _, p := range c.labels {
		and = append(and, match.Atom{Field: match.ClientLabel, Key: p.key, Value: p.value})
	}
	return match.Conj(and...)
}

// definedFor reports whether some rule for a host defines a subset.
func (r *reader) definedFor(h intent.Host, subset string) bool {
	return slices.ContainsFunc(r.rulesFor(h), func(i int) bool {
		d := r.rules[i]
		_, defines := d.subsets[subset]
		return defines && (d.host == h || several(d.host) && coversHost(r.patternOf(d.host), r.in.Env.DNS(h)))
	})
}

// subset finds the labels of a subset as callers see it, and where it is defined.
func (r *reader) subset(h intent.Host, name string, by caller) (match.Expr, intent.Origin, bool) {
	g := counts(r.appliedGroups(h, by.namespace), by.labels)
	if g == nil {
		return nil, nil, false
	}
	for _, d := range g.rules {
		if labels, ok := d.subsets[name]; ok {
			return labels, intent.From(d.defined[name].Ref(), d.object.Root.Get("spec").Get("host").Ref()), true
		}
	}
	return nil, nil, false
}
