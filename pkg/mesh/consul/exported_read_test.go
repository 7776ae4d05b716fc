package consul

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

// What is made known to other clusters is a fact each, in both editions, or wrong.
func TestExported(t *testing.T) {
	entry := func(services string) string {
		return "Kind: exported-services\nName: default\nServices: " + services + "\n"
	}
	for name, c := range map[string]struct{ version, text, want, found, problems string }{
		"to peers": {versionCommunity, cr("ExportedServices", "default", "services: [{name: web, consumers: [{peer: east}, {peer: west}]}, {name: '*', consumers: [{peer: lab}]}]"),
			"default/web to peer east; default/web to peer west; /* to peer lab", "", ""},
		"an entry": {versionCommunity, entry("[{Name: web, Consumers: [{Peer: east}]}]"), "default/web to peer east", "", ""},
		"to others of the enterprise": {versionEnterprise, cr("ExportedServices", "own", "services: [{name: web, namespace: shop, consumers: [{partition: other}, {samenessGroup: all}]}, {name: '*', namespace: '*', consumers: [{peer: east}]}]"),
			"shop/web to partition other; shop/web to sameness group all; /* to peer east", "", ""},
		"all of a namespace":    {versionEnterprise, cr("ExportedServices", "own", "services: [{name: '*', namespace: shop, consumers: [{peer: east}]}]"), "shop/* to peer east", "", ""},
		"to the own partition":  {versionCommunity, cr("ExportedServices", "default", "services: [{name: web, consumers: [{}]}]"), "", "is known there without it", ""},
		"a partition of one":    {versionCommunity, entry("[{Name: web, Namespace: shop, Consumers: [{Partition: other}]}]"), "", "has one partition alone", ""},
		"a partition, by k8s":   {versionCommunity, cr("ExportedServices", "default", "services: [{name: web, consumers: [{partition: other}]}]"), "", "is known there", "partition is in Consul Enterprise only"},
		"a group":               {versionCommunity, entry("[{Name: web, Consumers: [{SamenessGroup: all}]}]"), "default/web to sameness group all", "", "SamenessGroup is in Consul Enterprise only"},
		"nothing":               {versionCommunity, cr("ExportedServices", "default", "services: []"), "", "it makes nothing known", ""},
		"another name":          {versionCommunity, cr("ExportedServices", "own", "services: [{name: web, consumers: [{peer: east}]}]"), "", "its name must be default", ""},
		"to two at once":        {versionCommunity, cr("ExportedServices", "default", "services: [{name: web, consumers: [{peer: east, samenessGroup: other}]}]"), "default/web to sameness group other", "", "says more than one"},
		"of others, failing":    {versionCommunity, cr("ServiceResolver", "web", "failover: {'*': {targets: [{peer: west}]}}") + cr("ExportedServices", "default", "services: [{name: web, consumers: [{peer: east}]}]"), "shop/web to peer east", "", "lead to services of others"},
		"of others":             {versionCommunity, cr("ServiceResolver", "web", "redirect: {service: api, datacenter: dc2}") + cr("ExportedServices", "default", "services: [{name: web, consumers: [{peer: east}]}]"), "shop/web to peer east", "", "lead to services of others"},
		"to all peers":          {versionCommunity, cr("ExportedServices", "default", "services: [{name: web, consumers: [{peer: '*'}]}]"), "default/web to peer *", "", "is not the name of one"},
		"to nobody":             {versionCommunity, cr("ExportedServices", "default", "services: [{name: web}]"), "", "", "names nobody"},
		"without a name":        {versionCommunity, cr("ExportedServices", "default", "services: [{consumers: [{peer: east}]}]"), "default/ to peer east", "", "names no service"},
		"one of all namespaces": {versionEnterprise, cr("ExportedServices", "own", "services: [{name: web, namespace: '*', consumers: [{peer: east}]}]"), "/* to peer east", "", "names one service of all namespaces"},
	} {
		t.Run(name, func(t *testing.T) {
			a := readFile(t, "in.yaml", c.text, env("allow"), c.version)
			var got []string
			for _, e := range a.model.Exports {
				got = append(got, e.Service.String()+" to "+e.Recipients())
			}
			if s := strings.Join(got, "; "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
			if !strings.Contains(a.found(), c.found) || !strings.Contains(a.problems(), c.problems) || c.problems == "" && a.problems() != "" || a.unread() != "" {
				t.Errorf("found %s, problems %s, unread %s", a.found(), a.problems(), a.unread())
			}
		})
	}
}

// What the enterprise edition makes known is so in the community edition as far as peers go,
// and no Service with it that has the same name there.
func TestExporting(t *testing.T) {
	m := &intent.Model{Env: env("allow"), Exports: []*intent.Export{{Service: intent.Name{Namespace: "shop", Name: "web"}, To: &intent.Cluster{Kind: intent.Peer, Name: "east"}}}}
	can := func(s intent.Name, to intent.Cluster) string {
		why, _ := exporting(m, false)(&intent.Export{Service: s, To: &to})
		return why
	}
	web, peer := intent.Name{Namespace: "shop", Name: "web"}, intent.Cluster{Kind: intent.Peer, Name: "east"}
	if why := can(web, peer); why != "" {
		t.Error(why)
	}
	if can(web, intent.Cluster{Kind: intent.Partition, Name: "a"}) == "" || can(intent.Name{Namespace: "shop", Name: "*"}, peer) == "" {
		t.Error("the community edition has partitions, or namespaces")
	}
	if why, _ := exporting(m, true)(&intent.Export{Service: web, To: &intent.Cluster{Kind: intent.Partition, Name: "a"}}); why != "" {
		t.Error(why)
	}
	for _, ns := range []string{"lab", "shop"} {
		m.Inventory.Services = append(m.Inventory.Services, &intent.Service{Name: intent.Name{Namespace: ns, Name: "web"}})
	}
	if why := can(web, peer); !strings.Contains(why, "lab/web") {
		t.Errorf("a Service of the same name: %q", why)
	}
}

// How traffic gets to the proxy is said by what it lets callers do.
func TestKeptWords(t *testing.T) {
	for name, c := range map[string]struct{ text, found, problems string }{
		"dialled directly":     {cr("ServiceDefaults", "api", "transparentProxy: {dialedDirectly: true}"), "callers may dial its instances by their addresses", ""},
		"not dialled directly": {cr("ServiceDefaults", "api", "transparentProxy: {dialedDirectly: false}"), "", ""},
		"a port":               {cr("ServiceDefaults", "api", "transparentProxy: {outboundListenerPort: 15002}"), "", "cannot be said in a custom resource"},
		"no limit":             {cr("ServiceDefaults", "api", "maxInboundConnections: 0"), "", ""},
		"a token elsewhere":    {cr("PeeringDialer", "west", "peer: {secret: {name: token, key: data, backend: vault}}"), "it peers with", "not kubernetes"},
		"a token of no name":   {cr("PeeringAcceptor", "west", "peer: {secret: {key: data, backend: kubernetes}}"), "may peer", "has no name, or no key"},
		"no token":             {cr("PeeringAcceptor", "west", "peer: {}"), "may peer", "names no Secret"},
		"requests to servers":  {cr("RateLimit", "global", "config: {readRate: 1}"), "it limits requests to Consul's servers", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := readText(t, allHTTP+c.text, env("allow"))
			if !strings.Contains(a.found(), c.found) || c.found == "" && c.problems == "" && a.found() != "" || !strings.Contains(a.problems(), c.problems) || c.problems == "" && a.problems() != "" || a.unread() != "" {
				t.Errorf("found %s, problems %s, unread %s", a.found(), a.problems(), a.unread())
			}
		})
	}
}
