package consul

import (
	"testing"
	"time"

	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
)

// TestRegistered pins what is read of Registrations: a terminating gateway leads to the
// instances of the services that it names and of no others, and asks the intentions for
// them; weights count together or not at all; and keys of metadata are words of letters.
func TestRegistered(t *testing.T) {
	a := engine.Start(t, "allow")
	for _, i := range []engine.Instance{
		{Node: "vm1", Address: "10.9.0.7", Service: "ledger", Port: 9080, Meta: map[string]string{"part_of-x": "shop", "tier": ""}},
		{Node: "vm2", Address: "10.9.0.8", Service: "ledger", Port: 9080, Weights: engine.Weights{Passing: 2, Warning: -1}},
		{Node: "vm3", Address: "10.9.0.9", Service: "ledger", Port: 9080, Weights: engine.Weights{Passing: 2, Warning: 0}},
		{Node: "vm4", Address: "10.9.0.10", Service: "other", Port: 9080},
	} {
		if err := a.RegisterOutside(i); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"app.kubernetes.io/part-of", "consul-tier", ""} {
		if err := a.RegisterOutside(engine.Instance{Node: "vm5", Address: "10.9.0.11", Service: "ledger", Port: 9080, Meta: map[string]string{key: "x"}}); err == nil {
			t.Errorf("metadata with the key %q is taken", key)
		}
	}
	got, err := a.Catalogued("ledger")
	if err != nil {
		t.Fatal(err)
	}
	for node, want := range map[string]engine.Weights{"vm1": {Passing: 1, Warning: 1}, "vm2": {Passing: 1, Warning: 1}, "vm3": {Passing: 2}} {
		if got[node].Weights != want {
			t.Errorf("%s has the weights %v, not %v", node, got[node].Weights, want)
		}
	}
	if len(got["vm1"].Meta) != 2 {
		t.Errorf("metadata of vm1 is %v", got["vm1"].Meta)
	}
	for _, e := range []string{
		`{"Kind": "terminating-gateway", "Name": "out", "Services": [{"Name": "ledger"}]}`,
		`{"Kind": "service-intentions", "Name": "ledger", "Sources": [{"Name": "web", "Action": "deny"}]}`,
	} {
		if err := a.Put([]byte(e)); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.RegisterGateway("terminating-gateway", "out"); err != nil {
		t.Fatal(err)
	}
	var in *engine.Inbound
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		p, err := a.DumpGateway("out")
		if err != nil {
			t.Fatal(err)
		}
		if in, err = a.Terminates(p, "ledger"); err == nil && !in.Admits(engine.Request{From: "web"}) {
			if _, err := a.Terminates(p, "other"); err == nil {
				t.Error("the gateway leads to a service that it does not name")
			}
			break
		}
		if time.Now().After(until) {
			t.Fatalf("web is let in at the gateway (%v)", err)
		}
	}
	if !in.Admits(engine.Request{From: "shop"}) {
		t.Error("shop is kept out at the gateway")
	}
	cleaned(t, a)
}
