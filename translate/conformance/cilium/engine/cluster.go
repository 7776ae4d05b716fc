package engine

import (
	"cmp"
	"fmt"
	"log/slog"
	"math"
	"net/netip"
	"slices"
	"sync"

	"github.com/cilium/cilium/pkg/crypto/certificatemanager"
	envoypolicy "github.com/cilium/cilium/pkg/envoy/policy"
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/identity/identitymanager"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/option"
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/policy/api"
	testcertificatemanager "github.com/cilium/cilium/pkg/testutils/certificatemanager"
	testpolicy "github.com/cilium/cilium/pkg/testutils/policy"
)

// ClusterName is the cluster of all pods.
const ClusterName = "default"

// configure sets what an agent's flags set. Cilium keeps it in globals.
var configure = sync.OnceFunc(func() {
	c := option.Config
	c.EnableL7Proxy, c.EnableNonDefaultDenyPolicies, c.EnableICMPRules, c.EnableNodeSelectorLabels = true, true, true, true
	c.EnableIPv4, c.EnableIPv6 = true, true
	c.UnsafeDaemonConfigOption.AllowLocalhost = option.AllowLocalhostAlways
	api.InitEntities(ClusterName)
})

// Endpoint is a pod, or a client at an address outside the cluster.
type Endpoint struct {
	Namespace, Account string
	Labels             map[string]string
	// Cluster is another one that it is of; "" for ClusterName.
	Cluster string
	// Address is of what is outside; "" for pods.
	Address string
	// Host is the name outside that a caller looked up for the address; "" is none.
	Host string
}

// IsWorld reports whether it is outside the cluster.
func (e Endpoint) IsWorld() bool { return e.Address != "" }

// labels are what its identity consists of.
func (e Endpoint) labels() labels.Labels {
	if e.IsWorld() {
		a := netip.MustParseAddr(e.Address)
		return labels.GetCIDRLabels(netip.PrefixFrom(a, a.BitLen()))
	}
	out := labels.Labels{}
	put := func(key, value string) { out[key] = labels.NewLabel(key, value, labels.LabelSourceK8s) }
	for k, v := range e.Labels {
		put(k, v)
	}
	put("io.kubernetes.pod.namespace", e.Namespace)
	put("io.cilium.k8s.policy.serviceaccount", e.Account)
	put("io.cilium.k8s.policy.cluster", cmp.Or(e.Cluster, ClusterName))
	put("io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name", e.Namespace)
	return out
}

// Cluster is the policy engine of a cluster.
type Cluster struct {
	logger *slog.Logger
	repo   *policy.Repository
	ids    identitymanager.IDManager
	known  map[string]*identity.Identity
	groups []addressGroup
	names  []api.FQDNSelector
}

// New starts an engine without policies or endpoints.
func New() *Cluster {
	configure()
	logger := slog.New(slog.DiscardHandler)
	ids := identitymanager.NewIDManager(logger)
	repo := policy.NewPolicyRepository(logger, nil, &testcertificatemanager.Fake{},
		envoypolicy.NewEnvoyL7RulesTranslator(logger, certificatemanager.NewMockSecretManagerInline()), ids, testpolicy.NewPolicyMetricsNoop())
	return &Cluster{logger: logger, repo: repo, ids: ids, known: map[string]*identity.Identity{}}
}

// Add makes an endpoint known; all must be before the first verdict.
func (c *Cluster) Add(e Endpoint) { c.identity(e) }

func (c *Cluster) identity(e Endpoint) *identity.Identity {
	set := e.labels()
	if e.IsWorld() {
		c.grouped(set, netip.MustParseAddr(e.Address))
		c.looked(set, e.Host)
	}
	key := string(set.SortedList())
	if id, ok := c.known[key]; ok {
		return id
	}
	number := identity.NumericIdentity(1000 + len(c.known))
	if e.IsWorld() {
		number = identity.IdentityScopeLocal | number
	}
	id := identity.NewIdentity(number, set)
	c.known[key] = id
	added := identity.IdentityMap{number: set.LabelArray()}
	var done sync.WaitGroup
	c.repo.GetSelectorCache().UpdateIdentities(added, nil, &done)
	done.Wait()
	c.repo.UpdateIdentities(added, nil)
	return id
}

// Enforce sets when policies are enforced: "default", "always" or "never". It is
// of all clusters, and holds until it is set again.
func Enforce(mode string) { policy.SetPolicyEnabled(mode) }

// distilled is the policy of an endpoint.
func (c *Cluster) distilled(id *identity.Identity) (*policy.EndpointPolicy, error) {
	selected, _, err := c.repo.ComputeSelectorPolicy(id)
	if err != nil {
		return nil, fmt.Errorf("compute the policy of identity %d: %w", id.ID, err)
	}
	p := selected.DistillPolicy(c.logger, owner{}, map[string]uint16{policy.FallbackRedirectID: math.MaxUint16})
	p.Ready()
	p.Detach(c.logger)
	return p, nil
}

// filters are the rules of one direction that are about a port.
func filters(d *policy.L4DirectionPolicy, port uint16) []*policy.L4Filter {
	var out []*policy.L4Filter
	for f := range d.PortRules.Filters() {
		end := max(f.EndPort, f.Port)
		if (f.Protocol == api.ProtoTCP || f.Protocol == api.ProtoAny) && (f.Port == 0 || f.Port <= port && port <= end) {
			out = append(out, f)
		}
	}
	return slices.Clip(out)
}
