package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// Annotations of pods with a meaning for Consul.
// https://developer.hashicorp.com/consul/docs/k8s/annotations-and-labels
const (
	annotationService = "consul.hashicorp.com/connect-service"
	annotationTags    = "consul.hashicorp.com/service-tags"
	annotationMeta    = "consul.hashicorp.com/service-meta-"
)

// anyName stands for all names, of sources and of destinations.
const anyName = "*"

// names maps Consul's services to those of Kubernetes and to clients. In Consul a
// service is a name, and a client is the service that it belongs to. In the
// community edition all namespaces share one set of names: Services of one name in
// several namespaces are one service and one client.
type names struct {
	inv *intent.Inventory
	// acls say that a service's name is that of its service account.
	acls bool
	// enterprise keeps the names of namespaces apart.
	enterprise bool
	// complete says that the inventory shows all workloads.
	complete bool
	services map[string][]*intent.Service // by name in Consul
	// pods are the workloads with a label, in the order of the inventory; runAs
	// counts those of an account.
	pods  map[podLabel][]*intent.Workload
	runAs map[intent.Name]int
	// hints are the namespaces of services that the input lacks: where an object
	// about them is.
	hints map[string]string
	shared
}

// podLabel is a label of the pods of one namespace.
type podLabel struct{ namespace, key, value string }

func newNames(inv *intent.Inventory, env intent.Environment, enterprise bool) *names {
	n := &names{
		inv: inv, acls: env.Consul.ACLs != nil && *env.Consul.ACLs, enterprise: enterprise, complete: env.Complete.Workloads,
		services: map[string][]*intent.Service{}, hints: map[string]string{},
		pods: map[podLabel][]*intent.Workload{}, runAs: map[intent.Name]int{},
	}
	for _, w := range inv.Workloads {
		if w.Kind == intent.MachineKind { // which is no client, and has no annotations
			continue
		}
		n.runAs[intent.Name{Namespace: w.Name.Namespace, Name: w.Account}]++
		for _, l := range w.Labels {
			at := podLabel{w.Name.Namespace, l.Key, l.Value}
			n.pods[at] = append(n.pods[at], w)
		}
	}
	for _, s := range inv.Services {
		name := n.of(s)
		n.services[name] = append(n.services[name], s)
	}
	n.findShared()
	return n
}

// of is the name of a Service in Consul: what the annotation of its pods says,
// where all say the same, or else its own.
func (n *names) of(s *intent.Service) string {
	said := ""
	for i, w := range n.workloads(s) {
		name, _ := intent.Lookup(w.Annotations, annotationService)
		if i > 0 && name != said {
			return s.Name.Name
		}
		said = name
	}
	if strings.Contains(said, ",") { // several services of one pod
		return s.Name.Name
	}
	return cmp.Or(said, s.Name.Name)
}

// workloads are those of the input that a Service selects.
func (n *names) workloads(s *intent.Service) []*intent.Workload {
	if len(s.Selector) == 0 {
		return nil
	}
	var out []*intent.Workload
	for _, w := range n.pods[podLabel{s.Name.Namespace, s.Selector[0].Key, s.Selector[0].Value}] {
		if s.Selects(w.Labels) {
			out = append(out, w)
		}
	}
	return out
}

// find lists the Services of the input that are a service of Consul. ns is
// Consul's namespace, "" in the community edition.
func (n *names) find(s service) []*intent.Service {
	found := n.services[s.name]
	if !n.enterprise {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(x *intent.Service) bool { return x.Name.Namespace != s.ns })
}

// service is a name in Consul with its namespace, which is "" in the community
// edition. Either may be anyName where several are meant.
type service struct{ ns, name string }

// wild counts what is left open: nothing, the name, or both.
func (s service) wild() int {
	switch {
	case s.ns == anyName:
		return 2
	case s.name == anyName:
		return 1
	}
	return 0
}

// covers reports whether an exact or less open service is among those meant.
func (s service) covers(o service) bool {
	return (s.ns == anyName || s.ns == o.ns) && (s.name == anyName || s.name == o.name)
}

func (s service) String() string {
	if s.ns == "" {
		return s.name
	}
	return s.ns + "/" + s.name
}

// host is what clients address in Kubernetes: the Service of that name, of
// several the one where an object about it is.
func (n *names) host(s service) intent.Host {
	ns := n.namespace(s)
	found := n.find(s)
	for _, x := range found {
		if x.Name.Namespace == ns {
			return intent.Host{Service: x.Name}
		}
	}
	if len(found) > 0 {
		return intent.Host{Service: found[0].Name}
	}
	return intent.Host{Service: intent.Name{Namespace: ns, Name: s.name}}
}

