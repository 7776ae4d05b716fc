package translate

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// registration is of which Services a pod is that two of them select.
type registration uint8

// register chooses whether pods of the set are known to be of one Service: those of Consul
// are, and of few sets it is not shown of which.
func (p *pair) register(n int) {
	p.cluster, p.registered = policyCluster, ofBoth
	if p.from != "consul" {
		return
	}
	p.cluster, p.registered = consulCluster, ofWhole
	if n%8 == 7 {
		p.cluster, p.registered = policyCluster, registration(1+p.g.IntN(2))
	}
}

// request is one to a Service, from a client of the cluster, another one of the
// mesh, or a stranger.
func (p *pair) request() decide.Request {
	name := p.g.app()
	q := decide.Request{Host: intent.Host{Service: intent.Name{Namespace: "shop", Name: name}}, Port: 80}
	q.At = *p.attributes()
	q.At.Set(match.Host, "", name+".shop.svc.cluster.local").Set(match.Authority, "", name)
	return q
}

// atWorkload is one that comes to a workload at a port.
func (p *pair) atWorkload() *match.Request {
	w := policyWorkloads[p.g.IntN(3)]
	q := p.attributes().Set(match.Namespace, "", w.namespace).Set(match.Label, "app", w.app).Set(match.Account, "", w.app)
	if w.version != "" {
		q.Set(match.Label, "version", w.version)
	}
	q.Set(match.Service, "", strings.Join(p.servicesOf(w.app, w.version), match.Separator))
	return q.Set(match.Port, "", p.g.oneOf("8080", "8080", "9090", "7000"))
}

// servicesOf are the Services that a pod of the cluster is known to be of.
func (p *pair) servicesOf(app, version string) []string {
	names := []string{"shop/" + app, "shop/" + app + "-" + version}
	switch {
	case app != "cart", p.registered == ofWhole:
		return names[:1]
	case p.registered == ofPart:
		return names[1:]
	}
	return names
}

func (p *pair) attributes() *match.Request {
	g := p.g
	q := new(match.Request).Set(match.Protocol, "", "http").Set(match.Scheme, "", "http")
	q.Set(match.Method, "", g.oneOf("GET", "GET", "POST", "PUT")).Set(match.Path, "", g.oneOf("/a", "/a", "/a/b", "/c", "/", "/ab"))
	if g.chance(20) {
		q.Set(match.Header, "x-beta", "1")
	}
	q.Set(match.ClientIP, "", g.oneOf("10.1.2.3", "10.9.9.9"))
	if g.chance(15) {
		return q.Set(match.ClientIP, "", g.oneOf("10.1.2.3", "203.0.113.9", "198.51.100.1")) // a stranger
	}
	w := policyWorkloads[2+g.IntN(len(policyWorkloads)-2)]
	q.Set(match.ClientNamespace, "", w.namespace).Set(match.ClientAccount, "", w.app).Set(match.ClientTrust, "", "cluster.local")
	q.Set(match.ClientIdentity, "", "cluster.local/ns/"+w.namespace+"/sa/"+w.app)
	return q.Set(match.ClientLabel, "app", w.app)
}
