package intent

import (
	"slices"
	"time"
)

// Environment holds what decides the meaning of manifests and stands in none of
// them. Each key has a documented upstream default; Said lists the keys that
// were given, so that the report can name the others as assumptions.
type Environment struct {
	// ClusterDomain ends the names of Services; "cluster.local".
	ClusterDomain string `yaml:"clusterDomain"`
	// TrustDomain begins identities; the cluster domain by default.
	TrustDomain string `yaml:"trustDomain"`
	// TrustAliases are other names of the trust domain.
	TrustAliases []string `yaml:"trustAliases"`
	// ClusterNetworks are the blocks of pods and services (Linkerd's
	// clusterNetworks).
	ClusterNetworks []string `yaml:"clusterNetworks"`
	// Complete says that the input holds all of the cluster's objects of a
	// kind, so that what is not there does not exist.
	Complete struct {
		Services  bool `yaml:"services"`
		Workloads bool `yaml:"workloads"`
	} `yaml:"complete"`
	Istio   IstioEnvironment   `yaml:"istio"`
	Linkerd LinkerdEnvironment `yaml:"linkerd"`
	Consul  ConsulEnvironment  `yaml:"consul"`
	Cilium  CiliumEnvironment  `yaml:"cilium"`
	// Said lists the dotted keys that were given, sorted.
	Said []string `yaml:"-"`
}

// IstioEnvironment is what MeshConfig says.
type IstioEnvironment struct {
	// RootNamespace holds mesh-wide policies; "istio-system".
	RootNamespace string `yaml:"rootNamespace"`
	// AutoMTLS lets clients choose mutual TLS by themselves; true.
	AutoMTLS *bool `yaml:"autoMTLS"`
	// PathNormalization is NONE, BASE, MERGE_SLASHES or
	// DECODE_AND_MERGE_SLASHES; BASE.
	PathNormalization string `yaml:"pathNormalization"`
	// Retry is the default retry policy's attempts and conditions; nil is the
	// built-in policy of two.
	RetryAttempts *int     `yaml:"retryAttempts"`
	RetryOn       []string `yaml:"retryOn"`
	// AuthorityTrustDomains are those of MeshConfig's caCertificates, whose
	// identities servers take besides; none.
	AuthorityTrustDomains []string `yaml:"authorityTrustDomains"`
	// Providers are the names of extensionProviders that exist, for CUSTOM.
	Providers []string `yaml:"providers"`
	// FailOpen are the names of those that let requests pass where they do not answer.
	FailOpen []string `yaml:"failOpenProviders"`
	// ConnectTimeout of upstream connections; 10s.
	ConnectTimeout *time.Duration `yaml:"connectTimeout"`
	// Default exports: "*" (all), "." (own namespace) or namespace names.
	VirtualServiceExport  []string `yaml:"virtualServiceExportTo"`
	DestinationRuleExport []string `yaml:"destinationRuleExportTo"`
	// OutboundPolicy is ALLOW_ANY or REGISTRY_ONLY; ALLOW_ANY.
	OutboundPolicy string `yaml:"outboundPolicy"`
	// Logs is what MeshConfig says of access logs; none.
	Logs IstioLogs `yaml:"-"`
}

// IstioLogs is what MeshConfig says of access logs.
type IstioLogs struct {
	// Known says that MeshConfig was read: providers that it does not have do not exist.
	Known bool
	// File is where records go of which no Telemetry speaks; "" is nowhere. JSON and
	// Format are their form, and that of the provider envoy.
	File   string
	JSON   bool
	Format string
	// Service sends these records to Envoy's own service for them, too.
	Service bool
	// NoRefused leaves out records of connections that a proxy has no route for.
	NoRefused bool
	// Default are the names of the providers of Telemetries that name none.
	Default []string
	// Providers are those that can be named.
	Providers []IstioLogProvider
}

// IstioLogProvider is a provider that a Telemetry may name: one that writes no records
// is Silent, and otherwise Sink is known as far as it has a Path.
type IstioLogProvider struct {
	Name   string
	Silent bool
	Sink   LogSink
}

// LinkerdEnvironment is what Linkerd's Helm values say.
type LinkerdEnvironment struct {
	// ControlPlaneNamespace is part of identities; "linkerd".
	ControlPlaneNamespace string `yaml:"controlPlaneNamespace"`
	// DefaultInbound decides ports without a Server: all-unauthenticated,
	// all-authenticated, cluster-unauthenticated, cluster-authenticated, deny
	// or audit; all-unauthenticated.
	DefaultInbound string `yaml:"defaultInboundPolicy"`
	// ProbeNetworks may ask health checks; 0.0.0.0/0 and ::/0.
	ProbeNetworks []string `yaml:"probeNetworks"`
	// OpaquePorts are not inspected; 25,587,3306,4444,5432,6379,9300,11211.
	OpaquePorts []int `yaml:"opaquePorts"`
}