// namespace is where a service that the input lacks is taken to be.
func (n *names) namespace(s service) string {
	return cmp.Or(s.ns, n.hints[s.name], "default")
}

// subject is a predicate for the workloads of a service; nil is all.
func (n *names) subject(s service, at place.Ref) match.Expr {
	switch s.wild() {
	case 2:
		return nil
	case 1:
		if s.ns == "" {
			return nil
		}
		return match.Atom{Field: match.Namespace, Value: s.ns, Ref: new(at)}
	}
	var any []match.Expr
	for _, x := range n.find(s) {
		any = append(any, n.servers(x, at))
	}
	if len(any) == 0 {
		return match.Atom{Field: match.Service, Value: n.namespace(s) + "/" + s.name, Ref: new(at)}
	}
	return match.Disj(any...)
}

// subjectOf is a predicate for the workloads that a Service selects.
func subjectOf(s *intent.Service, at place.Ref) match.Expr {
	if len(s.Selector) == 0 {
		return match.Atom{Field: match.Service, Value: s.Name.String(), Ref: new(at)}
	}
	all := []match.Expr{match.Atom{Field: match.Namespace, Value: s.Name.Namespace, Ref: new(at)}}
	for _, l := range s.Selector {
		all = append(all, match.Atom{Field: match.Label, Key: l.Key, Value: l.Value, Ref: new(at)})
	}
	return match.Conj(all...)
}

// anyClient is every client of the mesh.
func anyClient(at place.Ref) match.Expr {
	return match.Atom{Field: match.ClientAccount, Op: match.Present, Ref: new(at)}
}

// client is a predicate for the clients that belong to a service. guessed says
// that the input does not tell their service account, and that it was taken to
// have the service's name, as it must where ACLs are on.
func (n *names) client(s service, at place.Ref) (e match.Expr, guessed bool) {
	switch s.wild() {
	case 2:
		return anyClient(at), false
	case 1:
		if s.ns == "" {
			return anyClient(at), false
		}
		return match.Atom{Field: match.ClientNamespace, Value: s.ns, Ref: new(at)}, false
	}
	var any []match.Expr
	for _, x := range n.find(s) {
		e, g := n.clientOf(x, s.name, at)
		any, guessed = append(any, e), guessed || g
	}
	if len(any) > 0 {
		return match.Disj(any...), guessed
	}
	account := match.Atom{Field: match.ClientAccount, Value: s.name, Ref: new(at)}
	if s.ns == "" {
		return account, !n.acls
	}
	return match.Conj(match.Atom{Field: match.ClientNamespace, Value: s.ns, Ref: new(at)}, account), !n.acls
}

// clientOf tells the clients of one Service by their account, where all its
// workloads and no others have it, or else by their labels.
func (n *names) clientOf(s *intent.Service, name string, at place.Ref) (e match.Expr, guessed bool) {
	in := match.Atom{Field: match.ClientNamespace, Value: s.Name.Namespace, Ref: new(at)}
	own := n.own(s)
	if account, ok := n.onlyAccount(s, own); ok {
		return match.Conj(in, match.Atom{Field: match.ClientAccount, Value: account, Ref: new(at)}), false
	}
	if len(own) == 0 || len(s.Selector) == 0 {
		return match.Conj(in, match.Atom{Field: match.ClientAccount, Value: name, Ref: new(at)}), !n.acls
	}
	all := []match.Expr{in}
	for _, l := range s.Selector {
		all = append(all, match.Atom{Field: match.ClientLabel, Key: l.Key, Value: l.Value, Ref: new(at)})
	}
	for _, o := range n.settled[s] {
		e, _ := n.clientOf(o, o.Name.Name, at)
		all = append(all, match.Negate(e))
	}
	return match.Conj(all...), false
}

// onlyAccount is the account that all of a Service's workloads and no others of
// its namespace have.
func (n *names) onlyAccount(s *intent.Service, own []*intent.Workload) (string, bool) {
	if len(own) == 0 {
		return "", false
	}
	account := own[0].Account
	for _, w := range own {
		if w.Account != account {
			return "", false
		}
	}
	return account, n.runAs[intent.Name{Namespace: s.Name.Namespace, Name: account}] == len(own)
}
