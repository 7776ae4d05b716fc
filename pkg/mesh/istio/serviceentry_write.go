package istio

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// serviceEntries prints what is made known beside the cluster's Services.
func (w *writer) serviceEntries() {
	for _, e := range w.m.External {
		home := intent.Home{Name: hostName(e.Hosts[0])}
		if e.Home != nil {
			home = *e.Home
		}
		home.Namespace = cmp.Or(home.Namespace, w.m.Env.Istio.RootNamespace)
		m := w.object(groupNetworking, "ServiceEntry", &home, hostName(e.Hosts[0]))
		m.From = append(m.From, e.From...)
		m.Root.Set("spec", w.serviceEntry(e, home.Namespace))
		w.add(m)
	}
}

func (w *writer) serviceEntry(e *intent.External, namespace string) *manifest.Node {
	spec, hosts, ports, endpoints := manifest.Map(), manifest.List(), manifest.List(), manifest.List()
	for _, h := range e.Hosts {
		if h.DNS == "*" {
			w.anyNames++
			h.DNS = anyName(w.anyNames)
		}
		hosts.Append(manifest.Str(w.m.Env.DNS(h)))
	}
	spec.Set("hosts", hosts).Set("addresses", manifest.Strs(e.Addresses...))
	for _, p := range e.Ports {
		ports.Append(externalPort(p))
	}
	spec.Set("ports", ports)
	if e.Inside {
		spec.Set("location", manifest.Str(word(locations, true)))
	}
	if e.Resolve != intent.ResolveNone {
		spec.Set("resolution", manifest.Str(word(resolutions, e.Resolve)))
	}
	for i := range e.Endpoints {
		endpoints.Append(writeEndpoint(&e.Endpoints[i]))
	}
	if len(e.Endpoints) > 0 {
		spec.Set("endpoints", endpoints)
	}
	if len(e.Selector) > 0 {
		spec.Set("workloadSelector", manifest.Map().Set("labels", pairsNode(e.Selector, manifest.Str)))
	}
	spec.Set("exportTo", manifest.Strs(entryExports(e.Scope.Client, namespace)...))
	return spec.Set("subjectAltNames", manifest.Strs(e.SubjectNames...))
}

// anyName is a host where an entry must name one, and no connection tells of it: another
// for each entry, since the ports of those with one host hold for the addresses of the
// first. pilot/pkg/model/sidecar.go canMergeServices
func anyName(n int) string {
	if n == 1 {
		return "outside.internal"
	}
	return fmt.Sprintf("outside-%d.internal", n)
}

// unnamed reports whether no connection tells of which host it is, nor goes to one
// by its name.
func unnamed(e *intent.External) bool {
	return !slices.ContainsFunc(e.Ports, func(p intent.ExternalPort) bool {
		f, known := p.Family()
		return !known || f != intent.TCP || !e.Plain(p)
	})
}

// entryExports writes who knows of an entry; nil is everyone, "~" nobody.
func entryExports(client match.Expr, namespace string) []string {
	if match.IsFalse(client) {
		return []string{"~"}
	}
	return exportTo(client, namespace)
}

func externalPort(p intent.ExternalPort) *manifest.Node {
	name := cmp.Or(p.Name, strings.ToLower(cmp.Or(p.Protocol, "tcp"))+"-"+strconv.Itoa(p.Port))
	n := manifest.Map().Because(p.From...).Set("number", manifest.Int(p.Port)).Set("name", manifest.Str(name))
	if p.Protocol != "" {
		n.Set("protocol", manifest.Str(p.Protocol))
	}
	if p.Target != 0 {
		n.Set("targetPort", manifest.Int(p.Target))
	}
	return n
}

func writeEndpoint(e *intent.Endpoint) *manifest.Node {
	n := manifest.Map().Because(e.From...)
	text := func(key, value string) {
		if value != "" {
			n.Set(key, manifest.Str(value))
		}
	}
	text("address", e.Address)
	if len(e.Ports) > 0 {
		n.Set("ports", pairsNode(e.Ports, func(s string) *manifest.Node {
			number, _ := strconv.Atoi(s)
			return manifest.Int(number)
		}))
	}
	if len(e.Labels) > 0 {
		n.Set("labels", pairsNode(e.Labels, manifest.Str))
	}
	text("network", e.Network)
	text("locality", e.Locality)
	if e.Weight != 0 {
		n.Set("weight", manifest.Int(e.Weight))
	}
	text("serviceAccount", e.Account)
	return n
}

func pairsNode(pairs []intent.Pair, value func(string) *manifest.Node) *manifest.Node {
	n := manifest.Map()
	for _, p := range pairs {
		n.Set(p.Key, value(p.Value).Because(p.From...))
	}
	return n
}

// knownByNamespace says why an entry cannot be said; "" is that it can.
func knownByNamespace(p intent.Part) string {
	e, ok := p.(*intent.External)
	if !ok {
		return ""
	}
	if _, named := callerNamespaces(e.Scope.Client); !named && !match.IsFalse(e.Scope.Client) {
		return "an entry is for all callers of namespaces"
	}
	if slices.Contains(e.Hosts, intent.Host{DNS: "*"}) && !unnamed(e) {
		return "an entry is for hosts with names"
	}
	if e.Resolve == intent.ResolveNone || len(e.Endpoints) > 0 {
		return ""
	}
	if wild := slices.IndexFunc(e.Hosts, func(h intent.Host) bool { return strings.HasPrefix(h.DNS, "*") }); wild >= 0 && e.Resolve != intent.ResolveDynamic {
		return fmt.Sprintf("%s is found by no name", e.Hosts[wild])
	}
	return ""
}
