package consul

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// Whom a name of Consul means as client and as server.
func TestIdentity(t *testing.T) {
	other := strings.ReplaceAll(kubeService("web")+workload("web", "v1", "web", ""), "shop", "other")
	for name, c := range map[string]struct{ text, client, subject, found string }{
		"account of its own": {shopServices, "client namespace shop and client account web", "namespace shop and label app web", ""},
		"account shared with others": {kubeService("web") + workload("web", "v1", "default", "") + workload("api", "v1", "default", ""),
			"client namespace shop and client label app web", "namespace shop and label app web", ""},
		"workloads of two accounts": {kubeService("web") + workload("web", "v1", "a", "") + workload("web", "v2", "b", ""),
			"client namespace shop and client label app web", "namespace shop and label app web", ""},
		"no workloads":     {kubeService("web"), "client namespace shop and client account web", "namespace shop and label app web", "assumption"},
		"not in the input": {"", "client account web", "service shop/web", "assumption"},
		"named by the pods": {kubeService("front") + workload("front", "v1", "front", "consul.hashicorp.com/connect-service: web"),
			"client namespace shop and client account front", "namespace shop and label app front", ""},
		"T9: in two namespaces": {shopServices + other,
			"((client namespace other and client account web) or (client namespace shop and client account web))", "(namespace other and label app web) or (namespace shop and label app web)", "is in several namespaces: other, shop"},
	} {
		t.Run(name, func(t *testing.T) {
			as := readText(t, c.text+intentions("api", "- {name: web, action: allow}"), env("deny"))
			if got := everywhere.ReplaceAllString(match.String(as.model.Access[0].When), ""); got != c.client && "("+got+")" != c.client {
				t.Errorf("client %s, want %s", got, c.client)
			}
			at := readText(t, c.text+intentions("web", "- {name: '*', action: allow}"), env("deny"))
			if got := match.String(at.model.Access[0].Scope.Subject); got != c.subject {
				t.Errorf("subject %s, want %s", got, c.subject)
			}
			if !strings.Contains(as.found(), c.found) || c.found == "" && as.found() != "" {
				t.Errorf("found %s", as.found())
			}
		})
	}
}

// With ACLs the name of a service is that of its account, which then is no guess.
func TestACLsBindNames(t *testing.T) {
	e, on := env("deny"), true
	e.Consul.ACLs = &on
	a := readText(t, intentions("api", "- {name: web, action: allow}"), e)
	if a.found() != "" || everywhere.ReplaceAllString(match.String(a.model.Access[0].When), "") != "client account web" {
		t.Errorf("%s\n%s", a.found(), intent.Print(a.model))
	}
}

// Subsets are told apart by the labels of the workloads that the annotations are
// on, or by labels of the same name.
func TestSubsetLabels(t *testing.T) {
	meta := func(v string) string { return "consul.hashicorp.com/service-meta-version: " + v }
	for name, c := range map[string]struct{ filter, text, want, found string }{
		"label of the same name":  {"Service.Meta.version == v2", kubeService("api") + workload("api", "v1", "api", meta("v1")) + workload("api", "v2", "api", meta("v2")), "label version v2", ""},
		"label of another value":  {"Service.Meta.version == two", kubeService("api") + workload("api", "v1", "api", meta("one")) + workload("api", "v2", "api", meta("two")), "label version v2", ""},
		"no workloads":            {`Service.Meta["track"] == "canary"`, "", "label track canary", "unknown-reference"},
		"two conditions":          {"Service.Meta.a == b and (Service.Meta.c == `d`)", "", "label a b and label c d", "unknown-reference"},
		"a key with a dash":       {`Service.Meta["a-b"] == c and Service.Meta.n == 2`, "", "label a-b c and label n 2", "unknown-reference"},
		"contains":                {`Service.Tags contains v2`, kubeService("api") + workload("api", "v1", "api", "consul.hashicorp.com/service-tags: v1") + workload("api", "v2", "api", "consul.hashicorp.com/service-tags: 'a,v2'"), "label version v2", ""},
		"tag":                     {`"v2" in Service.Tags`, kubeService("api") + workload("api", "v1", "api", "consul.hashicorp.com/service-tags: v1") + workload("api", "v2", "api", "consul.hashicorp.com/service-tags: 'a,v2'"), "label version v2", ""},
		"what labels do not tell": {"Service.Meta.version != v1", "", `label consul.hashicorp.com/filter "Service.Meta.version != v1"`, "understood by Consul only"},
	} {
		t.Run(name, func(t *testing.T) {
			a := readText(t, c.text+cr("ServiceResolver", "api", "defaultSubset: s\nsubsets: {s: {filter: '"+c.filter+"'}}"), env("allow"))
			to := a.model.Routing[0].Rules[0].Then.(intent.Forward).To[0]
			if got := match.String(to.Subset); got != c.want || to.SubsetName != "s" {
				t.Errorf("subset %s, want %s", got, c.want)
			}
			if !strings.Contains(a.found(), c.found) || c.found == "" && a.found() != "" {
				t.Errorf("found %s", a.found())
			}
		})
	}
}

