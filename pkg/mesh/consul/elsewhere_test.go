package consul

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
)

// Legs to services of others come out as they went in, with the namespace, partition or
// group that they name; the community edition has peers and datacenters alone.
func TestElsewhere(t *testing.T) {
	for name, c := range map[string]struct{ spec, name, out, community string }{
		"a namespace of a peer":      {"redirect: {service: web, namespace: other, peer: east}", "web.virtual.other.ns.east.peer.consul", "namespace: other", "no namespaces"},
		"the default one of a peer":  {"redirect: {service: web, peer: east}", "web.virtual.default.ns.east.peer.consul", "peer: east", ""},
		"a partition":                {"redirect: {service: web, partition: lab}", "web.service.shop.ns.lab.ap.consul", "partition: lab", "no namespaces"},
		"a subset of a datacenter":   {"subsets: {v1: {filter: Service.Meta.version == v1}}\nredirect: {service: api, serviceSubset: v1, datacenter: dc2}", "api.service.shop.ns.dc2.dc.consul", "serviceSubset: v1", ""},
		"a group":                    {"redirect: {samenessGroup: all}", "api.service.shop.ns.all.sg.consul", "samenessGroup: all", "no namespaces"},
		"failing over to a group":    {"failover: {'*': {samenessGroup: all}}", "api.service.shop.ns.all.sg.consul", "samenessGroup: all", "no namespaces"},
		"failing over to partitions": {"failover: {'*': {targets: [{partition: lab}, {service: web, namespace: n, partition: lab}]}}", "web.service.n.ns.lab.ap.consul", "partition: lab", "no namespaces"},
	} {
		t.Run(name, func(t *testing.T) {
			a := readFile(t, "in.yaml", cr("ServiceResolver", "api", c.spec), env("allow"), versionEnterprise)
			if text := intent.Print(a.model); !strings.Contains(text, c.name) || a.problems() != "" {
				t.Fatalf("problems %s in\n%s", a.problems(), text)
			}
			w := translated(t, a.model, versionEnterprise)
			if got := decide.Compare(a.model, w.back, decide.Options{}); got.Verdict != decide.Same || !strings.Contains(yamlOf(t, w.objs), c.out) {
				t.Errorf("%v\n%s", got, yamlOf(t, w.objs))
			}
			var why string
			for _, x := range translated(t, a.model, versionCommunity).changes {
				why += x.Summary + "\n"
			}
			if refused := strings.Contains(why, "no namespaces"); refused != (c.community != "") {
				t.Errorf("the community edition: %s", why)
			}
		})
	}
}

// A leg says once whose its service is, as Consul's servers demand it.
func TestOneWay(t *testing.T) {
	for spec, why := range map[string]string{
		"redirect: {service: web, peer: east, partition: lab}":            "a peer beside",
		"redirect: {service: web, samenessGroup: all, datacenter: dc2}":   "a sameness group beside",
		"redirect: {partition: lab}":                                      "without a service",
		"failover: {'*': {targets: [{partition: lab, datacenter: dc2}]}}": "a partition beside",
		"failover: {'*': {samenessGroup: all, datacenters: [dc2]}}":       "a sameness group beside",
	} {
		a := readFile(t, "in.yaml", cr("ServiceResolver", "api", spec), env("allow"), versionEnterprise)
		if !strings.Contains(a.problems(), why) {
			t.Errorf("%s: got %s", spec, a.problems())
		}
	}
}

// Shares and routes lead to services of other partitions, and not to namesakes.
func TestSharesElsewhere(t *testing.T) {
	a := readFile(t, "in.yaml", allHTTP+cr("ServiceSplitter", "api", "splits: [{weight: 50}, {weight: 50, partition: lab}]"), env("allow"), versionEnterprise)
	if text := intent.Print(a.model); !strings.Contains(text, "forward 50 to api.service.shop.ns.lab.ap.consul") {
		t.Error(text)
	}
}

// The order in which what stands in is asked is taken by both editions: one after the other
// is how it is anyway.
func TestFailoverOrder(t *testing.T) {
	for policy, c := range map[string]struct{ found, problems string }{
		"{mode: sequential}":                       {"", ""},
		"{mode: order-by-locality, regions: [us]}": {"the order of failover", ""},
		"{mode: random}":                           {"", "is neither sequential nor"},
	} {
		a := readText(t, cr("ProxyDefaults", "global", "failoverPolicy: "+policy), env("allow"))
		if !strings.Contains(a.found(), c.found) || c.found == "" && a.found() != "" || !strings.Contains(a.problems(), c.problems) || c.problems == "" && a.problems() != "" {
			t.Errorf("%s: found %s, problems %s", policy, a.found(), a.problems())
		}
	}
}
