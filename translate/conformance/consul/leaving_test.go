package consul

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
)

// leaving asks what leaves the mesh, of every service whose traffic is redirected
// through its sidecar, until both agree or the server has had time to tell these, and
// lists where they differ.
func (w *world) leaving(t *testing.T, n *tally) (wrong []string) {
	t.Helper()
	calls := callsOutside(w.model)
	for _, s := range append(slices.Clone(w.services), asker) {
		if len(calls) == 0 || s != asker && w.kubernetes(s) == nil {
			continue
		}
		if err := w.agent.RegisterRedirected(s); err != nil {
			t.Fatal(err)
		}
		for range 6 {
			proxy, err := w.agent.DumpRedirected(s)
			if err != nil {
				return []string{err.Error()}
			}
			if wrong = w.differingCalls(s, proxy, calls); len(wrong) == 0 {
				break
			}
			time.Sleep(200 * time.Millisecond)
		}
		if len(wrong) > 0 {
			return wrong
		}
		n.left += len(calls)
	}
	return nil
}

func (w *world) differingCalls(from string, proxy *engine.Proxy, calls []call) (wrong []string) {
	for _, c := range calls {
		q := w.as(c.request(), from)
		legs := decide.Run(w.model, decide.Request{Host: intent.Host{DNS: c.host}, Port: int(c.To.Port()), At: *q}).Legs
		got := len(legs) > 0 && legs[0].Admission.Allowed
		if want := proxy.Leaves(c.Call); got != want {
			wrong = append(wrong, fmt.Sprintf("%s to %s at %s, TLS to %q, HTTP to %q: the engine lets it out: %v, and transmesh: %v", from, c.host, c.To, c.Name, c.Host, want, got))
		}
	}
	return wrong
}

// call is one to a host, which is a name or an address.
type call struct {
	engine.Call
	host string
}

// request says a call in the words of the model.
func (c call) request() *match.Request {
	q := new(match.Request).Set(match.Protocol, "", "tcp")
	if c.Name != "" {
		q.Set(match.SNI, "", c.Name)
	}
	if c.Host != "" {
		q = new(match.Request).Set(match.Protocol, "", "http").Set(match.Host, "", c.Host).Set(match.Authority, "", c.Host)
		q.Set(match.Path, "", "/").Set(match.Method, "", "GET")
	}
	return q
}

// unknown is the address of all names, which no manifest has.
const unknown = "203.0.113.9"

// callsOutside are those to what a model knows outside and to others, at all ports that it
// knows and another, by TLS, HTTP and otherwise. There are none where it says nothing
// of what leaves, or does not hold all of what is known.
func callsOutside(m *intent.Model) (out []call) {
	partly := slices.ContainsFunc(m.Opaque, func(o *intent.Opaque) bool { return strings.HasSuffix(o.At.Path, "destination") })
	if redirected := m.Env.Consul.TransparentProxy; partly || redirected != nil && !*redirected || len(m.External)+len(m.Egress) == 0 {
		return nil
	}
	hosts, ports := []string{"other.example.net", "198.51.100.7"}, []int{8443}
	for _, e := range m.External {
		for _, h := range e.Hosts {
			if !strings.HasSuffix(h.DNS, ".virtual.consul") {
				hosts = append(hosts, h.DNS)
			}
		}
		hosts = append(hosts, e.Addresses...)
		for _, p := range e.Ports {
			ports = append(ports, p.Port)
		}
	}
	for _, h := range hosts {
		addr, err := netip.ParseAddr(h)
		if err != nil {
			addr = netip.MustParseAddr(unknown)
		}
		for _, p := range ports {
			to := netip.AddrPortFrom(addr, uint16(p))
			out = append(out, call{engine.Call{To: to}, h}, call{engine.Call{To: to, Host: h}, h})
			if err != nil { // TLS names no addresses
				out = append(out, call{engine.Call{To: to, Name: h}, h})
			}
		}
	}
	return out
}
