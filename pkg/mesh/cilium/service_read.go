package cilium

import (
	"math"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// service reads whose traffic is taken. Without a namespace it is nobody's, since
// Cilium puts none in its place.
// cilium pkg/ciliumenvoyconfig/cec_manager.go
func (c *configReader) service(n *source.Node) {
	s := redirected{name: serviceName(n), listener: n.Get("listener"), at: n.Ref()}
	s.listener.Str()
	named := n.Get("ports").Items()
	for _, p := range named {
		switch number := p.Int(); {
		case number < 0 || number > math.MaxUint16:
			p.Reject("is no number of a port, so that agents cannot read the object")
		case number == 0:
			c.inert(p, "no Service has a port 0")
		default:
			s.ports = append(s.ports, number)
		}
	}
	switch {
	case s.name.Name == "":
		return
	case s.name.Namespace == "":
		c.inert(n, "the Service "+s.name.Name+" is named without its namespace, and is none")
		return
	case len(named) > 0 && len(s.ports) == 0:
		return
	case c.in.Inventory.Service(s.name) == nil && c.in.Env.Complete.Services:
		c.note(diag.UnknownService, "there is no Service "+s.name.String(), "add it, or correct the name", n.Ref())
	}
	c.services = append(c.services, s)
}

// backendService reads a Service whose endpoints Cilium tells Envoy of, which envoyNames
// remembers: nothing is done to what is sent to it.
func (c *configReader) backendService(n *source.Node) {
	const why = "the routes tell which endpoints are meant"
	c.backing = append(c.backing, redirected{name: serviceName(n), at: n.Ref()})
	n.Get("name").Skip(why)
	n.Get("namespace").Skip(why)
	for _, p := range n.Get("number").Items() {
		aText(p)
		p.Skip(why)
	}
}

// serviceName reads which Service is meant.
func serviceName(n *source.Node) intent.Name {
	name := n.Get("name")
	if name.Str() == "" {
		n.Reject("has no name")
	}
	return intent.Name{Namespace: n.Get("namespace").Str(), Name: name.Str()}
}
