package engine

import (
	"istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pilot/pkg/config/memory"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/security/authz/builder"
	"istio.io/istio/pilot/pkg/security/trustdomain"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/mesh/meshwatcher"
	"istio.io/istio/pkg/config/schema/collections"

	"github.com/transmesh/transmesh/translate/conformance/rbac"
)

// Mesh is a mesh with policies, of which Istio builds what proxies do.
type Mesh struct {
	policies *model.AuthorizationPolicies
	push     *model.PushContext
	trust    trustdomain.Bundle
}

// NewMesh takes policies in; change may alter the configuration of the mesh, nil
// leaves Istio's defaults.
func NewMesh(objects []Object, change func(*v1alpha1.MeshConfig)) (*Mesh, error) {
	conf := mesh.DefaultMeshConfig()
	if change != nil {
		change(conf)
	}
	store := memory.Make(collections.Pilot)
	for _, o := range objects {
		if _, err := store.Create(o.Config); err != nil {
			return nil, err
		}
	}
	push := model.NewPushContext()
	push.Mesh = conf
	env := &model.Environment{ConfigStore: store, Watcher: meshwatcher.NewTestWatcher(conf)}
	return &Mesh{
		policies: model.GetAuthorizationPolicies(env), push: push,
		trust: trustdomain.NewBundle(conf.GetTrustDomain(), conf.GetTrustDomainAliases()),
	}, nil
}

// Workload is a workload with a sidecar.
type Workload struct {
	Namespace string
	Labels    map[string]string
}

// Filters are the filters before a workload, on its HTTP ports or on the others:
// those of CUSTOM policies first. pilot/pkg/networking/plugin/authz
func (m *Mesh) Filters(w Workload, http bool) []rbac.Filter {
	proxy := &model.Proxy{Type: model.SidecarProxy, ConfigNamespace: w.Namespace, Labels: w.Labels}
	policies := m.policies.ListAuthorizationPolicies(model.PolicyMatcherForProxy(proxy))
	var out []rbac.Filter
	for _, custom := range []bool{true, false} {
		b := builder.New(m.trust, m.push, policies, builder.Option{IsCustomBuilder: custom})
		switch {
		case b == nil:
		case http:
			out = append(out, rbac.HTTP(b.BuildHTTP())...)
		default:
			out = append(out, rbac.TCP(b.BuildTCP())...)
		}
	}
	return out
}
