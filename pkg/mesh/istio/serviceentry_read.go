package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// serviceEntries lifts what is made known beside the cluster's Services. Of
// entries for one host that callers see, the oldest counts, and of others the
// ports that it lacks; entries for a Service that is there, and those that Istio
// joins with another of their namespace, are kept as they are.
// pilot/pkg/model/sidecar.go, pilot/pkg/model/push_context.go initServiceRegistry
func (r *reader) serviceEntries(objs []*source.Object) {
	byHost := map[intent.Name]*intent.External{}
	joined := map[*intent.External]string{}
	var all []*intent.External
	entries := map[*intent.External]*source.Object{}
	for _, o := range byAge(objs) {
		validServiceEntry(o)
		e := r.serviceEntry(o)
		all, entries[e] = append(all, e), o
		for _, h := range e.Hosts {
			at := intent.Name{Namespace: o.Namespace, Name: h.String()}
			first := byHost[at]
			if first == nil {
				byHost[at] = e
			} else if !plain(first) || !plain(e) {
				why := "Istio joins the endpoints of two of them for " + h.String()
				joined[first], joined[e] = why, why
			}
			if r.in.Inventory.Service(h.Service) != nil {
				joined[e] = "it adds to the Service " + h.String()
			}
		}
	}
	for _, e := range all {
		if why := joined[e]; why != "" {
			r.keepEntry(entries[e], e, why)
			continue
		}
		r.m.External = append(r.m.External, e)
	}
}

// keepEntry keeps a ServiceEntry as it is.
func (r *reader) keepEntry(o *source.Object, e *intent.External, why string) {
	r.keep(o, e.Home, false, "ServiceEntry", why)
	r.m.Opaque[len(r.m.Opaque)-1].Hosts = e.Hosts
	r.add(diag.NotTranslated, o.Ref().Object+" is understood by Istio only: "+why, "configure its purpose in the target by hand", o.Ref())
}

// plain reports whether connections to all ports go where they would without the
// fact.
func plain(e *intent.External) bool {
	return !slices.ContainsFunc(e.Ports, func(p intent.ExternalPort) bool { return !e.Plain(p) })
}

func (r *reader) serviceEntry(o *source.Object) *intent.External {
	spec := o.Root.Get("spec")
	e := &intent.External{Home: r.home(o), From: intent.From(o.Ref())}
	e.Scope.Client = r.exportTo(spec.Get("exportTo"), o.Namespace, []string{"*"})
	for _, h := range spec.Get("hosts").Items() {
		e.Hosts = append(e.Hosts, r.in.Env.Host(strings.ToLower(h.Str())))
	}
	e.Addresses, e.SubjectNames = stringsOf(spec.Get("addresses")), stringsOf(spec.Get("subjectAltNames"))
	e.Resolve, _ = meaning(resolutions, spec.Get("resolution").Str())
	e.Inside, _ = meaning(locations, spec.Get("location").Str())
	for _, p := range spec.Get("ports").Items() {
		protocol := strings.ToUpper(p.Get("protocol").Str())
		e.Ports = append(e.Ports, intent.ExternalPort{
			Name: p.Get("name").Str(), Port: p.Get("number").Int(), Target: p.Get("targetPort").Int(), Protocol: protocol, From: intent.From(p.Ref()),
		})
	}
	for _, n := range spec.Get("endpoints").Items() {
		e.Endpoints = append(e.Endpoints, endpoint(n))
	}
	e.Selector = labelPairs(spec.Get("workloadSelector").Get("labels"))
	return e
}

// endpoint reads what has the form of a WorkloadEntry.
func endpoint(n *source.Node) intent.Endpoint {
	e := intent.Endpoint{
		Address: n.Get("address").Str(), Network: n.Get("network").Str(), Locality: n.Get("locality").Str(),
		Weight: n.Get("weight").Int(), Account: n.Get("serviceAccount").Str(), From: intent.From(n.Ref()),
	}
	e.Ports, e.Labels = labelPairs(n.Get("ports")), labelPairs(n.Get("labels"))
	return e
}

// labelPairs reads a map of labels or of ports, sorted; nil is none.
func labelPairs(n *source.Node) []intent.Pair {
	var out []intent.Pair
	if n.Kind() != source.Map {
		return nil
	}
	for _, e := range entries(n) {
		out = append(out, intent.Pair{Key: e.Key, Value: e.Value.Text(), From: intent.From(e.Value.Ref())})
		e.Value.MarkRead()
	}
	return out
}

// told reports whether an External tells some client of a host.
func (r *reader) told(h intent.Host) bool {
	name := r.in.Env.DNS(h)
	return slices.ContainsFunc(r.m.External, func(e *intent.External) bool {
		return !match.IsFalse(e.Scope.Client) && slices.ContainsFunc(e.Hosts, func(own intent.Host) bool { return coversHost(r.in.Env.DNS(own), name) })
	})
}
