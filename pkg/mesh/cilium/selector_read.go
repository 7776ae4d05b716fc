package cilium

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// The keys of labels with a meaning of their own, without their source.
const (
	labelNamespace  = "io.kubernetes.pod.namespace"
	labelAccount    = "io.cilium.k8s.policy.serviceaccount"
	labelCluster    = "io.cilium.k8s.policy.cluster"
	labelsNamespace = "io.cilium.k8s.namespace.labels."
	labelItself     = "kubernetes.io/metadata.name"
)

// selection is a selector in the making.
type selection struct {
	r    *reader
	side party
	all  match.And
	// own is the namespace of a policy whose subjects are selected; "" for peers
	// and for policies of the cluster.
	own           string
	subject, grow bool
	// Which keys the selector names: those that it does not are completed.
	namespaced, clustered, reserved bool
}

// selector reads a selector of peers, or of subjects: in the policy of a
// namespace it is about that namespace unless it names one, and otherwise about
// all pods. Peers are those of the local cluster unless it names another. grow
// says that it is rather about more than about less, where the input does not
// tell which namespaces are meant.
// cilium pkg/k8s/apis/cilium.io/utils/utils.go
func (r *reader) selector(n *source.Node, side party, ns string, subject, grow bool) match.Expr {
	s := &selection{r: r, side: side, subject: subject, grow: grow}
	if subject {
		s.own = ns
	}
	s.labels(n, s.require)
	return s.complete(ns, subject, n.Ref())
}

// labels reads the requirements of a selector.
func (s *selection) labels(n *source.Node, require func(key, op string, values []*source.Node, at *source.Node)) {
	n.Kind()
	for _, e := range n.Get("matchLabels").Entries() {
		require(e.Key, "In", []*source.Node{e.Value}, e.Value)
	}
	for _, item := range n.Get("matchExpressions").Items() {
		require(item.Get("key").Str(), item.Get("operator").Str(), item.Get("values").Items(), item)
	}
}

// complete adds what a selector does not say.
func (s *selection) complete(ns string, subject bool, at place.Ref) match.Expr {
	p := s.side
	switch {
	case subject && ns != "":
		// The policy's own namespace is forced, whatever the selector says.
		s.all = append(s.all, match.Atom{Field: p.namespace, Value: ns, Ref: new(at)})
	case subject && p.client:
		// Who is selected is an endpoint, whatever it has not.
		s.all = append(s.all, match.Atom{Field: p.namespace, Op: match.Present, Ref: new(at)})
	case s.reserved || s.namespaced:
	case ns != "":
		s.all = append(s.all, match.Atom{Field: p.namespace, Value: ns, Ref: new(at)})
	case !subject:
		s.all = append(s.all, match.Atom{Field: p.namespace, Op: match.Present, Ref: new(at)})
	}
	if !p.client && !subject && match.Eval(s.all, &match.Request{}) {
		// What is dialled by labels is a pod, whatever it has not.
		s.all = append(s.all, match.Atom{Field: p.namespace, Op: match.Present, Ref: new(at)})
	}
	if p.client && !subject && !s.clustered && !s.reserved {
		s.all = append(s.all, match.Atom{Field: p.trust, Value: s.r.in.Env.TrustDomain, Ref: new(at)})
	}
	return match.Simplify(s.all)
}

// labelKeyForm is that of the keys of labels.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
var labelKeyForm = regexp.MustCompile(`^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$`)

// require adds one requirement.
func (s *selection) require(key, op string, values []*source.Node, at *source.Node) {
	if (op == "In" || op == "NotIn") != (len(values) > 0) {
		at.Reject("has values that do not fit its operator")
		return
	}
	kind, label, sourced := strings.Cut(key, ":")
	switch {
	case !sourced:
		label = key
	case kind != "k8s" && kind != "any" && kind != "reserved":
		at.Reject("is about labels that are no pod's, which rules name by their addresses")
		return
	}
	if !labelKeyForm.MatchString(label) {
		at.Reject("is about a label that nothing can have, " + strconv.Quote(label))
		return
	}
	of := func(value string, ref place.Ref) match.Expr { return s.atom(label, value, ref) }
	present := match.Expr(match.Atom{Field: s.side.label, Key: label, Op: match.Present, Ref: new(at.Ref())})
	switch {
	case kind == "reserved" && sourced:
		s.reserved = true
		present = s.entity(label, at)
		of = func(string, place.Ref) match.Expr { return present }
	case label == labelNamespace && s.own != "":
		if op != "In" || len(values) != 1 || values[0].Str() != s.own {
			markAll(values)
			s.r.inert(at, "the namespace of whom a policy selects is the policy's own, "+s.own)
		}
		return
	case label == labelNamespace:
		s.namespaced = true
		present = match.Atom{Field: s.side.namespace, Op: match.Present, Ref: new(at.Ref())}
	case label == labelAccount:
		present = match.Atom{Field: s.side.account, Op: match.Present, Ref: new(at.Ref())}
	case label == labelCluster:
		s.clustered = true
		present = match.Atom{Field: s.side.namespace, Op: match.Present, Ref: new(at.Ref())}
	case strings.HasPrefix(label, labelsNamespace):
		s.namespaced = true
		s.byNamespaceLabel(strings.TrimPrefix(label, labelsNamespace), op, values, at)
		return
	}
	s.all = append(s.all, requirementExpr(op, values, of, present, at))
}

