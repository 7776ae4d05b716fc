package cilium

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// concern says whose requests what is kept may be about: those to the Services
// whose traffic is taken, and all where none is named. What guards them does so wherever
// their requests go to.
func (c *configReader) concern(op *intent.Opaque) {
	op.Hosts = append(op.Hosts, c.taken()...)
	if len(c.services) == 0 {
		return
	}
	servers := c.servers()
	if op.Security {
		op.Scope.Subject = servers
	}
	if n := maskedBy(c.object.Root.Get("metadata")); n != nil && (c.failed != "" || op.At == n.Ref()) {
		c.maskings = append(c.maskings, masking{servers, op})
	}
}

// taken are the Services whose traffic is taken.
func (c *configReader) taken() []intent.Host {
	var out []intent.Host
	for _, s := range c.services {
		out = append(out, intent.Host{Service: s.name})
	}
	return out
}

// servers are the workloads that requests may reach: those of the Services whose traffic
// is taken, and of all whose endpoints are named. Agents find no Service where no namespace is
// said; the API page has the object's own, which counts as reached, too.
func (c *configReader) servers() match.Expr {
	var or match.Or
	for _, s := range slices.Concat(c.services, c.backing) {
		s.name.Namespace = cmp.Or(s.name.Namespace, c.object.Namespace, "default")
		if known := c.in.Inventory.Service(s.name); known != nil && len(known.Selector) > 0 {
			or = append(or, known.Pods())
		} else {
			or = append(or, match.Atom{Field: match.Service, Value: s.name.String(), Ref: new(s.at)})
		}
	}
	return match.Simplify(or)
}

// masking is what is kept because servers see a proxy as the client.
type masking struct {
	servers match.Expr
	kept    *intent.Opaque
}

// maskedBy is the value by which servers see the proxy as the client, as Cilium's ingress,
// and not who calls; nil is that there is none.
// cilium pkg/ciliumenvoyconfig/cec_resource_parser.go UseOriginalSourceAddress
func maskedBy(meta *source.Node) *source.Node {
	for _, owner := range meta.Get("ownerReferences").Items() {
		if kind := owner.Get("kind"); kind.Text() == "Ingress" || kind.Text() == "Gateway" {
			return kind
		}
	}
	for _, n := range []*source.Node{
		meta.Get("annotations").Get("cec.cilium.io/use-original-source-address"), meta.Get("labels").Get("cilium.io/use-original-source-address"),
	} {
		if keeps, err := strconv.ParseBool(n.Text()); err == nil {
			if keeps {
				return nil
			}
			return n
		}
	}
	return nil
}

// masks keeps the value by which servers see the proxy as the client.
func (c *configReader) masks() {
	if n := maskedBy(c.object.Root.Get("metadata")); n != nil {
		c.keep(n, "servers see the proxy as the client of what "+c.object.Ref().Object+" takes", false)
	}
}

// masked says of what hides who calls that it keeps requests out where policies of the
// servers tell callers apart: whom they let in is kept out with the others.
func (r *reader) masked() {
	for _, m := range r.maskings {
		if slices.ContainsFunc(r.m.Access, m.toldApart) {
			m.kept.Security, m.kept.Scope.Subject = true, m.servers
		}
	}
}

// toldApart reports whether a fact tells the callers of the servers apart.
func (m masking) toldApart(a *intent.Access) bool {
	callers := false
	match.Atoms(a.When, func(x match.Atom, _ bool) { callers = callers || x.Field.Client() })
	return callers && a.Side == intent.Served && match.Meet(a.Scope.Subject, m.servers)
}