// In the enterprise edition names are those of a namespace.
func TestEnterprise(t *testing.T) {
	text := allHTTP + shopServices + strings.ReplaceAll(kubeService("web")+workload("web", "v1", "web", ""), "shop", "other") +
		cr("ServiceIntentions", "api", "destination: {name: api, namespace: shop}\nsources:\n- {name: web, namespace: other, action: allow}\n- {name: '*', namespace: shop, action: allow}\n- {name: db, action: deny}\n- {name: x, samenessGroup: g, action: allow}")
	a := readFile(t, "in.yaml", text, env("deny"), versionEnterprise)
	want := `allow at namespace shop and label app api when client namespace other and client account web
deny at namespace shop and label app api when client namespace shop and client account db
allow at namespace shop and label app api when client namespace shop
default deny`
	if got := lines(intent.Print(a.model), "allow", "deny", "default"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if !strings.Contains(a.found(), "its clients are in another cluster") || a.problems() != "" || a.unread() != "" {
		t.Errorf("found %s, problems %s, unread %s", a.found(), a.problems(), a.unread())
	}
	community := readText(t, text, env("deny"))
	if n := strings.Count(community.problems(), "is in Consul Enterprise only"); n != 4 {
		t.Errorf("%d fields of the enterprise edition found: %s", n, community.problems())
	}
}

// Kinds that are kept as they are.
func TestOpaque(t *testing.T) {
	for _, k := range opaqueKinds {
		var texts []string
		if k.resource != "" {
			version := map[bool]string{true: "v1alpha1", false: "v2beta1"}[k.group == group]
			texts = append(texts, "apiVersion: "+k.group+"/"+version+"\nkind: "+k.resource+"\nmetadata: {name: x}\nspec: {a: {b: [1]}}\n")
		}
		if k.entry != "" {
			texts = append(texts, "Kind: "+k.entry+"\nName: x\nA: {b: [1]}\n")
		}
		for _, text := range texts {
			a := readFile(t, "in.yaml", text, env("allow"), versionEnterprise)
			if len(a.model.Opaque) != 1 || a.model.Opaque[0].Security != k.security || !strings.Contains(a.found(), "not-translated") || a.unread() != "" {
				t.Errorf("%s: %d kept, found %s, unread %s", text, len(a.model.Opaque), a.found(), a.unread())
			}
		}
	}
	a := readText(t, "apiVersion: consul.hashicorp.com/v1alpha1\nkind: SamenessGroup\nmetadata: {name: x}\nspec: {}\n", env("allow"))
	if !strings.Contains(a.found(), "invalid-object") {
		t.Errorf("found %s", a.found())
	}
}

// Intentions that cannot be read guard their destination, wherever it is.
func TestGuards(t *testing.T) {
	for text, want := range map[string]string{
		intentions("api", "- {name: web, action: perhaps}"): "namespace shop and label app api",
		intentions("*", "- {name: web, action: 1}"):         "any request",
		cr("ServiceIntentions", "x", "sources: 1"):          "any request",
		"Kind: service-intentions\nName: api\nSources: 1\n": "namespace shop and label app api",
		intentions("far", "- {name: web}"):                  "service shop/far",
		cr("GatewayPolicy", "x", "targetRef: {name: gate}"): "service shop/gate",
	} {
		a := readText(t, shopServices+text, env("allow"))
		inv := a.model.Inventory
		if got := match.String(guards(a.objects[0], &inv)); got != want {
			t.Errorf("%s: guards %s, want %s", text, got, want)
		}
	}
}

// The configuration of servers and of consul-k8s tells what no manifest does.
func TestConfigure(t *testing.T) {
	for name, c := range map[string]struct {
		file, text, policy string
		acls               bool
		datacenter         string
	}{
		"nothing":     {"a.hcl", "server = true\n", "allow", false, "dc1"},
		"ACLs":        {"a.hcl", "datacenter = \"east\"\nacl {\n enabled = true\n default_policy = \"deny\"\n}\n", "deny", true, "east"},
		"own policy":  {"a.json", `{"default_intention_policy": "deny", "acl": {"enabled": false}, "primary_datacenter": "p", "datacenter": "q"}`, "deny", false, "p"},
		"ACLs off":    {"a.hcl", "acl {\n enabled = false\n default_policy = \"deny\"\n}\n", "allow", false, "dc1"},
		"Helm values": {"values.yaml", "global: {datacenter: k, acls: {manageSystemACLs: true}}\nconnectInject: {transparentProxy: {defaultEnabled: false}}\n", "deny", true, "k"},
	} {
		t.Run(name, func(t *testing.T) {
			objs, _ := source.Parse(c.file, []byte(c.text), source.Options{})
			got, diags := configure(objs, intent.Defaults())
			if got.Consul.DefaultIntention != c.policy || *got.Consul.ACLs != c.acls || got.Consul.Datacenter != c.datacenter || len(diags) > 0 {
				t.Errorf("got %+v, %v", got.Consul, diags)
			}
			if proxy := *got.Consul.TransparentProxy; proxy != (name != "Helm values") {
				t.Errorf("transparent proxy %v", proxy)
			}
			if (name == "nothing") != (len(got.Said) == 0) {
				t.Errorf("said %v", got.Said)
			}
		})
	}
}