// ConsulEnvironment is what the configuration of Consul's servers and of
// consul-k8s says.
type ConsulEnvironment struct {
	// DefaultIntention decides what no intention does: allow or deny. It is
	// default_intention_policy of the agents, else the default policy of ACLs,
	// which is allow where ACLs are off; allow.
	DefaultIntention string `yaml:"defaultIntentionPolicy"`
	// ACLs says that names of services are bound to service accounts of the same
	// name; without them any pod may call itself by any name. False.
	ACLs *bool `yaml:"acls"`
	// TransparentProxy redirects the traffic of pods through their proxies;
	// true, as consul-k8s does.
	TransparentProxy *bool `yaml:"transparentProxy"`
	// Datacenter is the primary one's name; "dc1".
	Datacenter string `yaml:"datacenter"`
}

// CiliumEnvironment is what Cilium's Helm values say.
type CiliumEnvironment struct {
	// Enforcement is policyEnforcementMode: default (workloads that a policy
	// selects are closed), always or never; default.
	Enforcement string `yaml:"policyEnforcementMode"`
	// Encryption of traffic between nodes: none, wireguard, ipsec or ztunnel;
	// none. It is never mutual TLS between workloads.
	Encryption string `yaml:"encryption"`
	// Cluster is the name of the cluster, which selectors of peers are limited
	// to; "default".
	Cluster string `yaml:"clusterName"`
	// Authentication says that mutual authentication with SPIRE is on; false.
	Authentication *bool `yaml:"authentication"`
	// NormalizePaths is httpNormalizePath of the proxy; true.
	NormalizePaths *bool `yaml:"httpNormalizePath"`
	// Retries is httpRetryCount of the proxy that policies look into requests with: how
	// often it tries one again that fails; 3.
	Retries *int `yaml:"httpRetryCount"`
}

// Defaults returns the environment of a cluster about which nothing was said.
func Defaults() Environment {
	yes, no := true, false
	timeout, retries := 10*time.Second, 3
	return Environment{
		ClusterDomain:   "cluster.local",
		TrustDomain:     "cluster.local",
		ClusterNetworks: []string{"10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"},
		Istio: IstioEnvironment{
			RootNamespace: "istio-system", AutoMTLS: &yes, PathNormalization: "BASE",
			ConnectTimeout: &timeout, OutboundPolicy: "ALLOW_ANY",
			VirtualServiceExport: []string{"*"}, DestinationRuleExport: []string{"*"},
		},
		Linkerd: LinkerdEnvironment{
			ControlPlaneNamespace: "linkerd", DefaultInbound: "all-unauthenticated",
			ProbeNetworks: []string{"0.0.0.0/0", "::/0"},
			OpaquePorts:   []int{25, 587, 3306, 4444, 5432, 6379, 9300, 11211},
		},
		Consul: ConsulEnvironment{DefaultIntention: "allow", ACLs: &no, TransparentProxy: &yes, Datacenter: "dc1"},
		Cilium: CiliumEnvironment{Enforcement: "default", Encryption: "none", Cluster: "default", Authentication: &no, NormalizePaths: &yes, Retries: &retries},
	}
}

// IstioTrusts are the trust domains whose identities Istio's servers take, sorted,
// where MeshConfig is known: without it, policies that name other ones are no
// mistake, and nil is that nothing tells.
// pilot/pkg/networking/plugin/authn/util.go TrustDomainsForValidation
func (e *Environment) IstioTrusts() []string {
	if e.TrustDomain == "" || !slices.Contains(e.Said, "trustDomain") && !slices.Contains(e.Said, "trustAliases") {
		return nil
	}
	all := slices.Concat([]string{e.TrustDomain}, e.TrustAliases, e.Istio.AuthorityTrustDomains)
	slices.Sort(all)
	return slices.Compact(all)
}

// Host resolves a DNS name: one of the cluster's Services by its full name, or
// a name outside.
func (e *Environment) Host(dns string) Host {
	suffix := ".svc." + e.ClusterDomain
	if rest, ok := cutSuffix(dns, suffix); ok {
		if name, ns, ok := cutLast(rest); ok {
			return Host{Service: Name{Namespace: ns, Name: name}}
		}
	}
	return Host{DNS: dns}
}

// DNS is the full name of a host, the inverse of Host.
func (e *Environment) DNS(h Host) string {
	if h.Service.IsZero() {
		return h.DNS
	}
	return h.Service.Name + "." + h.Service.Namespace + ".svc." + e.ClusterDomain
}

// cutSuffix cuts suffix off s, if something is left.
func cutSuffix(s, suffix string) (string, bool) {
	if len(s) <= len(suffix) || s[len(s)-len(suffix):] != suffix {
		return s, false
	}
	return s[:len(s)-len(suffix)], true
}

// cutLast splits "name.namespace" where there is exactly one dot and no
// wildcard.
func cutLast(s string) (name, ns string, ok bool) {
	dot := -1
	for i := range len(s) {
		if s[i] == '*' || s[i] == '.' && dot >= 0 {
			return "", "", false
		}
		if s[i] == '.' {
			dot = i
		}
	}
	if dot <= 0 || dot == len(s)-1 {
		return "", "", false
	}
	return s[:dot], s[dot+1:], true
}
