package consul

import (
	"slices"
	"strings"

	"github.com/hashicorp/go-bexpr"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// subsetFilter is which instances of a service are meant; nil is all.
type subsetFilter = match.Expr

// The label keys of what no label of a pod says.
const (
	labelTag    = annotationTags
	labelFilter = "consul.hashicorp.com/filter"
)

// readFilter reads a filter expression. Instances differ by what annotations of
// pods say of them; the model knows pods by their labels. Where the input shows
// the annotated workloads, the label that tells them apart stands for the
// annotation; otherwise the label of the same key and value, as is usual.
// https://developer.hashicorp.com/consul/api-docs/features/filtering
func (r *reader) readFilter(s service, n value) subsetFilter {
	text := n.text()
	if text == "" {
		return match.True
	}
	e, err := parseFilter(text)
	if err != nil {
		n.Node.Reject("is no filter expression: " + err.Error())
		return match.True
	}
	if all, ok := r.filterLabels(s, n, e); ok {
		return match.Conj(all...)
	}
	r.diags.Tell(diag.NotTranslated, n.Node.Ref().Object+": the filter "+text+" is understood by Consul only",
		"it is carried as the label "+labelFilter+", which no pod has", "select by Service.Meta", n.Node.Ref())
	return match.Atom{Field: match.Label, Key: labelFilter, Value: text, Ref: new(n.Node.Ref())}
}

// filterLabels are the labels that stand for a filter, if some do: one of metadata and tags
// that all hold.
func (r *reader) filterLabels(s service, n value, e bexpr.Expression) (all []match.Expr, ok bool) {
	if !ofLabels(e) {
		return nil, false
	}
	switch e := e.(type) {
	case *bexpr.BinaryExpression:
		for _, part := range []bexpr.Expression{e.Left, e.Right} {
			more, _ := r.filterLabels(s, n, part)
			all = append(all, more...)
		}
	case *bexpr.MatchExpression:
		if e.Operator == bexpr.MatchEqual {
			return []match.Expr{r.metaLabel(s, n, e.Selector[2], e.Value.Raw)}, true
		}
		all = append(all, r.tagLabel(s, n, e.Value.Raw))
	}
	return all, true
}

// ofLabels reports whether labels stand for a filter.
func ofLabels(e bexpr.Expression) bool {
	switch e := e.(type) {
	case *bexpr.BinaryExpression:
		return e.Operator == bexpr.BinaryOpAnd && ofLabels(e.Left) && ofLabels(e.Right)
	case *bexpr.MatchExpression:
		if e.Value == nil || e.Value.Raw == "" {
			return false
		}
		path := strings.Join(e.Selector, "/")
		return e.Operator == bexpr.MatchIn && path == "Service/Tags" ||
			e.Operator == bexpr.MatchEqual && len(e.Selector) == 3 && strings.HasPrefix(path, "Service/Meta/")
	}
	return false
}

// metaLabel is the label that stands for a service's metadata.
func (r *reader) metaLabel(s service, n value, key, want string) match.Expr {
	has := func(w *intent.Workload) bool {
		v, ok := intent.Lookup(w.Annotations, annotationMeta+key)
		return ok && v == want
	}
	if l, ok := r.distinguishing(s, key, want, has); ok {
		return match.Atom{Field: match.Label, Key: l.Key, Value: l.Value, Ref: new(n.Node.Ref())}
	}
	if !slices.ContainsFunc(r.registered[s], func(m *intent.Machine) bool {
		v, ok := intent.Lookup(m.Labels, key)
		return ok && v == want
	}) {
		r.assumeLabel(s, n, "Service.Meta."+key, key, want)
	}
	return match.Atom{Field: match.Label, Key: key, Value: want, Ref: new(n.Node.Ref())}
}

// tagLabel is the label that stands for a tag of a service.
func (r *reader) tagLabel(s service, n value, tag string) match.Expr {
	has := func(w *intent.Workload) bool {
		v, _ := intent.Lookup(w.Annotations, annotationTags)
		return slices.Contains(strings.Split(v, ","), tag)
	}
	if l, ok := r.distinguishing(s, "version", tag, has); ok {
		return match.Atom{Field: match.Label, Key: l.Key, Value: l.Value, Ref: new(n.Node.Ref())}
	}
	r.assumeLabel(s, n, "tag "+tag, labelTag, tag)
	return match.Atom{Field: match.Label, Key: labelTag, Value: tag, Ref: new(n.Node.Ref())}
}

func (r *reader) assumeLabel(s service, n value, what, key, want string) {
	r.diags.Tell(diag.UnknownReference, n.Node.Ref().Object+": the input shows no workload of "+s.String()+" with "+what+" of "+want,
		"the label "+key+"="+want+" is taken to choose the same pods", "add the workloads with their annotations to the input", n.Node.Ref())
}

// distinguishing is the label that all workloads of a service for which has holds
// have, and no others of it: the one of a preferred key and value before others.
func (r *reader) distinguishing(s service, key, want string, has func(*intent.Workload) bool) (intent.Pair, bool) {
	var with, without []*intent.Workload
	for _, svc := range r.names.find(s) {
		for _, w := range r.names.workloads(svc) {
			if has(w) {
				with = append(with, w)
			} else {
				without = append(without, w)
			}
		}
	}
	if len(with) == 0 {
		return intent.Pair{}, false
	}
	candidates := append([]intent.Pair{{Key: key, Value: want}}, with[0].Labels...)
	for _, l := range candidates {
		carries := func(w *intent.Workload) bool { v, ok := intent.Lookup(w.Labels, l.Key); return ok && v == l.Value }
		lacks := func(w *intent.Workload) bool { return !carries(w) }
		if !slices.ContainsFunc(with, lacks) && !slices.ContainsFunc(without, carries) {
			return intent.Pair{Key: l.Key, Value: l.Value}, true
		}
	}
	return intent.Pair{}, false
}
