package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// serviceEntries lifts what is made known beside the cluster's Services. Entries for
// a Service that is there, and those for one host of which Istio joins the
// endpoints or lets one count, are kept as they are.
// pilot/pkg/model/sidecar.go appendSidecarServices
func (r *reader) serviceEntries(objs []*source.Object) {
	byHost := map[intent.Host][]*intent.External{}
	why := map[*intent.External]string{}
	var all []*intent.External
	entries := map[*intent.External]*source.Object{}
	for _, o := range byAge(objs) {
		validServiceEntry(o)
		e := r.serviceEntry(o)
		all, entries[e] = append(all, e), o
		for _, h := range e.Hosts {
			for _, first := range byHost[h] {
				if first != e && !together(first, e) {
					why[e] = "it is one of several for " + h.String()
					why[first] = why[e]
				}
			}
			byHost[h] = append(byHost[h], e)
			if r.in.Inventory.Service(h.Service) != nil {
				why[e] = "it adds to the Service " + h.String()
			}
		}
	}
	for _, e := range all {
		if why[e] != "" {
			r.keepEntry(entries[e], e, why[e])
			r.keptEntries = append(r.keptEntries, e)
			continue
		}
		r.m.External = append(r.m.External, e)
	}
}

// together reports whether two entries for one host are each as if the other were
// not there: no caller sees both, they say the same, or those of one namespace add
// ports to each other at which connections go where they would anyway.
func together(a, b *intent.External) bool {
	if _, meet := match.Overlap(a.Scope.Client, b.Scope.Client); meet == match.No {
		return true
	}
	same := a.Resolve == b.Resolve && a.Inside == b.Inside && slices.Equal(a.Addresses, b.Addresses) && plain(a) && plain(b)
	return same && (a.Home.Namespace == b.Home.Namespace || samePorts(a, b))
}

func samePorts(a, b *intent.External) bool {
	return slices.EqualFunc(a.Ports, b.Ports, func(p, q intent.ExternalPort) bool {
		return p.Port == q.Port && p.Name == q.Name && strings.EqualFold(p.Protocol, q.Protocol)
	})
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

// told reports whether an External tells some client of a host, by that very name: where a
// wildcard stands for it, routes do not find it.
// pilot/pkg/networking/core/route/route.go GetDestinationCluster
func (r *reader) told(h intent.Host) bool {
	return slices.ContainsFunc(r.entries(), func(e *intent.External) bool {
		return !match.IsFalse(e.Scope.Client) && slices.Contains(e.Hosts, h)
	})
}
