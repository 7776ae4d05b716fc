package translate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// assume lists the environment keys that a mesh depends on and nobody said.
func (j *job) assume(keys []string) {
	for _, k := range keys {
		if slices.Contains(j.env.Said, k) || j.assumed(k) {
			continue
		}
		j.result.Assumptions = append(j.result.Assumptions, Assumption{
			Key: k, Value: environmentValue(j.env, k), Why: "no manifest and no environment file says it; this is the upstream default",
		})
	}
	slices.SortFunc(j.result.Assumptions, func(a, b Assumption) int { return strings.Compare(a.Key, b.Key) })
}

func (j *job) assumed(key string) bool {
	return slices.ContainsFunc(j.result.Assumptions, func(a Assumption) bool { return a.Key == key })
}

// environmentValue prints the value of a dotted key; "" where it is unset.
func environmentValue(env intent.Environment, key string) string {
	values := map[string]any{
		"clusterDomain": env.ClusterDomain, "trustDomain": env.TrustDomain, "trustAliases": env.TrustAliases,
		"clusterNetworks": env.ClusterNetworks, "complete.services": env.Complete.Services, "complete.workloads": env.Complete.Workloads,
		"istio.rootNamespace": env.Istio.RootNamespace, "istio.autoMTLS": deref(env.Istio.AutoMTLS),
		"istio.pathNormalization": env.Istio.PathNormalization, "istio.retryAttempts": deref(env.Istio.RetryAttempts),
		"istio.retryOn": env.Istio.RetryOn, "istio.providers": env.Istio.Providers, "istio.connectTimeout": deref(env.Istio.ConnectTimeout),
		"istio.virtualServiceExportTo": env.Istio.VirtualServiceExport, "istio.destinationRuleExportTo": env.Istio.DestinationRuleExport,
		"istio.outboundPolicy": env.Istio.OutboundPolicy, "linkerd.controlPlaneNamespace": env.Linkerd.ControlPlaneNamespace,
		"linkerd.defaultInboundPolicy": env.Linkerd.DefaultInbound, "linkerd.probeNetworks": env.Linkerd.ProbeNetworks,
		"linkerd.opaquePorts": env.Linkerd.OpaquePorts, "consul.defaultIntentionPolicy": env.Consul.DefaultIntention,
		"consul.acls": deref(env.Consul.ACLs), "consul.transparentProxy": deref(env.Consul.TransparentProxy),
		"consul.datacenter": env.Consul.Datacenter, "cilium.policyEnforcementMode": env.Cilium.Enforcement,
		"cilium.encryption": env.Cilium.Encryption, "cilium.clusterName": env.Cilium.Cluster,
		"cilium.authentication": deref(env.Cilium.Authentication), "cilium.httpNormalizePath": deref(env.Cilium.NormalizePaths),
	}
	v, ok := values[key]
	if !ok {
		panic("translate: no environment key " + key)
	}
	if v == nil {
		return ""
	}
	return strings.Trim(fmt.Sprint(v), "[]")
}

func deref[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}
