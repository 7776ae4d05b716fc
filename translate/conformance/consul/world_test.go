package consul

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
)

// world is a model beside a server that holds the same configuration, with a
// sidecar for each service.
type world struct {
	agent    *engine.Agent
	model    *intent.Model
	services []string // in Consul, sorted
	client   *engine.Proxy
	inbound  map[string]*engine.Inbound
	more     []*match.Request                  // asked besides the samples
	standIns map[engine.Target][]engine.Target // of the chain that is asked about
}

// asker is the service that calls all others.
const asker = "the-asker"

// newWorld writes entries and starts sidecars.
func newWorld(t *testing.T, a *engine.Agent, entries [][]byte, m *intent.Model) *world {
	t.Helper()
	for _, e := range entries {
		if err := a.Put(e); err != nil && !foreign(e) {
			t.Fatalf("the server refuses %s: %v", e, err)
		}
	}
	w := &world{agent: a, model: m, services: servicesOf(t, entries, m)}
	for _, s := range w.services {
		if err := a.Register(engine.Service{Name: s, Port: 8080}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Register(engine.Service{Name: asker, Port: 8080, Upstreams: w.services}); err != nil {
		t.Fatal(err)
	}
	w.dump(t)
	return w
}

// foreign reports whether an entry is of a kind that transmesh keeps as it is: what
// the server asks of it may be missing in the input.
func foreign(entry []byte) bool {
	var of struct{ Kind string }
	return json.Unmarshal(entry, &of) == nil && !slices.Contains(order, of.Kind)
}

// dump asks for the configuration of all sidecars.
func (w *world) dump(t *testing.T) {
	t.Helper()
	proxies := make([]*engine.Proxy, len(w.services)+1)
	var all sync.WaitGroup
	for i, s := range append(slices.Clone(w.services), asker) {
		all.Go(func() {
			p, err := w.agent.Dump(s)
			if err != nil {
				t.Errorf("%s: %v", s, err)
			}
			proxies[i] = p
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	w.client, w.inbound = proxies[len(w.services)], map[string]*engine.Inbound{}
	for i, s := range w.services {
		in, err := w.agent.Inbound(proxies[i])
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		w.inbound[s] = in
	}
}

// servicesOf are the services of the inventory and those that entries name.
func servicesOf(t *testing.T, entries [][]byte, m *intent.Model) []string {
	t.Helper()
	found := map[string]bool{}
	for _, s := range m.Inventory.Services {
		found[consulName(&m.Inventory, s)] = true
	}
	for _, e := range entries {
		var v any
		var of struct{ Kind, Name string }
		if err := errors.Join(json.Unmarshal(e, &v), json.Unmarshal(e, &of)); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(of.Kind, "service-") {
			found[of.Name] = true
			named(v, found)
		}
	}
	for _, name := range outside(entries) {
		delete(found, name)
	}
	delete(found, "*")
	return slices.Sorted(maps.Keys(found))
}

// outside are the services that entries say are destinations, of which nothing runs.
func outside(entries [][]byte) (out []string) {
	for _, e := range entries {
		var of struct {
			Name        string
			Destination struct{ Addresses []string }
		}
		if json.Unmarshal(e, &of) == nil && len(of.Destination.Addresses) > 0 {
			out = append(out, of.Name)
		}
	}
	return out
}

// named finds the services that are named anywhere in an entry.
func named(v any, found map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for key, kid := range v {
			name, is := kid.(string)
			if is && strings.EqualFold(key, "Service") {
				found[name] = true
			}
			if sources, are := kid.([]any); are && strings.EqualFold(key, "Sources") {
				for _, s := range sources {
					var of struct{ Name, Peer string }
					if text, err := json.Marshal(s); err == nil && json.Unmarshal(text, &of) == nil && of.Peer == "" {
						found[of.Name] = true
					}
				}
			}
			named(kid, found)
		}
	case []any:
		for _, kid := range v {
			named(kid, found)
		}
	}
}

// kubernetes is the Service that a service of Consul is, nil for none.
func (w *world) kubernetes(service string) *intent.Service {
	for _, s := range w.model.Inventory.Services {
		if consulName(&w.model.Inventory, s) == service {
			return s
		}
	}
	return nil
}

// ambiguous reports whether several Services are one service.
func (w *world) ambiguous(service string) bool {
	n := 0
	for _, s := range w.model.Inventory.Services {
		if consulName(&w.model.Inventory, s) == service {
			n++
		}
	}
	return n > 1
}

// absent reports whether a service is known not to exist: its name is registered
// here because an entry has it, and nobody can mean it.
func (w *world) absent(service string) bool {
	return w.model.Env.Complete.Services && w.kubernetes(service) == nil
}

// shares reports whether another service selects workloads of a service. In Consul
// it is another server and another client, and nobody else than these two are one
// for the model; it may let in what the server does not.
func (w *world) shares(service string) bool {
	s := w.kubernetes(service)
	if s == nil {
		return false
	}
	own := w.workload(s)
	for _, o := range w.model.Inventory.Services {
		if o != s && o.Name.Namespace == s.Name.Namespace && (o.Selects(own.Labels) || s.Selects(o.Selector)) {
			return true
		}
	}
	return false
}

// workload is one that a Service selects, or one with its labels.
func (w *world) workload(s *intent.Service) *intent.Workload {
	for _, x := range w.model.Inventory.Workloads {
		if x.Name.Namespace == s.Name.Namespace && s.Selects(x.Labels) {
			return x
		}
	}
	return &intent.Workload{Name: s.Name, Labels: s.Selector, Account: s.Name.Name}
}

// as gives a request the client's attributes.
func (w *world) as(r *match.Request, service string) *match.Request {
	trust := cmp.Or(w.model.Env.TrustDomain, "cluster.local")
	r.Set(match.ClientTrust, "", trust).Set(match.ClientNamespace, "", "default").Set(match.ClientAccount, "", service)
	if s := w.kubernetes(service); s != nil {
		c := w.workload(s)
		r.Set(match.ClientNamespace, "", c.Name.Namespace).Set(match.ClientAccount, "", c.Account)
		for _, l := range c.Labels {
			r.Set(match.ClientLabel, l.Key, l.Value)
		}
	}
	ns, _ := r.Lookup(match.ClientNamespace, "")
	account, _ := r.Lookup(match.ClientAccount, "")
	return r.Set(match.ClientIdentity, "", trust+"/ns/"+ns+"/sa/"+account)
}

// at gives a request the attributes of the workload that it is for.
func (w *world) at(r *match.Request, service string) *match.Request {
	ns := "default"
	r.Set(match.Port, "", "8080").Set(match.Account, "", service)
	if s := w.kubernetes(service); s != nil {
		x := w.workload(s)
		ns = s.Name.Namespace
		r.Set(match.Port, "", strconv.Itoa(port(s, x)))
		r.Set(match.Account, "", x.Account)
		for _, l := range x.Labels {
			r.Set(match.Label, l.Key, l.Value)
		}
		r.Set(match.Service, "", s.Name.String())
	} else {
		r.Set(match.Service, "", w.host(service).Service.String())
		ns = w.host(service).Service.Namespace
	}
	return r.Set(match.Namespace, "", ns)
}

// port is the workload's behind the first port of a Service; a service of Consul
// has one.
func port(s *intent.Service, x *intent.Workload) int {
	if len(s.Ports) == 0 {
		return 8080
	}
	p := s.Ports[0]
	for _, own := range x.Ports {
		if own.Name == p.TargetName && p.TargetName != "" {
			return own.Port
		}
	}
	return cmp.Or(p.Target, p.Port)
}

// host is what clients address for a service: what the model has a table for, or
// its Service.
func (w *world) host(service string) intent.Host {
	if s := w.kubernetes(service); s != nil {
		return intent.Host{Service: s.Name}
	}
	for _, h := range w.hosts() {
		if h.Service.Name == service {
			return h
		}
	}
	out := intent.Host{Service: intent.Name{Namespace: "default", Name: service}}
	for _, scope := range w.subjects() {
		match.Atoms(scope, func(a match.Atom, _ bool) {
			if ns, name, _ := strings.Cut(a.Value, "/"); a.Field == match.Service && name == service {
				out.Service.Namespace = ns
			}
		})
	}
	return out
}

// hosts are those that the model routes requests for or to.
func (w *world) hosts() []intent.Host {
	var out []intent.Host
	for _, t := range w.model.Routing {
		out = append(out, t.Host)
		for _, r := range t.Rules {
			f, _ := r.Then.(intent.Forward)
			for _, b := range f.To {
				out = append(out, b.Host)
			}
		}
	}
	return out
}

// subjects are the scopes of what decides about admission.
func (w *world) subjects() []match.Expr {
	var out []match.Expr
	for _, a := range w.model.Access {
		out = append(out, a.Scope.Subject)
	}
	for _, d := range w.model.Default {
		out = append(out, d.Scope.Subject)
	}
	return out
}
