package linkerd

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/source"
)

// later are the fields of Linkerd's own HTTPRoutes that older versions lack, and the
// versions that lack them: the API server rejects the object, or holds one without the
// field, of which all backends weigh the same and no request times out.
// linkerd2 charts/linkerd-crds/templates/policy/httproute.yaml
var later = map[string][]string{
	"timeouts": {"v1alpha1", "v1beta1", "v1beta2"},
	"weight":   {"v1alpha1", "v1beta1"}, "group": {"v1alpha1", "v1beta1"}, "kind": {"v1alpha1", "v1beta1"},
}

// laterOfServers are the fields of Servers that older versions lack.
// linkerd2 charts/linkerd-crds/templates/policy/server.yaml
var laterOfServers = []struct {
	key  string
	lack []string
}{
	{"accessPolicy", []string{"v1alpha1", "v1beta1", "v1beta2"}},
	{"externalWorkloadSelector", []string{"v1alpha1", "v1beta1"}},
}

// versions rejects fields of Linkerd's own HTTPRoutes and of Servers that their version
// does not have.
func (r *reader) versions() {
	for _, o := range r.of(groupPolicy, "Server") {
		for _, f := range laterOfServers {
			if slices.Contains(f.lack, o.Version()) {
				o.Root.Get("spec").Get(f.key).RejectVersion("the API server rejects the Server, as kubectl asks by default, or holds one without it: " + o.APIVersion + " does not have the field, and v1beta3 has it")
			}
		}
	}
	for _, o := range r.of(groupPolicy, "HTTPRoute") {
		lacks := func(n *source.Node, key string) {
			if slices.Contains(later[key], o.Version()) {
				n.Get(key).RejectVersion("the API server rejects the route, as kubectl asks by default, or holds one without it: " + o.APIVersion + " does not have the field, and v1beta3 has it")
			}
		}
		for _, rule := range o.Root.Get("spec").Get("rules").Items() {
			lacks(rule, "timeouts")
			for _, b := range rule.Get("backendRefs").Items() {
				lacks(b, "weight")
				lacks(b, "group")
				lacks(b, "kind")
			}
		}
	}
}
