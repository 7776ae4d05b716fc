package consul

import (
	"cmp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// permissionCan says why a permission cannot tell requests by a condition, or "".
// Conditions on clients are the source's, and the protocol is the service's. What
// must not be of a path or method is said by a permission before the others.
func permissionCan(e intent.Effect, l match.Literal) string {
	a := l.Atom
	if e == intent.Ask {
		return "an intention asks nobody"
	}
	switch {
	case a.Field == match.Token:
		return tokenCan(e, l)
	case a.Field.Client() && a.Field != match.ClientIP && a.Field != match.RemoteIP, a.Field == match.Protocol:
		return ""
	case a.Field == match.Path:
		return cmp.Or(pathCan(a), cased(a))
	case a.Field == match.Method:
		return methodCan(a)
	case a.Field == match.Header, a.Field == match.Authority, a.Field == match.Scheme:
		return headerCan(a)
	case a.Field == match.Found:
		return "a permission looks at no filter's findings"
	case a.Field == match.Port, a.Field == match.ServicePort:
		return onePort
	}
	return notHere
}

// cased holds for paths with their case: permissions have no other.
func cased(a match.Atom) string {
	if a.Fold {
		return "a permission compares paths with their case"
	}
	return ""
}

// parties are the names that Consul knows: of the Services of the input, and of those
// that policies name although the input lacks them. Clients that are behind several
// Services are those of the one that selects the most.
func parties(m *intent.Model, enterprise bool) []legal.Party {
	n := newNames(&m.Inventory, m.Env, enterprise)
	subjects := n.hintSubjects(m)
	all := map[service]bool{}
	for _, s := range m.Inventory.Services {
		if s.ExternalName == "" {
			all[n.service(s.Name)] = true
		}
	}
	clients := n.accounts(m)
	for _, s := range slices.Concat(subjects, clients) {
		all[s] = true
	}
	var out []legal.Party
	for s := range all {
		p := legal.Party{Namespace: n.host(s).Service.Namespace, Name: s.name}
		if len(n.find(s)) > 0 || slices.Contains(subjects, s) {
			p.Subject, p.Port = n.subject(s, place.Ref{}), n.reached(s)
		}
		if !n.narrow(s) {
			p.Client, _ = n.client(s, place.Ref{})
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b legal.Party) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	toldApart(out)
	return out
}

// narrow reports whether a name is of Services only that select a part of the pods of others.
func (n *names) narrow(s service) bool {
	found := n.find(s)
	return len(found) > 0 && !slices.ContainsFunc(found, func(x *intent.Service) bool {
		whole, _ := legal.Broader(n.inv, x)
		return whole == nil || n.settles(x)
	})
}

// toldApart leaves clients without a name that could be taken for others: those
// whose labels may be those of another name's pods, too.
func toldApart(all []legal.Party) {
	labelled := func(e match.Expr) bool {
		found := false
		match.Atoms(e, func(a match.Atom, _ bool) { found = found || a.Field == match.ClientLabel })
		return found
	}
	for i := range all {
		if all[i].Client == nil || !labelled(all[i].Client) {
			continue
		}
		if slices.ContainsFunc(all, func(p legal.Party) bool {
			return p.Client != nil && !apart(p.Client, all[i].Client) && !match.Equal(p.Client, all[i].Client)
		}) {
			all[i].Client = nil
		}
	}
}

// service is the name in Consul of a Service.
func (n *names) service(name intent.Name) service {
	s := service{name: name.Name}
	if found := n.inv.Service(name); found != nil {
		s.name = n.of(found)
	}
	if n.enterprise {
		s.ns = name.Namespace
	}
	return s
}

// hintSubjects lists the services that policies name as servers and that the input
// lacks, and notes their namespaces.
func (n *names) hintSubjects(m *intent.Model) []service {
	var out []service
	note := func(e match.Expr) {
		match.Atoms(e, func(a match.Atom, _ bool) {
			ns, name, ok := strings.Cut(a.Value, "/")
			if a.Field != match.Service || a.Op != match.Exact || !ok {
				return
			}
			if s := n.service(intent.Name{Namespace: ns, Name: name}); len(n.find(s)) == 0 {
				n.hints[name] = ns
				out = append(out, s)
			}
		})
	}
	for _, a := range m.Access {
		note(a.Scope.Subject)
	}
	for _, d := range m.Default {
		note(d.Scope.Subject)
	}
	return out
}

// accounts lists the services that policies name as clients by an account that no
// Service of the input runs as.
func (n *names) accounts(m *intent.Model) []service {
	known := map[string]bool{"default": true}
	for _, w := range m.Inventory.Workloads {
		known[w.Account] = true
	}
	for _, s := range m.Inventory.Services {
		e, _ := n.client(n.service(s.Name), place.Ref{})
		match.Atoms(e, func(a match.Atom, _ bool) {
			known[a.Value] = known[a.Value] || a.Field == match.ClientAccount
		})
	}
	var out []service
	for _, x := range m.Access {
		namespace := ""
		match.Atoms(x.When, func(a match.Atom, _ bool) {
			if a.Field == match.ClientNamespace && a.Op == match.Exact {
				namespace = a.Value
			}
		})
		match.Atoms(x.When, func(a match.Atom, _ bool) {
			if a.Field != match.ClientAccount || a.Op != match.Exact || known[a.Value] {
				return
			}
			s := service{name: a.Value}
			if n.enterprise {
				s.ns = cmp.Or(namespace, "default")
			}
			if len(n.find(s)) == 0 {
				out = append(out, s)
			}
		})
	}
	return out
}
