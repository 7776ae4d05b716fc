package legal

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// subsets gives each subset that is routed to a Service of its own, for targets
// that know none: one of the input that selects just these pods, or a new one.
// Where the parent Service is not in the input, the table is refused with the
// Service to create.
func subsets(r *run) {
	if r.t.Caps.Says(RouteSubset, nil) == "" {
		return
	}
	s := subsetter{run: r, leaves: map[intent.Name]*intent.Service{}, parts: map[intent.Name][]intent.Name{}}
	r.tablesWhere(s.table)
	s.upstreams()
	for _, l := range s.leaves {
		l.From = merge(nil, l.From)
		r.m.Leaves = append(r.m.Leaves, l)
	}
	slices.SortFunc(r.m.Leaves, func(a, b *intent.Service) int { return a.Name.Compare(b.Name) })
	for i := range r.changes {
		for _, f := range []*intent.Model{r.changes[i].Before, r.changes[i].After} {
			if f != nil && r.changes[i].Pass == "subsets" {
				f.Leaves = r.m.Leaves
			}
		}
	}
}

type subsetter struct {
	*run
	leaves map[intent.Name]*intent.Service
	// parts are the Services that stand for subsets which are routed to, by the whole.
	parts map[intent.Name][]intent.Name
}

// table replaces the subsets of a table's backends; false refuses the table.
func (s *subsetter) table(t *intent.Routing) bool {
	before, touched, failed := s.tables(t.Clone()), intent.Origin(nil), ""
	EachBackend(t, func(b *intent.Backend) {
		if b.Subset == nil && b.SubsetName == "" || b.Missing || failed != "" {
			return
		}
		leaf, why := s.leaf(b.Host, b.Subset, b.SubsetName, b.From)
		if failed = why; why != "" {
			s.needs(t, b, why, before)
			return
		}
		touched = append(touched, b.From...)
		if whole := b.Host.Service; !slices.Contains(s.parts[whole], leaf) {
			s.parts[whole] = append(s.parts[whole], leaf)
		}
		b.Host, b.Subset, b.SubsetName = intent.Host{Service: leaf}, nil, ""
	})
	if len(touched) > 0 && failed == "" {
		s.record(Change{
			Pass: "subsets", Feature: RouteSubset, Code: diag.Prerequisite, Drift: intent.Same, Aspect: intent.Routed, Fate: FateRewritten, From: touched,
			Summary: "the subsets of " + t.Host.String() + " become Services of their own", Detail: "each selects the pods of its subset",
			Fix: "apply the Services before the routes", Before: before, After: s.tables(t.Clone()),
		})
	}
	return failed == ""
}

func (s *subsetter) needs(t *intent.Routing, b *intent.Backend, why string, before *intent.Model) {
	fix := "send to " + b.Host.String() + " without a subset, or to a Service of the cluster"
	if !b.Host.Service.IsZero() {
		fix = "create a Service " + leafName(b.Host.Service, b.SubsetName).String() + " that selects its pods" + withLabels(b.Subset)
		if s.m.Inventory.Service(b.Host.Service) == nil {
			fix = "add the Service " + b.Host.String() + " to the input, or " + fix
		}
	}
	s.record(Change{
		Pass: "subsets", Feature: RouteSubset, Code: diag.NeedsInventory, Drift: intent.Other, Aspect: intent.Routed, Fate: FateDropped,
		From:    append(append(intent.Origin{}, b.From...), tableOrigin(t)...),
		Summary: "the routes of " + t.Host.String() + " are not written: " + why, Detail: "the target has no subsets, only Services",
		Fix:    fix,
		Before: before, After: s.tables(),
	})
}

// withLabels says which labels a subset asks for; "" if it asks for something else.
func withLabels(subset match.Expr) string {
	labels, ok := exactLabels(subset)
	if !ok || len(labels) == 0 {
		return ""
	}
	text := make([]string, len(labels))
	for i, l := range labels {
		text[i] = l.Key + "=" + l.Value
	}
	return " with " + strings.Join(text, ",")
}

func leafName(parent intent.Name, subset string) intent.Name {
	return intent.Name{Namespace: parent.Namespace, Name: shorten(parent.Name+"-"+strings.ToLower(subset), 63)}
}

