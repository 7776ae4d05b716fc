package linkerd

import (
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
)

// The kinds below have no Go types upstream in their present versions. They
// follow the schemas in linkerd2 charts/linkerd-crds/templates.

// Server (policy.linkerd.io/v1beta3) names a port of some pods.
type Server struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              ServerSpec `json:"spec"`
}

// ServerSpec is the spec of a Server.
type ServerSpec struct {
	PodSelector              *metav1.LabelSelector `json:"podSelector,omitempty"`
	ExternalWorkloadSelector *metav1.LabelSelector `json:"externalWorkloadSelector,omitempty"`
	Port                     intstr.IntOrString    `json:"port"`
	ProxyProtocol            string                `json:"proxyProtocol,omitempty"`
	AccessPolicy             string                `json:"accessPolicy,omitempty"`
}

// TargetRef names an object, of the same namespace where Namespace is empty.
type TargetRef struct {
	Group     string `json:"group,omitempty"`
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

// AuthorizationPolicy (policy.linkerd.io/v1alpha1) grants access to a target.
type AuthorizationPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              AuthorizationPolicySpec `json:"spec"`
}

// AuthorizationPolicySpec is the spec of an AuthorizationPolicy. An empty list of
// authentications grants access to everyone; it is not the same as none.
type AuthorizationPolicySpec struct {
	TargetRef                  TargetRef   `json:"targetRef"`
	RequiredAuthenticationRefs []TargetRef `json:"requiredAuthenticationRefs"`
}

// MeshTLSAuthentication (policy.linkerd.io/v1alpha1) is a set of identities.
type MeshTLSAuthentication struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              MeshTLSAuthenticationSpec `json:"spec"`
}

// MeshTLSAuthenticationSpec is the spec of a MeshTLSAuthentication: one of the
// two is set.
type MeshTLSAuthenticationSpec struct {
	Identities   []string    `json:"identities,omitempty"`
	IdentityRefs []TargetRef `json:"identityRefs,omitempty"`
}

// NetworkAuthentication (policy.linkerd.io/v1alpha1) is a set of addresses.
type NetworkAuthentication struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              NetworkAuthenticationSpec `json:"spec"`
}

// NetworkAuthenticationSpec is the spec of a NetworkAuthentication.
type NetworkAuthenticationSpec struct {
	Networks []Network `json:"networks"`
}

// Network is a block of addresses without some.
type Network struct {
	CIDR   string   `json:"cidr"`
	Except []string `json:"except,omitempty"`
}

// HTTPRoute is the policy.linkerd.io kind, which has the fields of the Gateway
// API's.
type HTTPRoute struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              gateway.HTTPRouteSpec `json:"spec"`
}

// EgressNetwork (policy.linkerd.io/v1alpha1) says what may leave to some networks:
// nil Networks are all outside of the cluster. TrafficPolicy is Allow or Deny.
type EgressNetwork struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              EgressNetworkSpec `json:"spec"`
}

// EgressNetworkSpec is the spec of an EgressNetwork.
type EgressNetworkSpec struct {
	Networks      []Network `json:"networks,omitempty"`
	TrafficPolicy string    `json:"trafficPolicy"`
}

// HTTPLocalRateLimitPolicy (policy.linkerd.io/v1alpha1) limits the requests to a
// Server: all of them, those of each client, and those of some clients.
type HTTPLocalRateLimitPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              HTTPLocalRateLimitPolicySpec `json:"spec"`
}

// HTTPLocalRateLimitPolicySpec is the spec of an HTTPLocalRateLimitPolicy; nil is
// no limit.
type HTTPLocalRateLimitPolicySpec struct {
	TargetRef TargetRef           `json:"targetRef"`
	Total     *Rate               `json:"total,omitempty"`
	Identity  *Rate               `json:"identity,omitempty"`
	Overrides []RateLimitOverride `json:"overrides,omitempty"`
}

// Rate is how many requests a second pass.
type Rate struct {
	RequestsPerSecond int64 `json:"requestsPerSecond"`
}

// RateLimitOverride is the rate of some clients.
type RateLimitOverride struct {
	Rate       `json:",inline"`
	ClientRefs []TargetRef `json:"clientRefs"`
}

// ExternalWorkload (workload.linkerd.io/v1beta1) is a proxy on a machine outside of
// Kubernetes.
type ExternalWorkload struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              ExternalWorkloadSpec `json:"spec"`
}

// ExternalWorkloadSpec is the spec of an ExternalWorkload.
type ExternalWorkloadSpec struct {
	MeshTLS     MeshTLS              `json:"meshTLS"`
	Ports       []ExternalPort       `json:"ports,omitempty"`
	WorkloadIPs []ExternalWorkloadIP `json:"workloadIPs,omitempty"`
}

// MeshTLS is as whom the proxy shows itself: the name in its certificate, and the one
// that callers ask for.
type MeshTLS struct {
	Identity   string `json:"identity"`
	ServerName string `json:"serverName"`
}

// ExternalPort is one on which the machine listens; an empty protocol is TCP.
type ExternalPort struct {
	Name     string `json:"name,omitempty"`
	Port     int32  `json:"port"`
	Protocol string `json:"protocol,omitempty"`
}

// ExternalWorkloadIP is an address of the machine.
type ExternalWorkloadIP struct {
	IP string `json:"ip"`
}

func (in *ExternalWorkload) DeepCopyObject() runtime.Object         { return copyOf(in) }
func (in *EgressNetwork) DeepCopyObject() runtime.Object            { return copyOf(in) }
func (in *HTTPLocalRateLimitPolicy) DeepCopyObject() runtime.Object { return copyOf(in) }

func (in *Server) DeepCopyObject() runtime.Object                { return copyOf(in) }
func (in *AuthorizationPolicy) DeepCopyObject() runtime.Object   { return copyOf(in) }
func (in *MeshTLSAuthentication) DeepCopyObject() runtime.Object { return copyOf(in) }
func (in *NetworkAuthentication) DeepCopyObject() runtime.Object { return copyOf(in) }
func (in *HTTPRoute) DeepCopyObject() runtime.Object             { return copyOf(in) }

// copyOf copies by way of JSON, which holds all that these types do.
func copyOf[T any](in *T) *T {
	data, err := json.Marshal(in)
	if err != nil {
		panic("typed/linkerd: " + err.Error())
	}
	out := new(T)
	if err := json.Unmarshal(data, out); err != nil {
		panic("typed/linkerd: " + err.Error())
	}
	return out
}
