package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// maxServers is how many hostnames a TLSRoute has at most.
const maxServers = 1024

// l4 reads what a TLSRoute or TCPRoute says beside its parents: no match of a
// rule, so that the first takes every connection. Only older versions have more
// than one.
func (r *routeReader) l4(spec *source.Node) {
	o := r.route.Object
	if r.route.Protocol == intent.TLS {
		names := spec.Get("hostnames")
		r.route.Hostnames = readHostnames(names, maxServers)
		if len(r.route.Hostnames) == 0 && o.Version() != "v1alpha2" {
			spec.Reject("has no hostnames")
		}
	}
	most := 1
	if o.Version() == "v1alpha2" {
		most = maxRules
	}
	list := spec.Get("rules")
	items := atMost(list, most)
	if len(items) == 0 {
		spec.Reject("has no rules")
	}
	for i, item := range items {
		rule := intent.Rule{Name: formSection.read(item.Get("name")), Comment: Comment(item), Home: r.route.Home, From: intent.From(item.Ref())}
		rule.Then = intent.Forward{To: r.l4Backends(item)}
		if i == 0 {
			r.line(0, match.True, rule)
			continue
		}
		item.Inert("the rule before it takes every connection")
		r.diags.Add(diag.Shadowed, "a rule of "+o.Kind+" "+o.Namespace+"/"+o.Name+" is behind one that takes every connection", "remove it", item.Ref())
	}
}

// l4Backends reads the backends of a rule, which has one at least.
func (r *routeReader) l4Backends(rule *source.Node) []intent.Backend {
	items := atMost(rule.Get("backendRefs"), maxBackends)
	if len(items) == 0 {
		rule.Reject("has no backendRefs")
	}
	var out []intent.Backend
	for _, item := range items {
		b := r.backend(item)
		b.Weight = 1
		if w := item.Get("weight"); w != nil {
			b.Weight = within(w, 0, maxWeight)
		}
		out = append(out, b)
	}
	if r.weigh(rule.Get("backendRefs"), out, "connections that it takes are closed") {
		for i := range out {
			out[i].Weight, out[i].Missing = 1, true
		}
	}
	return out
}
