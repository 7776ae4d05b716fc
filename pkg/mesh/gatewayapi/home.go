package gatewayapi

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
)

// serverSet are the keys of metadata that the API server or its clients set.
var serverSet = []string{
	"uid", "resourceVersion", "generation", "selfLink", "managedFields", "ownerReferences", "finalizers",
	"creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
}

// lastApplied is what kubectl remembers of a manifest.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// ReadHome reads metadata: the operator's labels and annotations, and the
// comment above the document. Annotations for which meant holds have a meaning
// of their own and are left to the caller; nil is none.
func ReadHome(o *source.Object, meant func(annotation string) bool) *intent.Home {
	meta := o.Root.Get("metadata")
	for _, key := range serverSet {
		meta.GetNull(key).Skip("set by the API server")
	}
	o.Root.GetNull("status").Skip("set by the controller")
	return &intent.Home{
		Namespace: o.Namespace, Name: o.Name, Kind: o.Kind,
		Labels:      readPairs(meta.Get("labels"), nil),
		Annotations: readPairs(meta.Get("annotations"), meant),
		Comment:     Comment(o.Root), From: intent.From(o.Ref()),
	}
}

// Comment is the text above a map, which belongs to the map or, without an empty
// line between them, to its first key.
func Comment(n *source.Node) string {
	text := n.Comment()
	if n.Kind() != source.Map {
		return text
	}
	if first := n.First().Comment(); first != "" {
		text = strings.TrimPrefix(text+"\n"+first, "\n")
	}
	return text
}

// readPairs reads a map of strings, sorted by key.
func readPairs(n *source.Node, leave func(key string) bool) []intent.Pair {
	var out []intent.Pair
	for _, e := range n.Entries() {
		switch {
		case e.Key == lastApplied:
			e.Value.Skip("set by kubectl")
		case leave != nil && leave(e.Key):
		default:
			out = append(out, intent.Pair{Key: e.Key, Value: e.Value.Str(), From: intent.From(e.Value.Ref())})
		}
	}
	slices.SortFunc(out, func(a, b intent.Pair) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// WriteHome sets the comment, labels and annotations of an object; more are the
// annotations that the mesh gives a meaning.
func WriteHome(o *manifest.Object, h *intent.Home, more []intent.Pair) {
	annotations := slices.Clone(more)
	if h != nil {
		o.Root.Above(h.Comment)
		o.Root.Because(h.From...)
		o.From = append(o.From, h.From...)
		writePairs(o.Root.Get("metadata"), "labels", h.Labels)
		annotations = append(annotations, h.Annotations...)
	}
	slices.SortStableFunc(annotations, func(a, b intent.Pair) int { return strings.Compare(a.Key, b.Key) })
	writePairs(o.Root.Get("metadata"), "annotations", annotations)
}

func writePairs(meta *manifest.Node, key string, pairs []intent.Pair) {
	if len(pairs) == 0 {
		return
	}
	m := manifest.Map()
	for _, p := range pairs {
		m.Set(p.Key, manifest.Str(p.Value).Because(p.From...))
	}
	meta.Set(key, m)
}
