package source

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/place"
	"go.yaml.in/yaml/v3"
)

// Object is one manifest.
type Object struct {
	// APIVersion and Kind are empty for documents that are no Kubernetes
	// objects, such as Helm values.
	APIVersion, Kind, Namespace, Name string
	// NamespaceImplied says that the manifest names no namespace, and Namespace
	// is the one assumed.
	NamespaceImplied bool
	Root             *Node
}

// Group is the API group; "" for core objects. An apiVersion that is a group without
// a version, which no API server takes, is that group's.
func (o *Object) Group() string {
	group, _, ok := strings.Cut(o.APIVersion, "/")
	if !ok && !strings.Contains(group, ".") {
		return ""
	}
	return group
}

// Version is the API version without its group.
func (o *Object) Version() string {
	group, version, ok := strings.Cut(o.APIVersion, "/")
	if !ok {
		return group
	}
	return version
}

// Need is the value of a key that the API server demands; where it is missing, that
// is a problem of the object.
func (o *Object) Need(key string) *Node {
	n := o.Root.Get(key)
	if n == nil {
		o.Root.Reject("has no " + key)
	}
	return n
}

// Ref names the whole object.
func (o *Object) Ref() place.Ref { return o.Root.Ref() }

// Compare orders objects by kind, namespace, name and position, so that the
// order of documents means nothing.
func Compare(a, b *Object) int {
	return cmp.Or(
		cmp.Compare(a.Group(), b.Group()), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.APIVersion, b.APIVersion),
		comparePos(a.Ref().Pos, b.Ref().Pos),
	)
}

func comparePos(a, b place.Pos) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
}

// Text writes the values at a path of the object and below, "" for all of it, one
// a line in one order, so that equal values have equal texts. Metadata, unless the path
// is below it, and status are not part of it.
func (o *Object) Text(path string) string {
	var lines []string
	o.Root.lines(func(n *Node) {
		if at := n.string(n.path); below(at, path) && (below(path, "metadata") || !below(at, "metadata") && !below(at, "status")) {
			lines = append(lines, strconv.Quote(at)+" "+n.literal())
		}
	})
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// lines visits the values of a subtree that hold no others.
func (n *Node) lines(visit func(*Node)) {
	if n == nil {
		return
	}
	if n.holds() == 0 {
		visit(n)
	}
	for _, k := range n.held() {
		k.lines(visit)
	}
}

// literal writes a value without others in it, strings in quotes.
func (n *Node) literal() string {
	switch {
	case n.kind() == Map:
		return "{}"
	case n.kind() == List:
		return "[]"
	case n.kind() == Null:
		return "null"
	case n.tag == tagStr:
		return strconv.Quote(n.word())
	}
	return n.word()
}

// Forget takes back what was marked of an object since it was parsed, for who reads it once
// more, beside others; problems stay.
func (o *Object) Forget() {
	o.Root.forget()
	newObject(o.Root, Options{}) // marks what it reads
}

// below reports whether a path is another one or within it.
func below(path, of string) bool {
	rest, ok := strings.CutPrefix(path, of)
	return ok && (of == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}

func newObject(root *Node, o Options) *Object {
	meta := root.Get("metadata")
	obj := &Object{
		Root: root, APIVersion: root.Get("apiVersion").Text(), Kind: root.Get("kind").Text(),
		Namespace: meta.Get("namespace").Text(), Name: meta.Get("name").Text(),
	}
	switch {
	case clusterWide[obj.Kind]:
		obj.Namespace = ""
	case obj.Namespace == "":
		obj.Namespace, obj.NamespaceImplied = o.namespace(), true
	}
	if isEntry(root) {
		nameEntry(obj, root, o)
	}
	return obj
}

// clusterWide are the kinds of usual manifests whose objects are in no namespace.
var clusterWide = map[string]bool{
	"Namespace": true, "Node": true, "PersistentVolume": true, "StorageClass": true, "PriorityClass": true, "IngressClass": true,
	"ClusterRole": true, "ClusterRoleBinding": true, "CustomResourceDefinition": true, "APIService": true, "GatewayClass": true,
	"MutatingWebhookConfiguration": true, "ValidatingWebhookConfiguration": true, "CiliumClusterwideNetworkPolicy": true,
	"CiliumClusterwideEnvoyConfig": true, "CiliumCIDRGroup": true, "CiliumEgressGatewayPolicy": true, "CiliumLoadBalancerIPPool": true,
	"CiliumL2AnnouncementPolicy": true, "CiliumBGPAdvertisement": true, "CiliumBGPClusterConfig": true, "CiliumBGPPeerConfig": true,
	"CiliumBGPNodeConfig": true, "CiliumBGPNodeConfigOverride": true, "CiliumNode": true, "CiliumBGPPeeringPolicy": true, "CiliumExternalWorkload": true, "CiliumEgressNATPolicy": true, "CiliumIdentity": true, "CiliumPodIPPool": true,
	"CiliumEndpointSlice": true, "CiliumDatapathPlugin": true,
	"XMesh": true, "Registration": true,
}

func (o Options) namespace() string { return cmp.Or(o.Namespace, "default") }

// title is what messages call the object: "VirtualService shop/cart".
func (o *Object) title() string {
	if clusterWide[o.Kind] {
		return o.Kind + " " + o.Name
	}
	return o.Kind + " " + o.Namespace + "/" + o.Name
}

func valueAt(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func scalarAt(n *yaml.Node, key string) string {
	v := valueAt(n, key)
	if v == nil || v.Kind != yaml.ScalarNode {
		return ""
	}
	return v.Value
}
