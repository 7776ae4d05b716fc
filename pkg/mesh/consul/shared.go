package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// shared are the Services of the input that select pods of one another. A pod is registered
// as one service, and its intentions are those of that name, so that labels do not tell what
// is enforced there. Of Services that share pods the one that selects the most stands for
// all of its pods that are not registered as another.
type shared struct {
	// parts are the Services that hold for pods only which are registered as them.
	parts map[*intent.Service]bool
	// others are, of a Service which is no part, those as which its pods may be registered
	// instead.
	others map[*intent.Service][]*intent.Service
	// settled are, of a Service, those that select some of its pods, all of which the input
	// shows to be registered as them.
	settled map[*intent.Service][]*intent.Service
}

// findShared finds the Services that select pods of one another: where the labels of the one
// are all asked by the other.
func (n *names) findShared() {
	first := map[podLabel][]*intent.Service{} // by the first label that they ask for
	for _, s := range n.inv.Services {
		if len(s.Selector) > 0 && s.ExternalName == "" {
			at := podLabel{s.Name.Namespace, s.Selector[0].Key, s.Selector[0].Value}
			first[at] = append(first[at], s)
		}
	}
	wholes := map[*intent.Service][]*intent.Service{}
	for _, s := range n.inv.Services {
		if s.ExternalName != "" {
			continue
		}
		for _, l := range s.Selector {
			for _, whole := range first[podLabel{s.Name.Namespace, l.Key, l.Value}] {
				if whole.Selects(s.Selector) && wider(whole, s) && n.of(whole) != n.of(s) {
					wholes[s] = append(wholes[s], whole)
				}
			}
		}
	}
	n.divide(wholes)
}

// wider orders Services by how many pods they select, of the same those last that are
// ignored, and then by name.
func wider(a, b *intent.Service) bool {
	last := map[bool]int{true: 1}
	return cmp.Or(cmp.Compare(len(a.Selector), len(b.Selector)), last[ignored(a)]-last[ignored(b)], strings.Compare(a.Name.Name, b.Name.Name)) < 0
}

// ignored reports whether Consul does not know a Service.
// https://developer.hashicorp.com/consul/docs/k8s/annotations-and-labels
func ignored(s *intent.Service) bool {
	v, _ := intent.Lookup(s.Labels, alone.Ignores.Key)
	return v == alone.Ignores.Value
}

// divide tells parts from wholes: pods of a whole that no pod is registered as are those of
// its parts.
func (n *names) divide(wholes map[*intent.Service][]*intent.Service) {
	if len(wholes) == 0 {
		return
	}
	n.shared = shared{map[*intent.Service]bool{}, map[*intent.Service][]*intent.Service{}, map[*intent.Service][]*intent.Service{}}
	for s, of := range wholes {
		n.parts[s] = !n.settles(s) && slices.ContainsFunc(of, n.registers)
	}
	for _, s := range n.inv.Services {
		for _, whole := range wholes[s] {
			switch {
			case n.settles(s), ignored(whole) && !ignored(s):
				n.settled[whole] = append(n.settled[whole], s)
			case !n.parts[whole] && n.parts[s] && n.registers(s):
				n.others[whole] = append(n.others[whole], s)
			}
		}
	}
}

// own are the workloads that a Service selects without those that are of another one.
func (n *names) own(s *intent.Service) []*intent.Workload {
	if ignored(s) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(n.workloads(s)), func(w *intent.Workload) bool {
		return chosen(w) != "" && chosen(w) != s.Name.Name || slices.ContainsFunc(n.settled[s], func(o *intent.Service) bool { return o.Selects(w.Labels) })
	})
}

// settles reports whether all pods of a Service are shown, and say that they are its.
func (n *names) settles(s *intent.Service) bool {
	pods := n.workloads(s)
	return n.complete && len(pods) > 0 && !slices.ContainsFunc(pods, func(w *intent.Workload) bool { return chosen(w) != s.Name.Name })
}

// chosen is the Service that a pod says it is of; "" is none.
func chosen(w *intent.Workload) string {
	name, _ := intent.Lookup(w.Annotations, alone.Chooses)
	return name
}

// registers reports whether pods may be registered as a Service: it is not ignored, and
// those that there are are not said to be of another.
func (n *names) registers(s *intent.Service) bool {
	if ignored(s) {
		return false
	}
	pods := n.workloads(s)
	return !n.complete || len(pods) == 0 || slices.ContainsFunc(pods, func(w *intent.Workload) bool {
		return chosen(w) == "" || chosen(w) == s.Name.Name
	})
}

// servers is a predicate for the workloads of a Service: those that it selects, as far as
// they are registered as it.
func (n *names) servers(s *intent.Service, at place.Ref) match.Expr {
	all := []match.Expr{subjectOf(s, at)}
	if n.parts[s] {
		all = append(all, match.Atom{Field: match.Service, Value: s.Name.String(), Ref: new(at)})
	}
	for _, o := range n.settled[s] {
		all = append(all, match.Negate(subjectOf(o, at)))
	}
	for _, o := range n.others[s] {
		all = append(all, match.Negate(match.Atom{Field: match.Service, Value: o.Name.String(), Ref: new(at)}))
	}
	return match.Conj(all...)
}
