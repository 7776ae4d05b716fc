package consul

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// configure reads what the configuration of Consul's servers and the Helm values of
// consul-k8s say of the mesh, where the input holds them.
// https://developer.hashicorp.com/consul/docs/agent/config/config-files
// https://developer.hashicorp.com/consul/docs/k8s/helm
func configure(objs []*source.Object, env intent.Environment) (intent.Environment, diag.List) {
	c := &configuration{env: env}
	c.env.Said = slices.Clone(env.Said)
	for _, o := range objs {
		if o.Kind == "" && o.APIVersion == "" {
			c.agent(value{o.Root, true})
			c.helm(value{o.Root, false})
		}
	}
	slices.Sort(c.env.Said)
	c.env.Said = slices.Compact(c.env.Said)
	return c.env, c.diags
}

type configuration struct {
	env   intent.Environment
	diags diag.List
}

// agent reads the configuration of a server. Where it says no policy of its own
// for intentions, that of ACLs holds: agent/config/builder.go.
func (c *configuration) agent(n value) {
	acl := n.get("acl")
	on := acl.get("enabled").boolean()
	switch policy := acl.get("default_policy").text(); {
	case acl.missing():
	case !on:
		c.policy("allow", acl)
	case policy == "":
		c.policy("allow", acl)
	default:
		c.policy(policy, acl.get("default_policy"))
	}
	if !acl.missing() {
		c.env.Consul.ACLs = &on
		c.said("consul.acls")
	}
	if v := n.get("default_intention_policy"); v.text() != "" {
		c.policy(v.text(), v)
	}
	dc := n.get("primary_datacenter")
	if dc.text() == "" {
		dc = n.get("datacenter")
	}
	if name := dc.text(); name != "" {
		c.env.Consul.Datacenter = name
		c.said("consul.datacenter")
	}
}

// policy settles what no intention decides.
func (c *configuration) policy(effect string, at value) {
	if effect != "allow" && effect != "deny" {
		c.diags.Add(diag.InvalidValue, "the default policy "+effect+" is neither allow nor deny", "correct it", at.Node.Ref())
		return
	}
	c.env.Consul.DefaultIntention = effect
	c.said("consul.defaultIntentionPolicy")
}

// helm reads the values of consul-k8s. ACLs that the chart manages deny by default.
func (c *configuration) helm(n value) {
	if manage := n.get("global").get("acls").get("manageSystemACLs"); !manage.missing() {
		on := manage.boolean()
		c.env.Consul.ACLs = &on
		c.said("consul.acls")
		c.policy(map[bool]string{true: "deny", false: "allow"}[on], manage)
	}
	if dc := n.get("global").get("datacenter"); dc.text() != "" {
		c.env.Consul.Datacenter = dc.text()
		c.said("consul.datacenter")
	}
	if v := n.get("connectInject").get("transparentProxy").get("defaultEnabled"); !v.missing() {
		on := v.boolean()
		c.env.Consul.TransparentProxy = &on
		c.said("consul.transparentProxy")
	}
}

func (c *configuration) said(key string) { c.env.Said = append(c.env.Said, key) }
