package gatewayapi

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// ReadSelector reads a label selector of Kubernetes as conditions on field
// Label; one without entries selects all.
func ReadSelector(n *source.Node) match.Expr {
	var all match.And
	for _, e := range n.Get("matchLabels").Entries() {
		checkKey(e.Value, e.Key)
		checkValue(e.Value)
		all = append(all, labelIs(e.Key, e.Value.Str(), e.Value))
	}
	for _, item := range n.Get("matchExpressions").Items() {
		all = append(all, readRequirement(item))
	}
	n.Kind()
	return match.Simplify(all)
}

func labelIs(key, value string, n *source.Node) match.Atom {
	return match.Atom{Field: match.Label, Key: key, Op: match.Exact, Value: value, Ref: new(n.Ref())}
}

// labels look as Kubernetes says; no object has others.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
var (
	labelKey   = regexp.MustCompile(`^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
	labelValue = regexp.MustCompile(`^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$`)
)

// checkKey rejects what no label can be called.
func checkKey(n *source.Node, key string) {
	if !labelKey.MatchString(key) {
		n.Reject("asks for a label of a name that no label can have")
	}
}

// checkValue rejects what no label can be.
func checkValue(n *source.Node) {
	if n.Kind() == source.Scalar && !labelValue.MatchString(n.Str()) {
		n.Reject("is not a value that a label can have")
	}
}

// readRequirement reads one entry of matchExpressions. NotIn holds for objects
// without the label, as Kubernetes has it.
func readRequirement(n *source.Node) match.Expr {
	key := n.Get("key").Str()
	var values match.Or
	checkKey(n, key)
	for _, v := range n.Get("values").Items() {
		checkValue(v)
		values = append(values, labelIs(key, v.Str(), v))
	}
	present := match.Atom{Field: match.Label, Key: key, Op: match.Present, Ref: new(n.Ref())}
	op := enum(n.Get("operator"), "In", "NotIn", "Exists", "DoesNotExist")
	if (op == "In" || op == "NotIn") != (len(values) > 0) {
		n.Reject("has values that do not fit its operator")
	}
	switch op {
	case "In":
		return values
	case "NotIn":
		return match.Not{X: values}
	case "Exists":
		return present
	case "DoesNotExist":
		return match.Not{X: present}
	}
	return match.False
}

// WriteSelector prints what ReadSelector reads: a conjunction of conditions on
// labels, each with its alternatives or negated. Others cannot be written, and
// legal offers none.
func WriteSelector(e match.Expr) *manifest.Node {
	labels, list := manifest.Map(), manifest.List()
	for _, member := range members(match.Simplify(e)) {
		if a, ok := member.(match.Atom); ok && a.Op == match.Exact && labels.Get(a.Key) == nil {
			labels.Set(a.Key, manifest.Str(a.Value).Because(a.Place()))
			continue
		}
		list.Append(writeRequirement(member))
	}
	sortKeys(labels)
	n := manifest.Map()
	if len(labels.Kids) > 0 {
		n.Set("matchLabels", labels)
	}
	if len(list.Kids) > 0 {
		n.Set("matchExpressions", list)
	}
	return n
}

func members(e match.Expr) []match.Expr {
	if and, ok := e.(match.And); ok {
		return and
	}
	return []match.Expr{e}
}

func writeRequirement(e match.Expr) *manifest.Node {
	not, negated := e.(match.Not)
	if negated {
		e = not.X
	}
	var atoms []match.Atom
	match.Atoms(e, func(a match.Atom, _ bool) { atoms = append(atoms, a) })
	slices.SortFunc(atoms, func(a, b match.Atom) int { return cmp.Compare(a.Value, b.Value) })
	n := manifest.Map()
	if len(atoms) == 0 {
		return n
	}
	n.Set("key", manifest.Str(atoms[0].Key))
	if atoms[0].Op == match.Present {
		return n.Set("operator", manifest.Str(map[bool]string{false: "Exists", true: "DoesNotExist"}[negated]))
	}
	n.Set("operator", manifest.Str(map[bool]string{false: "In", true: "NotIn"}[negated]))
	values := manifest.List()
	for _, a := range atoms {
		values.Append(manifest.Str(a.Value).Because(a.Place()))
	}
	return n.Set("values", values)
}

func sortKeys(m *manifest.Node) {
	slices.SortFunc(m.Kids, func(a, b manifest.Kid) int { return strings.Compare(a.Key, b.Key) })
}
