package engine

import (
	"slices"
	"strings"

	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"istio.io/api/mesh/v1alpha1"
	security "istio.io/api/security/v1beta1"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	plugin "istio.io/istio/pilot/pkg/networking/plugin/authn"
	"istio.io/istio/pilot/pkg/security/authn"
	"istio.io/istio/pilot/pkg/security/trustdomain"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/test"
)

// Cluster is a mesh with all that its control plane makes of the objects. It
// takes longer to build than a Mesh.
type Cluster struct {
	Mesh
}

// NewCluster takes objects in; change may alter the configuration of the mesh.
func NewCluster(f test.Failer, objects []Object, change func(*v1alpha1.MeshConfig)) *Cluster {
	conf := mesh.DefaultMeshConfig()
	if change != nil {
		change(conf)
	}
	var configs []config.Config
	for _, o := range objects {
		configs = append(configs, o.Config)
	}
	push := core.NewConfigGenTest(f, core.TestOptions{Configs: configs, MeshConfig: conf}).PushContext()
	trust := trustdomain.NewBundle(conf.GetTrustDomain(), conf.GetTrustDomainAliases())
	return &Cluster{Mesh{push.AuthzPolicies, push, trust}}
}

// MutualTLS is how a workload's proxy takes connections.
type MutualTLS int

// The modes. Plain proxies take no certificate.
const (
	Permissive MutualTLS = iota
	Strict
	Plain
)

// MutualTLS is the mode of a workload's port.
func (c *Cluster) MutualTLS(w Workload, port uint32) MutualTLS {
	switch authn.NewMtlsPolicy(c.push, c.push.AuthnPolicies, w.Namespace, w.Labels, false).GetMutualTLSModeForPort(port) {
	case model.MTLSStrict:
		return Strict
	case model.MTLSDisable:
		return Plain
	case model.MTLSPermissive:
		return Permissive
	}
	panic("engine: unknown mode of mutual TLS")
}

// Takes reports whether a workload's proxy takes the certificate of a client by its
// name: one of the trust domains of the mesh, whatever else the name says.
// pilot/pkg/networking/plugin/authn TrustDomainsForValidation
func (c *Cluster) Takes(w Workload, port uint32, peer string) bool {
	proxy := &model.Proxy{Type: model.SidecarProxy, ConfigNamespace: w.Namespace, Labels: w.Labels, Metadata: &model.NodeMetadata{}}
	tls := plugin.NewBuilder(c.push, proxy).ForPort(port).HTTP
	if tls == nil {
		return false
	}
	names := tls.GetCommonTlsContext().GetCombinedValidationContext().GetDefaultValidationContext().GetMatchSubjectAltNames()
	return len(names) == 0 || slices.ContainsFunc(names, func(m *matcher.StringMatcher) bool {
		return peer == m.GetExact() || m.GetPrefix() != "" && strings.HasPrefix(peer, m.GetPrefix())
	})
}

// TokenRules are the rules of tokens that the workload's proxy accepts; without
// any it looks at no token.
func (c *Cluster) TokenRules(w Workload) []*security.JWTRule {
	var out []*security.JWTRule
	proxy := &model.Proxy{Type: model.SidecarProxy, ConfigNamespace: w.Namespace, Labels: w.Labels}
	for _, p := range c.push.AuthnPolicies.GetJwtPoliciesForWorkload(model.PolicyMatcherForProxy(proxy)) {
		out = append(out, p.Spec.(*security.RequestAuthentication).GetJwtRules()...)
	}
	return out
}