// entity is what is no pod: a client may be one, but no workload that a policy
// selects or that is dialled.
func (s *selection) entity(name string, at *source.Node) match.Expr {
	if s.side.client && !s.subject {
		return entityAtom(name, at.Ref())
	}
	s.r.note(diag.NotTranslated, "rules for what is no pod, such as "+intent.Entity+name+", are not translated", "keep them beside the other mesh", at.Ref())
	return match.False
}

// requirementExpr is one requirement as a predicate. NotIn holds without the
// label too.
func requirementExpr(op string, values []*source.Node, of func(string, place.Ref) match.Expr, present match.Expr, at *source.Node) match.Expr {
	var any match.Or
	for _, v := range values {
		any = append(any, of(v.Str(), v.Ref()))
	}
	switch op {
	case "In":
		return match.Simplify(any)
	case "NotIn":
		return match.Negate(match.Simplify(any))
	case "Exists":
		return present
	case "DoesNotExist":
		return match.Negate(present)
	}
	at.Reject("has an operator that is none of In, NotIn, Exists and DoesNotExist")
	return match.False
}

// atom is one label with a value.
func (s *selection) atom(label, value string, ref place.Ref) match.Expr {
	p := s.side
	switch label {
	case labelNamespace:
		return match.Atom{Field: p.namespace, Value: value, Ref: new(ref)}
	case labelAccount:
		return match.Atom{Field: p.account, Value: value, Ref: new(ref)}
	case labelCluster:
		switch {
		case !p.client:
			return match.True
		case value == s.r.in.Env.Cilium.Cluster:
			return match.Atom{Field: p.trust, Value: s.r.in.Env.TrustDomain, Ref: new(ref)}
		}
		return match.Atom{Field: match.ClientIdentity, Value: "cluster:" + value, Ref: new(ref)}
	}
	return match.Atom{Field: p.label, Key: label, Value: value, Ref: new(ref)}
}

// byNamespaceLabel selects namespaces by their labels: each has its name as one,
// others must be in the input.
func (s *selection) byNamespaceLabel(key, op string, values []*source.Node, at *source.Node) {
	if key == labelItself {
		of := func(value string, ref place.Ref) match.Expr {
			return match.Atom{Field: s.side.namespace, Value: value, Ref: new(ref)}
		}
		s.all = append(s.all, requirementExpr(op, values, of, match.Atom{Field: s.side.namespace, Op: match.Present, Ref: new(at.Ref())}, at))
		return
	}
	namespaces := s.r.in.Inventory.Namespaces
	if len(namespaces) == 0 {
		s.r.note(diag.NeedsInventory, "which namespaces have the label "+key+" is not in the input", "add the Namespace objects", at.Ref())
	}
	want := map[string]bool{}
	for _, v := range values {
		want[v.Str()] = true
	}
	is := func(n *intent.Namespace) match.Expr {
		return match.Atom{Field: s.side.namespace, Value: n.Name, Ref: new(at.Ref())}
	}
	var with, known match.Or
	for _, n := range namespaces {
		known = append(known, is(n))
		if v, there := intent.Lookup(n.Labels, key); selectsLabel(op, want, v, there) {
			with = append(with, is(n))
		}
	}
	if s.grow {
		with = append(with, match.Negate(match.Simplify(known)))
	}
	s.all = append(s.all, match.Simplify(with))
}

// selectsLabel reports whether a requirement holds for a label.
func selectsLabel(op string, want map[string]bool, value string, there bool) bool {
	switch op {
	case "In":
		return there && want[value]
	case "NotIn":
		return !there || !want[value]
	case "Exists":
		return there
	}
	return !there
}

func markAll(ns []*source.Node) {
	for _, n := range ns {
		n.MarkRead()
	}
}

// sortedKeys are the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
