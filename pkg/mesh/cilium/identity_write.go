package cilium

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// The keys of an endpoint's labels that are not its pod's. A selector of peers
// without labelCluster means endpoints of the local cluster, which are those of
// the trust domain; one that asks for any value of it means all clusters.
// cilium Documentation/network/clustermesh/policy.rst, pkg/k8s/apis/cilium.io
const (
	keyNamespace = "k8s:io.kubernetes.pod.namespace"
	keyAccount   = "k8s:io.cilium.k8s.policy.serviceaccount"
	keyCluster   = "k8s:io.cilium.k8s.policy.cluster"
)

// party names the fields that tell endpoints of one side apart.
type party struct {
	namespace, account, label match.Field
	// trust and address are of clients only; of the others they are the fields
	// that no predicate tests.
	trust, address match.Field
	client         bool
}

// The sides of a rule: who calls, and who is called.
var (
	callers = party{match.ClientNamespace, match.ClientAccount, match.ClientLabel, match.ClientTrust, match.ClientIP, true}
	called  = party{namespace: match.Namespace, account: match.Account, label: match.Label, address: match.DestIP}
)

// cluster begins the identities of clients of another cluster.
const cluster = intent.OtherCluster

// is reports whether a field belongs to the side.
func (p party) is(f match.Field) bool {
	if p.client {
		return f.Client()
	}
	return f.Subject() && f != match.Port || f == match.DestIP || f == match.DestHost
}

// requirement is what a selector asks of one label: one of values, or none of
// them; without values that it is there, or that it is not.
type requirement struct {
	key    string
	not    bool
	values []match.Atom
}

// requirements all hold; a key may stand twice.
type requirements []requirement

// keyOf is the label that a field of the side stands for; "" is none.
func (p party) keyOf(a match.Atom) string {
	switch {
	case a.Field == p.namespace:
		return keyNamespace
	case a.Field == p.account:
		return keyAccount
	case a.Field == p.label:
		return a.Key
	}
	return ""
}

// requirement says one literal; why is "" where it can be said.
func (p party) requirement(l match.Literal) (r requirement, why string) {
	key := p.keyOf(l.Atom)
	switch {
	case key == "":
		return r, "a selector tests labels, the namespace and the service account"
	case l.Atom.Field == p.label && hidden(key):
		return r, "agents keep the label " + key + " out of identities, so that no selector matches it"
	case l.Atom.Op == match.Present:
		return requirement{key: key, not: l.Not}, ""
	case l.Atom.Op == match.Exact && !l.Atom.Fold:
		return requirement{key, l.Not, []match.Atom{l.Atom}}, ""
	}
	return r, "a label is matched by its whole value"
}

// anyOf says alternatives on one label; ok is false for others.
func (p party) anyOf(or match.Or) (r requirement, ok bool) {
	for _, e := range or {
		a, isAtom := e.(match.Atom)
		one, why := p.requirement(match.Literal{Atom: a})
		if !isAtom || why != "" || len(one.values) == 0 || r.key != "" && r.key != one.key {
			return r, false
		}
		r.key, r.values = one.key, append(r.values, a)
	}
	return r, r.key != ""
}

// sorted orders requirements and joins what must not be of one label.
func (rs requirements) sorted() requirements {
	rs = slices.Clone(rs)
	slices.SortStableFunc(rs, func(a, b requirement) int {
		return cmp.Or(cmp.Compare(rank(a.key), rank(b.key)), strings.Compare(a.key, b.key))
	})
	var out requirements
	for _, r := range rs {
		if n := len(out); n > 0 && r.not && len(r.values) > 0 && out[n-1].key == r.key && out[n-1].not && len(out[n-1].values) > 0 {
			out[n-1].values = slices.Concat(out[n-1].values, r.values)
			continue
		}
		out = append(out, r)
	}
	return out
}

// rank puts the namespace and the account before other labels.
func rank(key string) int {
	if i := slices.Index([]string{keyNamespace, keyAccount, keyCluster}, key); i >= 0 {
		return i
	}
	return 3
}

// find returns what is asked of a label, or nil.
func (rs requirements) find(key string) *requirement {
	for i := range rs {
		if rs[i].key == key {
			return &rs[i]
		}
	}
	return nil
}

// without leaves out what is asked of a label.
func (rs requirements) without(key string) requirements {
	return slices.DeleteFunc(slices.Clone(rs), func(r requirement) bool { return r.key == key })
}

// selector prints a label selector: single values as labels, all else as
// expressions.
func (rs requirements) selector() *manifest.Node {
	labels, expressions := manifest.Map(), manifest.List()
	for _, r := range rs.sorted() {
		if len(r.values) == 1 && !r.not && labels.Get(r.key) == nil {
			labels.Set(r.key, manifest.Str(r.values[0].Value).Because(intent.From(r.values[0].Place())...))
			continue
		}
		expressions.Append(r.expression())
	}
	out := manifest.Map()
	if len(labels.Kids) > 0 {
		out.Set("matchLabels", labels)
	}
	if len(expressions.Kids) > 0 {
		out.Set("matchExpressions", expressions)
	}
	return out
}

// operators are the words of an expression, by whether values follow and whether
// they are excluded.
var operators = map[[2]bool]string{
	{true, false}: "In", {true, true}: "NotIn", {false, false}: "Exists", {false, true}: "DoesNotExist",
}

func (r requirement) expression() *manifest.Node {
	n := manifest.Map().Set("key", manifest.Str(r.key)).Set("operator", manifest.Str(operators[[2]bool{len(r.values) > 0, r.not}]))
	if len(r.values) == 0 {
		return n
	}
	values := manifest.List()
	for _, v := range r.values {
		values.Append(manifest.Str(v.Value).Because(intent.From(v.Place())...))
	}
	return n.Set("values", values)
}
