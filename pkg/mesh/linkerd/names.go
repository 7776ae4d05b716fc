package linkerd

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// namer gives objects names that no other of their kind and namespace has.
type namer map[[3]string]bool

// taking starts with the names of some objects, and those to which they refer:
// a policy whose target is not there must not find one.
func taking(objs []*manifest.Object) namer {
	n := namer{}
	for _, o := range objs {
		n[[3]string{o.Kind, o.Namespace, o.Name}] = true
		spec := o.Root.Get("spec")
		refs := []*manifest.Node{spec.Get("targetRef")}
		for _, key := range []string{"requiredAuthenticationRefs", "parentRefs"} {
			if list := spec.Get(key); list != nil {
				refs = append(refs, list.Items()...)
			}
		}
		for _, ref := range refs {
			n[[3]string{textOf(ref, "kind"), cmp.Or(textOf(ref, "namespace"), o.Namespace), textOf(ref, "name")}] = true
		}
		n[[3]string{"Server", o.Namespace, textOf(spec.Get("server"), "name")}] = true
	}
	return n
}

// textOf is the text of a key of a map; "" where it is not there.
func textOf(n *manifest.Node, key string) string {
	if v := n.Get(key); v != nil {
		return v.Text
	}
	return ""
}

// name takes the first of the candidates that is free, or the last with a
// number.
func (n namer) name(kind, namespace string, candidates ...string) string {
	candidates = slices.DeleteFunc(candidates, func(s string) bool { return s == "" })
	last := candidates[len(candidates)-1]
	for i := 2; ; i++ {
		for _, c := range candidates {
			if key := [3]string{kind, namespace, c}; !n[key] {
				n[key] = true
				return c
			}
		}
		candidates = []string{last + "-" + strconv.Itoa(i)}
	}
}

// longest is how long names made of other texts may become.
const longest = 50

// slug makes a part of a name of any text.
func slug(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	s := strings.Join(words, "-")
	if len(s) > longest {
		s = strings.TrimRight(s[:longest], "-")
	}
	return s
}

// joined joins parts of a name that are there.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "-")
}

// appLabels are those by which people tell applications.
var appLabels = []string{"app", "app.kubernetes.io/name", "k8s-app"}

// podsName names the pods of a Server: by the application, or else by all labels
// that it selects.
func podsName(labels match.Expr) string {
	values := map[string]string{}
	var rest []string
	for _, e := range conditions(labels) {
		if a, ok := e.(match.Atom); ok && a.Field == match.Label {
			values[a.Key] = a.Value
		}
	}
	name := ""
	for _, key := range appLabels {
		if v, ok := values[key]; ok && name == "" {
			name = v
			delete(values, key)
		}
	}
	for key, v := range values {
		if !slices.Contains(appLabels, key) {
			rest = append(rest, key+"="+v)
		}
	}
	slices.Sort(rest)
	for _, r := range rest {
		_, v, _ := strings.Cut(r, "=")
		name = joined(name, v)
	}
	if s := slug(name); s != "" {
		return s
	}
	return "all"
}

// portName names a port of a Server as its pods or their Services do, without the
// protocol that its name begins with; it is the number where they give none.
func portName(inv *intent.Inventory, s legal.Server) string {
	for _, w := range inv.WorkloadsIn(s.Namespace) {
		if !holds(s.Labels, w.Labels) {
			continue
		}
		for _, p := range w.Ports {
			if p.Port == s.Port && p.Name != "" {
				return withoutProtocol(p.Name)
			}
		}
		for _, name := range servicePorts(inv, w, s.Port) {
			return withoutProtocol(name.Name)
		}
	}
	return strconv.Itoa(s.Port)
}

func withoutProtocol(name string) string {
	first, rest, _ := strings.Cut(name, "-")
	if slices.Contains([]string{"http", "https", "http2", "grpc", "tcp", "tls"}, first) {
		return rest
	}
	return name
}

// sourceName is the name that an object of a kind had of which all refs of that
// kind stem, in a namespace; "" where there is none, or several.
func sourceName(refs []place.Ref, namespace string, kinds ...string) string {
	name := ""
	for _, ref := range refs {
		kind, rest, _ := strings.Cut(ref.Object, " ")
		ns, n, _ := strings.Cut(rest, "/")
		switch {
		case !slices.Contains(kinds, kind):
		case ns != namespace || name != "" && name != n:
			return ""
		default:
			name = n
		}
	}
	return name
}

// refsOf lists where the atoms of a predicate stand.
func refsOf(e match.Expr) []place.Ref {
	var out []place.Ref
	match.Atoms(e, func(a match.Atom, _ bool) { out = append(out, a.Place()) })
	return out
}
