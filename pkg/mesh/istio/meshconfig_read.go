package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// configure reads MeshConfig where the input holds it: in the ConfigMap "istio"
// under the key mesh, in IstioOperator objects, and in Helm values.
func configure(objs []*source.Object, env intent.Environment) (intent.Environment, diag.List) {
	c := &configuration{env: env}
	c.env.Said = slices.Clone(env.Said)
	for _, o := range objs {
		switch {
		case o.Kind == "ConfigMap" && o.Group() == "" && (o.Name == "istio" || strings.HasPrefix(o.Name, "istio-")):
			c.configMap(o)
		case o.Kind == "IstioOperator":
			c.meshConfig(o.Root.Get("spec").Get("meshConfig"))
			c.meshConfig(o.Root.Get("spec").Get("values").Get("meshConfig"))
		case o.Kind == "":
			c.meshConfig(o.Root.Get("meshConfig"))
		}
	}
	slices.Sort(c.env.Said)
	c.env.Said = slices.Compact(c.env.Said)
	return c.env, c.diags
}

type configuration struct {
	env   intent.Environment
	diags diag.List
	// text is what holds MeshConfig where that is a document of its own; nil elsewhere.
	text *source.Node
}

// configMap reads the text under the key mesh, which is YAML itself.
func (c *configuration) configMap(o *source.Object) {
	text := o.Root.Get("data").Get("mesh")
	if text == nil {
		return
	}
	inner, problems := source.Parse(text.Ref().Pos.File, []byte(text.Str()), source.Options{})
	if len(problems) > 0 || len(inner) != 1 {
		c.diags.Add(diag.InvalidValue, "the mesh configuration is not YAML", "correct it", text.Ref())
		return
	}
	c.text = text
	c.meshConfig(inner[0].Root)
	c.text = nil
}

// ref is where a value stands: one of a text that is a document of its own, in the object
// that holds it.
func (c *configuration) ref(n *source.Node) place.Ref {
	ref := n.Ref()
	if c.text == nil {
		return ref
	}
	outer := c.text.Ref()
	outer.Path += "." + ref.Path
	if c.text.Block() {
		outer.Pos.Line, outer.Pos.Col = outer.Pos.Line+ref.Pos.Line, 1
	}
	return outer
}

// meshConfig takes over what changes the meaning of manifests.
func (c *configuration) meshConfig(n *source.Node) {
	if n == nil {
		return
	}
	c.value(n.Get("rootNamespace"), "istio.rootNamespace", &c.env.Istio.RootNamespace)
	if t := n.Get("trustDomain"); t != nil {
		c.value(t, "trustDomain", &c.env.TrustDomain)
	}
	for _, l := range []struct {
		key, name string
		to        *[]string
	}{
		{"trustDomainAliases", "trustAliases", &c.env.TrustAliases}, {"defaultVirtualServiceExportTo", "istio.virtualServiceExportTo", &c.env.Istio.VirtualServiceExport},
		{"defaultDestinationRuleExportTo", "istio.destinationRuleExportTo", &c.env.Istio.DestinationRuleExport},
	} {
		if x := n.Get(l.key); x != nil {
			*l.to = stringsOf(x)
			c.said(l.name)
		}
	}
	if m := n.Get("enableAutoMtls"); m != nil {
		c.env.Istio.AutoMTLS = optionalBool(m)
		c.said("istio.autoMTLS")
	}
	c.value(n.Get("outboundTrafficPolicy").Get("mode"), "istio.outboundPolicy", &c.env.Istio.OutboundPolicy)
	c.value(n.Get("pathNormalization").Get("normalization"), "istio.pathNormalization", &c.env.Istio.PathNormalization)
	if t := n.Get("connectTimeout"); t != nil {
		c.env.Istio.ConnectTimeout = optionalDuration(t)
		c.said("istio.connectTimeout")
	}
	c.logs(n)
	c.unread(n)
	c.retries(n.Get("defaultHttpRetryPolicy"))
	for _, a := range n.Get("caCertificates").Items() {
		c.env.Istio.AuthorityTrustDomains = append(c.env.Istio.AuthorityTrustDomains, stringsOf(a.Get("trustDomains"))...)
		c.said("istio.authorityTrustDomains")
	}
	for _, p := range n.Get("extensionProviders").Items() {
		name := p.Get("name").Str()
		c.env.Istio.Providers = append(c.env.Istio.Providers, name)
		c.provider(name, p)
		c.said("istio.providers")
	}
}

func (c *configuration) retries(n *source.Node) {
	if n == nil {
		return
	}
	c.env.Istio.RetryAttempts = optionalInt(n.Get("attempts"))
	if on := n.Get("retryOn"); on != nil {
		c.env.Istio.RetryOn = strings.Split(on.Str(), ",")
		c.said("istio.retryOn")
	}
	c.said("istio.retryAttempts")
}

func (c *configuration) value(n *source.Node, key string, to *string) {
	if n != nil {
		*to = n.Str()
		c.said(key)
	}
}

func (c *configuration) said(key string) { c.env.Said = append(c.env.Said, key) }

// provider reads whether requests pass where a provider does not answer.
// https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider-EnvoyExternalAuthorizationHttpProvider
func (c *configuration) provider(name string, p *source.Node) {
	for _, key := range []string{"envoyExtAuthzHttp", "envoyExtAuthzGrpc"} {
		asked := p.Get(key)
		if open := asked.Get("failOpen"); open != nil && open.Bool() {
			c.env.Istio.FailOpen = append(c.env.Istio.FailOpen, name)
			c.said("istio.failOpenProviders")
		}
		if s := asked.Get("statusOnError"); s != nil {
			c.passedOver("extensionProviders."+key+".statusOnError", "it says what clients get where "+name+" does not answer", s)
		}
	}
}
