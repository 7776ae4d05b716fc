package translate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
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

// reaching are the keys that decide who is let in, with whether a model's
// admission hangs on them.
var reaching = map[string]func(*intent.Model) bool{
	"trustDomain":                   identities,
	"istio.rootNamespace":           guards,
	"linkerd.defaultInboundPolicy":  guards,
	"consul.acls":                   identities,
	"consul.defaultIntentionPolicy": guards,
	"cilium.policyEnforcementMode":  guards,
	"cilium.clusterName":            identities,
}

// warnOfAssumptions tells which assumed values decide what the output lets in.
func (j *job) warnOfAssumptions() {
	if j.fit == nil {
		return
	}
	fit := j.fit
	if j.o.Part != nil {
		fit = j.part().admission(fit)
	}
	from := securityOrigin(fit)
	for _, a := range j.result.Assumptions {
		if reaches := reaching[a.Key]; reaches != nil && reaches(fit) {
			j.result.Findings.Tell(diag.Assumption, "who is let in depends on "+a.Key+", which nothing says: "+strconv.Quote(a.Value)+" is assumed",
				a.Why, "say "+a.Key+" in the environment file", from...)
		}
	}
	if !guards(fit) && !guards(j.model) {
		j.warnOfDefaults()
	}
	j.warnOfLeaving()
}

// undecided are the keys of what holds where no policy decides. Whether a policy makes a
// difference hangs on it, also of one that then is said to have no effect.
var undecided = []string{"cilium.policyEnforcementMode", "consul.defaultIntentionPolicy", "linkerd.defaultInboundPolicy"}

// warnOfDefaults warns of what is assumed to hold where no policy decides, if the input
// has policies.
func (j *job) warnOfDefaults() {
	at := slices.IndexFunc(j.ours, func(o *source.Object) bool {
		k := kindOf(j.o.From, o) // nil where the mesh takes an object of another dialect
		return k != nil && k.Security
	})
	if at < 0 {
		return
	}
	for _, k := range undecided {
		if slices.Contains(j.o.From.Environment, k) && !slices.Contains(j.env.Said, k) {
			j.result.Findings.Tell(diag.Assumption, "who is let in depends on "+k+", which nothing says: "+strconv.Quote(environmentValue(j.env, k))+" is assumed",
				"no manifest and no environment file says it; this is the upstream default", "say "+k+" in the environment file", j.ours[at].Ref())
		}
	}
}

// guards reports whether a manifest asks for admission.
func guards(m *intent.Model) bool { return len(securityOrigin(m)) > 0 }

// identities reports whether admission that a manifest asks for names clients.
func identities(m *intent.Model) bool {
	return slices.ContainsFunc(m.Access, func(a *intent.Access) bool {
		named := false
		match.Atoms(match.Conj(match.Simplify(a.When), match.Simplify(a.Scope.Client)), func(x match.Atom, _ bool) {
			named = named || x.Field.Identity() && x.Op != match.Present
		})
		return named && !a.From.Defaulted()
	})
}

// securityOrigin is the first input value that asks for admission.
func securityOrigin(m *intent.Model) intent.Origin {
	first := func(o intent.Origin) intent.Origin {
		for _, ref := range o {
			if !ref.IsDefault() {
				return intent.Origin{ref}
			}
		}
		return nil
	}
	for _, a := range m.Access {
		if o := first(a.From); o != nil {
			return o
		}
	}
	for _, d := range m.Default {
		if o := first(d.From); o != nil {
			return o
		}
	}
	return nil
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
		"istio.retryOn": env.Istio.RetryOn, "istio.authorityTrustDomains": env.Istio.AuthorityTrustDomains,
		"istio.providers": env.Istio.Providers, "istio.connectTimeout": deref(env.Istio.ConnectTimeout),
		"istio.virtualServiceExportTo": env.Istio.VirtualServiceExport, "istio.destinationRuleExportTo": env.Istio.DestinationRuleExport,
		"istio.outboundPolicy": env.Istio.OutboundPolicy, "linkerd.controlPlaneNamespace": env.Linkerd.ControlPlaneNamespace,
		"linkerd.defaultInboundPolicy": env.Linkerd.DefaultInbound, "linkerd.probeNetworks": env.Linkerd.ProbeNetworks,
		"linkerd.opaquePorts": env.Linkerd.OpaquePorts, "consul.defaultIntentionPolicy": env.Consul.DefaultIntention,
		"consul.acls": deref(env.Consul.ACLs), "consul.transparentProxy": deref(env.Consul.TransparentProxy),
		"consul.datacenter": env.Consul.Datacenter, "cilium.policyEnforcementMode": env.Cilium.Enforcement,
		"cilium.encryption": env.Cilium.Encryption, "cilium.clusterName": env.Cilium.Cluster,
		"cilium.authentication": deref(env.Cilium.Authentication), "cilium.httpNormalizePath": deref(env.Cilium.NormalizePaths),
		"cilium.httpRetryCount": deref(env.Cilium.Retries),
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
