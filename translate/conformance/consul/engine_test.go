package consul

import (
	"testing"

	"github.com/transmesh/transmesh/translate/conformance/consul/engine"
)

// What the server makes of intentions that are easily misread. Each pins a
// statement about Consul that the reader and the writer rest on.
func TestEnforced(t *testing.T) {
	agents := start(t)
	for _, c := range []struct {
		name, policy string
		entries      []string
		from         string
		http         map[string]string
		want         bool
	}{
		{"no intention, deny", "deny", nil, "web", nil, false},
		{"no intention, allow", "allow", nil, "web", nil, true},
		{"an exact source", "deny", []string{`{"Kind":"service-intentions","Name":"db","Sources":[{"Name":"web","Action":"allow"}]}`}, "web", nil, true},
		{"another source", "deny", []string{`{"Kind":"service-intentions","Name":"db","Sources":[{"Name":"web","Action":"allow"}]}`}, "job", nil, false},
		{
			// The documented precedence says that the exact destination wins.
			"a denial for all sources does not override an allow for all destinations", "deny", []string{
				`{"Kind":"service-intentions","Name":"*","Sources":[{"Name":"web","Action":"allow"}]}`,
				`{"Kind":"service-intentions","Name":"db","Sources":[{"Name":"*","Action":"deny"}]}`,
			}, "web", nil, true,
		},
		{
			"permissions do not keep out what they do not name, where the default allows", "allow", []string{
				`{"Kind":"service-defaults","Name":"db","Protocol":"http"}`,
				`{"Kind":"service-intentions","Name":"db","Sources":[{"Name":"web","Permissions":[{"Action":"allow","HTTP":{"PathExact":"/a"}}]}]}`,
			}, "web", map[string]string{":path": "/b", ":method": "GET"}, true,
		},
		{
			"permissions keep it out where the default denies", "deny", []string{
				`{"Kind":"service-defaults","Name":"db","Protocol":"http"}`,
				`{"Kind":"service-intentions","Name":"db","Sources":[{"Name":"web","Permissions":[{"Action":"allow","HTTP":{"PathExact":"/a"}}]},{"Name":"*","Action":"allow"}]}`,
			}, "web", map[string]string{":path": "/b", ":method": "GET"}, false,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			agent := agents[c.policy]
			defer cleaned(t, agent)
			for _, e := range c.entries {
				if err := agent.Put([]byte(e)); err != nil {
					t.Fatal(err)
				}
			}
			if err := agent.Register(engine.Service{Name: "db", Port: 8080}); err != nil {
				t.Fatal(err)
			}
			proxy, err := agent.Dump("db")
			if err != nil {
				t.Fatal(err)
			}
			in, err := agent.Inbound(proxy)
			if err != nil {
				t.Fatal(err)
			}
			got := in.Admits(engine.Request{From: c.from, HTTP: c.http})
			if got != c.want {
				t.Errorf("admitted: %v, not %v", got, c.want)
			}
		})
	}
}
