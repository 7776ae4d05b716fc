package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
)

// objectKey names an object across input and output.
type objectKey struct{ apiVersion, kind, namespace, name string }

func keyOf(m *manifest.Object) objectKey {
	return objectKey{m.APIVersion, m.Kind, m.Namespace, m.Name}
}

// tree copies an input value for printing, comments included.
func tree(n *source.Node) *manifest.Node {
	return manifest.FromYAML(n.YAML())
}

// copyBack reads a value that is to be printed as if it had been read from a file
// without comments.
func copyBack(root *manifest.Node, namespace string) *source.Object {
	return source.Copy(outputFile, root, source.View[*manifest.Node]{Look: look, Kid: kidOf}, source.Options{Namespace: namespace})
}

func kidOf(n *manifest.Node, i int) (string, *manifest.Node) { return n.Kids[i].Key, n.Kids[i].Node }

func look(n *manifest.Node) source.Look {
	v := source.Look{Kind: source.Scalar, Kids: len(n.Kids)}
	switch n.Kind {
	case manifest.MapKind:
		v.Kind = source.Map
	case manifest.ListKind:
		v.Kind = source.List
	case manifest.NullKind:
		v.Kind, v.Tag, v.Text = source.Null, n.Kind.Tag(), "null"
	default:
		v.Tag, v.Text = n.Kind.Tag(), n.Text
	}
	return v
}

// merge lays a patch over an object as strategic merge patches are: maps are
// merged key by key, ports of a Service port by port, everything else is replaced, and
// what is null is taken out.
// It returns the object.
// https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
func merge(into, patch *manifest.Node) *manifest.Node {
	for _, kid := range patch.Kids {
		key, value := kid.Key, kid.Node
		old := into.Get(key)
		switch {
		case value.Kind == manifest.NullKind:
			into.Unset(key)
		case old != nil && old.Kind == manifest.MapKind && value.Kind == manifest.MapKind:
			merge(old, value)
		case old != nil && key == "ports" && old.Kind == manifest.ListKind && value.Kind == manifest.ListKind:
			mergePorts(old, value)
		default:
			into.Set(key, value)
		}
	}
	return into
}

// mergePorts lays ports over those with the same number.
func mergePorts(into, patch *manifest.Node) {
	for _, port := range patch.Kids {
		same := func(n manifest.Kid) bool {
			return n.Get("port") != nil && n.Get("port").Text == port.Get("port").Text
		}
		if i := slices.IndexFunc(into.Kids, same); i >= 0 {
			merge(into.Kids[i].Node, port.Node)
		} else {
			into.Append(port.Node)
		}
	}
}
