package intent

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// Inventory is what the input shows of the cluster. It is open, there may be
// more, unless Environment.Complete says otherwise.
type Inventory struct {
	Services   []*Service  // sorted by namespace and name
	Workloads  []*Workload // sorted by namespace, kind and name
	Accounts   []Name      // service accounts, sorted
	Namespaces []*Namespace
	// Imports are the Services that are made of those of other clusters.
	Imports []Import
	// OneService says that a proxy is of one Service, as the source or the target mesh has
	// it: what is said of two Services never meets at a workload that the input does not show.
	OneService bool
	// Registered says that the source has a proxy be of one Service by its name: Services that
	// select the same pods lead to different ones.
	Registered bool
	// byName finds Services, where it has as many: since they were indexed, none was added.
	byName map[Name]*Service
}

// mostIndexed are so many Services that an index takes memory which is worth more than
// the time.
const mostIndexed = 10_000

// Index makes Service fast, until Services are added, unless there are very many. None
// must be replaced.
func (i *Inventory) Index() {
	if len(i.Services) > mostIndexed {
		return
	}
	i.byName = make(map[Name]*Service, len(i.Services))
	for _, s := range i.Services {
		i.byName[s.Name] = s
	}
}

// Namespace is a namespace with its labels and annotations.
type Namespace struct {
	Name                string
	Labels, Annotations []Pair
	From                Origin
}

// Service is a Kubernetes Service.
type Service struct {
	Name     Name
	Labels   []Pair
	Selector []Pair // sorted; empty selects nothing
	Ports    []ServicePort
	// Headless has no cluster address of its own.
	Headless bool
	// ExternalName is the DNS name that it stands for; "" for others.
	ExternalName string
	Annotations  []Pair
	From         Origin
}

// ServicePort is a port of a Service.
type ServicePort struct {
	Name string
	Port int
	// Target is the workload's port number; 0 where TargetName names it.
	Target      int
	TargetName  string
	AppProtocol string
	Transport   string // TCP or UDP
}

// Workload is what runs pods: a Deployment, StatefulSet, DaemonSet, Job, Pod... Or it is
// a Machine, of MachineKind.
type Workload struct {
	Name   Name
	Kind   string
	Labels []Pair // of its pods, sorted
	// Account is the service account; "default" where none is said, "" for a machine
	// without. Identity is the SPIFFE name of a machine without one; "" is none.
	Account, Identity string
	Ports             []WorkloadPort
	// Probes are the HTTP paths and ports that the kubelet asks.
	Probes []Probe
	// Annotations are those of the pod template.
	Annotations []Pair
	// OnHost is where its pods are put on the network of their node; nil is that they have
	// one of their own.
	OnHost Origin
	From   Origin
}

// Calling is what tells the workload as a client. A machine without an account is of no
// namespace.
func (w *Workload) Calling() *match.Request {
	at := &match.Request{}
	switch account := w.account(); {
	case account != "":
		at.Set(match.ClientNamespace, "", w.Name.Namespace).Set(match.ClientAccount, "", account)
	case w.Identity != "":
		at.Set(match.ClientIdentity, "", w.Identity)
	}
	for _, l := range w.Labels {
		at.Set(match.ClientLabel, l.Key, l.Value)
	}
	return at
}

// WorkloadPort is a container port.
type WorkloadPort struct {
	Name string
	Port int
}

// Probe is an HTTP health check of the kubelet.
type Probe struct {
	Path string
	Port int // 0 where PortName names it
	// PortName names a container port.
	PortName string
}

// Service returns the Service of a name, among the input's and not Leaves, or
// nil.
func (i *Inventory) Service(n Name) *Service {
	if len(i.byName) == len(i.Services) {
		return i.byName[n]
	}
	return service(i.Services, n)
}

// Service returns the Service of a name, a leaf before one of the input, or nil.
func (m *Model) Service(n Name) *Service {
	if s := service(m.Leaves, n); s != nil {
		return s
	}
	return m.Inventory.Service(n)
}

func service(sorted []*Service, n Name) *Service {
	i, found := slices.BinarySearchFunc(sorted, n, func(s *Service, n Name) int { return s.Name.Compare(n) })
	if !found {
		return nil
	}
	return sorted[i]
}

// ServicesIn are the Services of a namespace.
func (i *Inventory) ServicesIn(ns string) []*Service {
	return in(i.Services, ns, func(s *Service) string { return s.Name.Namespace })
}

// WorkloadsIn are the workloads of a namespace.
func (i *Inventory) WorkloadsIn(ns string) []*Workload {
	return in(i.Workloads, ns, func(w *Workload) string { return w.Name.Namespace })
}

// in is the part of a list sorted by namespace that is of one.
func in[T any](sorted []T, ns string, of func(T) string) []T {
	from, _ := slices.BinarySearchFunc(sorted, ns, func(x T, ns string) int { return strings.Compare(of(x), ns) })
	to, _ := slices.BinarySearchFunc(sorted[from:], ns, func(x T, ns string) int {
		if of(x) == ns {
			return -1
		}
		return 1
	})
	return sorted[from : from+to]
}

// Selects reports whether the Service's selector chooses pods with labels.
func (s *Service) Selects(labels []Pair) bool {
	for _, want := range s.Selector {
		if v, ok := Lookup(labels, want.Key); !ok || v != want.Value {
			return false
		}
	}
	return len(s.Selector) > 0
}

// Lacks reports whether a port, which is none where it is 0, is known not to be one of
// the Service's.
func (s *Service) Lacks(port int) bool {
	return s != nil && port != 0 && len(s.Ports) > 0 && !slices.ContainsFunc(s.Ports, func(p ServicePort) bool { return p.Port == port })
}

// Lookup finds the value of a key.
func Lookup(pairs []Pair, key string) (string, bool) {
	for _, p := range pairs {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}
