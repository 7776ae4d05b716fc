package decide

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// server is a workload that a witness about admission goes to.
type server struct {
	// subject holds what facts may ask of it, its port among them.
	subject *match.Request
	// service and port lead to it; zero where no Service does.
	service intent.Name
	port    int // the Service's, or else the workload's
	// name says what it is where no Service leads to it.
	name string
}

// kind is one kind of workloads, as scopes tell them apart.
type kind struct {
	namespace namespace
	scopes    local
	holds     []bool // of the scopes
	// sample shows it: made up, where the inventory has no such workload.
	sample *match.Request
	// excused holds for requests that are left out; nil is none.
	excused match.Expr
}

// server finds a workload of the inventory that is of a kind, with a Service that
// leads to it; where there is none, it describes the kind.
func (c *comparison) server(k kind) server {
	demanded := k.demanded()
	for _, m := range []*intent.Model{c.a, c.b} {
		var found *server
		for _, w := range m.Inventory.WorkloadsIn(k.namespace.name) {
			if slices.ContainsFunc(demanded, func(e match.Expr) bool { return lacks(w, e) }) {
				continue
			}
			s, ok := c.workload(m, w, k)
			switch {
			case ok && !s.service.IsZero():
				return s
			case ok && found == nil:
				found = &s
			}
		}
		if found != nil {
			return *found
		}
	}
	for _, m := range []*intent.Model{c.a, c.b} {
		for _, svc := range m.Inventory.Services {
			if s, ok := behind(svc, k); ok {
				return s
			}
		}
	}
	s := server{subject: k.sample, name: "workload" + strings.TrimPrefix(k.without(), "workloads")}
	if p, ok := k.sample.Lookup(match.Port, ""); ok {
		s.port = mustPort(p)
	}
	return s
}

// demanded are the scopes that hold for the kind.
func (k kind) demanded() []match.Expr {
	var out []match.Expr
	for i, e := range k.scopes.exprs {
		if k.holds[i] {
			out = append(out, e)
		}
	}
	return out
}

// lacks reports that a scope holds at no port of a workload, where its labels tell.
func lacks(w *intent.Workload, e match.Expr) bool {
	switch e := e.(type) {
	case match.Atom:
		if e.Field != match.Label || e.Op != match.Exact || e.Fold {
			return false
		}
		v, ok := intent.Lookup(w.Labels, e.Key)
		return !ok || v != e.Value
	case match.And:
		return slices.ContainsFunc(e, func(m match.Expr) bool { return lacks(w, m) })
	}
	return false
}

// workload is a workload at one of its ports, if it is of the kind there.
func (c *comparison) workload(m *intent.Model, w *intent.Workload, k kind) (server, bool) {
	q := new(match.Request).Set(match.Namespace, "", w.Name.Namespace).Set(match.Account, "", w.Account)
	for _, l := range w.Labels {
		q.Set(match.Label, l.Key, l.Value)
	}
	var leading []*intent.Service
	var names []string
	for _, s := range m.Inventory.ServicesIn(w.Name.Namespace) {
		if s.Selects(w.Labels) {
			leading, names = append(leading, s), append(names, s.Name.String())
		}
	}
	if names != nil {
		q.Set(match.Service, "", strings.Join(names, match.Separator))
	}
	for _, s := range leading {
		for _, p := range s.Ports {
			q.Set(match.Port, "", itoa(servicesOf(m).target(s.Name, p.Port, []*intent.Workload{w})))
			if k.has(q) {
				return server{subject: q, service: s.Name, port: p.Port}, true
			}
		}
	}
	others := []string{}
	for _, p := range w.Ports {
		others = append(others, itoa(p.Port))
	}
	if p, ok := k.sample.Lookup(match.Port, ""); ok {
		others = append(others, p)
	}
	for _, p := range others {
		if q.Set(match.Port, "", p); k.has(q) {
			return server{subject: q, name: "pod of " + w.Name.String(), port: mustPort(p)}, true
		}
	}
	q.Unset(match.Port, "")
	return server{subject: q, name: "pod of " + w.Name.String()}, len(leading) == 0 && k.has(q)
}

func mustPort(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic("decide: no port: " + s)
	}
	return n
}

// behind are the pods that a Service selects, at one of its ports, if they are of
// the kind: as far as the Service tells, where no workload is shown.
func behind(svc *intent.Service, k kind) (server, bool) {
	if svc.Name.Namespace != k.namespace.name || len(svc.Selector) == 0 {
		return server{}, false
	}
	q := k.sample.Clone().Set(match.Namespace, "", svc.Name.Namespace)
	for _, l := range svc.Selector {
		q.Set(match.Label, l.Key, l.Value)
	}
	if _, asked := q.Lookup(match.Service, ""); asked {
		q.Set(match.Service, "", svc.Name.String())
	}
	for _, p := range svc.Ports {
		if p.TargetName != "" {
			continue
		}
		if q.Set(match.Port, "", itoa(p.Target)); k.has(q) {
			return server{subject: q, service: svc.Name, port: p.Port}, true
		}
	}
	return server{}, false
}

// has reports whether a workload is of the kind.
func (k kind) has(q *match.Request) bool {
	if of := k.namespace.service; of != "" && !match.Eval(match.Atom{Field: match.Service, Value: of}, q) {
		return false
	}
	for i, e := range k.scopes.exprs {
		if match.Eval(e, q) != k.holds[i] {
			return false
		}
	}
	return true
}

// describe names a kind of workload by what scopes ask for: values that no scope
// names are "another".
func (k kind) describe() string {
	port, ok := k.sample.Lookup(match.Port, "")
	switch {
	case ok && k.named(func(a match.Atom) bool { return a.Field == match.Port && a.Value == port }):
		return k.without() + " on port " + port
	case ok:
		return k.without() + " on other ports"
	}
	return k.without()
}

// named reports whether some scope has an atom.
func (k kind) named(is func(match.Atom) bool) bool {
	found := false
	for _, e := range k.scopes.exprs {
		match.Atoms(e, func(a match.Atom, _ bool) { found = found || is(a) })
	}
	return found
}

// without describes a kind without its port.
func (k kind) without() string {
	var labels, others []string
	for _, p := range k.sample.Values(match.Label) {
		if k.named(func(a match.Atom) bool { return a.Field == match.Label && a.Key == p.Key && a.Value == p.Value }) {
			labels = append(labels, p.Key+"="+p.Value)
		} else {
			others = append(others, "another "+p.Key)
		}
	}
	text := "workloads of " + k.namespace.String()
	if parts := append(labels, others...); len(parts) > 0 {
		text += " with " + strings.Join(parts, ",")
	}
	if account, ok := k.sample.Lookup(match.Account, ""); ok {
		text += " of account " + account
	}
	if services, ok := k.sample.Lookup(match.Service, ""); ok {
		text += " of Service " + services
	}
	return text
}
