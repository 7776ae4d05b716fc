// Package inventory reads what the Kubernetes objects of the input show of the
// cluster: Services, workloads, service accounts and namespaces. They are
// context, not configuration of a mesh; only what is read here counts in the
// ledger.
package inventory

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// readers by group and kind; a kind without one is not part of the inventory.
var readers = map[[2]string]func(*intent.Inventory, *source.Object){
	{"", "Service"}:               readService,
	{"", "ServiceAccount"}:        readAccount,
	{"", "Namespace"}:             readNamespace,
	{"", "Pod"}:                   readPod,
	{"", "ReplicationController"}: readTemplate,
	{"apps", "Deployment"}:        readTemplate,
	{"apps", "StatefulSet"}:       readTemplate,
	{"apps", "DaemonSet"}:         readTemplate,
	{"apps", "ReplicaSet"}:        readTemplate,
	{"batch", "Job"}:              readTemplate,
	{"batch", "CronJob"}:          readCronJob,
}

// Belongs reports whether the object tells something of the cluster.
func Belongs(o *source.Object) bool { return readers[[2]string{o.Group(), o.Kind}] != nil }

// Read collects the inventory of the objects that belong to it. Of several
// objects with one name the first counts.
func Read(objs []*source.Object) *intent.Inventory {
	inv := &intent.Inventory{}
	for _, o := range objs {
		if read := readers[[2]string{o.Group(), o.Kind}]; read != nil {
			read(inv, o)
		}
	}
	sortNamed(inv)
	return inv
}

// Join is what two parts of the input show. Of two Services with one name that of the
// first counts.
func Join(a, b *intent.Inventory) *intent.Inventory {
	inv := &intent.Inventory{
		Services: slices.Concat(a.Services, b.Services), Workloads: slices.Concat(a.Workloads, b.Workloads),
		Accounts: slices.Concat(a.Accounts, b.Accounts), Namespaces: slices.Concat(a.Namespaces, b.Namespaces),
	}
	sortNamed(inv)
	return inv
}

func sortNamed(inv *intent.Inventory) {
	slices.SortStableFunc(inv.Services, func(a, b *intent.Service) int { return compareName(a.Name, b.Name) })
	inv.Services = slices.CompactFunc(inv.Services, func(a, b *intent.Service) bool { return a.Name == b.Name })
	slices.SortStableFunc(inv.Workloads, func(a, b *intent.Workload) int {
		return 2*compareName(a.Name, b.Name) + strings.Compare(a.Kind, b.Kind)
	})
	slices.SortFunc(inv.Accounts, compareName)
	inv.Accounts = slices.Compact(inv.Accounts)
	slices.SortStableFunc(inv.Namespaces, func(a, b *intent.Namespace) int { return strings.Compare(a.Name, b.Name) })
	inv.Index()
}

func compareName(a, b intent.Name) int {
	if c := strings.Compare(a.Namespace, b.Namespace); c != 0 {
		return c
	}
	return strings.Compare(a.Name, b.Name)
}

func name(o *source.Object) intent.Name { return intent.Name{Namespace: o.Namespace, Name: o.Name} }

// pairs reads a map of strings, sorted by key.
func pairs(n *source.Node) []intent.Pair {
	if n.Kind() != source.Map {
		return nil
	}
	all := n.Entries()
	out, from := make([]intent.Pair, 0, len(all)), make(intent.Origin, 0, len(all))
	for i, e := range all {
		from = append(from, e.Value.Ref())
		out = append(out, intent.Pair{Key: e.Key, Value: e.Value.Text(), From: from[i : i+1 : i+1]})
	}
	slices.SortFunc(out, func(a, b intent.Pair) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func readAccount(inv *intent.Inventory, o *source.Object) {
	inv.Accounts = append(inv.Accounts, name(o))
}

func readNamespace(inv *intent.Inventory, o *source.Object) {
	meta := o.Root.Get("metadata")
	inv.Namespaces = append(inv.Namespaces, &intent.Namespace{
		Name: o.Name, Labels: pairs(meta.Get("labels")), Annotations: pairs(meta.Get("annotations")), From: intent.From(o.Ref()),
	})
}