// leaf finds or makes the Service of a subset, for what stands at an origin; why is
// empty if it could.
func (s *subsetter) leaf(h intent.Host, subset match.Expr, name string, from intent.Origin) (leaf intent.Name, why string) {
	if h.Service.IsZero() {
		return leaf, "a subset of " + h.String() + ", which is no Service, cannot be addressed"
	}
	parent := s.m.Inventory.Service(h.Service)
	if parent == nil {
		return leaf, "the Service " + h.String() + noService + ", so none can be made for its subset " + name
	}
	if len(parent.Selector) == 0 {
		return leaf, "the Service " + h.String() + " selects no pods, so none can be made for its subset " + name
	}
	labels, ok := exactLabels(subset)
	if !ok {
		return leaf, "the subset " + name + " of " + h.String() + " is not a set of labels"
	}
	selector := mergePairs(parent.Selector, labels)
	for _, other := range s.m.Inventory.ServicesIn(h.Service.Namespace) {
		if samePairs(other.Selector, selector) && other != parent {
			return other.Name, ""
		}
	}
	leaf = leafName(h.Service, name)
	if taken := s.m.Inventory.Service(leaf); taken != nil {
		return leaf, "a Service " + leaf.String() + " exists and selects other pods"
	}
	old := s.leaves[leaf]
	if old == nil {
		old = &intent.Service{Name: leaf, Labels: parent.Labels, Selector: selector, Ports: parent.Ports}
		s.leaves[leaf] = old
	}
	if !samePairs(old.Selector, selector) {
		return leaf, "two subsets would be called " + leaf.String()
	}
	old.From = append(old.From, from...)
	return leaf, ""
}

func clonePart[T any](x *T) *T {
	c := *x
	return &c
}

// exactLabels reads a conjunction of label values.
func exactLabels(e match.Expr) ([]intent.Pair, bool) {
	alts, ok := match.DNF(e, 1)
	if !ok || len(alts) != 1 {
		return nil, false
	}
	var out []intent.Pair
	for _, l := range alts[0] {
		if l.Not || l.Atom.Field != match.Label || l.Atom.Op != match.Exact {
			return nil, false
		}
		out = append(out, intent.Pair{Key: l.Atom.Key, Value: l.Atom.Value})
	}
	return out, true
}

// mergePairs lays b over a, sorted by key.
func mergePairs(a, b []intent.Pair) []intent.Pair {
	var out []intent.Pair
	for _, p := range a {
		if _, over := intent.Lookup(b, p.Key); !over {
			out = append(out, intent.Pair{Key: p.Key, Value: p.Value})
		}
	}
	out = append(out, b...)
	slices.SortFunc(out, func(x, y intent.Pair) int { return strings.Compare(x.Key, y.Key) })
	return out
}

func samePairs(a, b []intent.Pair) bool {
	return slices.EqualFunc(a, b, func(x, y intent.Pair) bool { return x.Key == y.Key && x.Value == y.Value })
}

// EachBackend visits the backends of a table for change, those of mirrors and
// fallbacks too.
func EachBackend(t *intent.Routing, visit func(*intent.Backend)) {
	for i := range t.Rules {
		eachInSteps(t.Rules[i].Steps, visit)
		if f, ok := t.Rules[i].Then.(intent.Forward); ok {
			eachIn(f.To, visit)
		}
	}
	if f, ok := t.Else.(intent.Forward); ok {
		eachIn(f.To, visit)
	}
}

func eachIn(to []intent.Backend, visit func(*intent.Backend)) {
	for i := range to {
		visit(&to[i])
		eachInSteps(to[i].Steps, visit)
		eachIn(to[i].Fallback, visit)
	}
}

func eachInSteps(steps []intent.Step, visit func(*intent.Backend)) {
	for i, s := range steps {
		if m, ok := s.(intent.Mirror); ok {
			visit(&m.To)
			steps[i] = m
		}
	}
}

// shorten cuts a name to a length, with a hash of what it was, so that different
// names stay different.
func shorten(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return strings.TrimRight(name[:limit-9], "-.") + "-" + hex.EncodeToString(sum[:])[:8]
}
