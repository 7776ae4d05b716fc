package decide

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// network compares what is said of UDP and the like by what it says, wherever it stands. A
// mesh whose proxies take TCP alone lets all of it pass.
func (c *comparison) network() {
	c.datagrams()
	for _, o := range c.a.Opaque {
		switch {
		case !o.Network:
		case saysToo(c.b, o):
			c.same(text(o.Mesh+" "+o.At.Object), intent.Admission)
		case c.b.Baseline.Network && o.Opens:
			c.beside(o, Narrower)
		case c.b.Baseline.Network, !o.Opens && !o.Held:
			c.beside(o, Wider)
		}
	}
	for _, o := range c.b.Opaque {
		switch {
		case !o.Network || saysToo(c.a, o):
		case o.Opens && c.a.Baseline.Network:
			c.besideOther(o, Wider)
		case c.a.Baseline.Network, !o.Opens && !o.Held:
			c.besideOther(o, Narrower)
		}
	}
}

// datagrams compares whether Services that are asked by UDP and the like are closed for it,
// where only one of both meshes keeps any of it out.
func (c *comparison) datagrams() {
	if c.a.Baseline.Network == c.b.Baseline.Network {
		return
	}
	for _, s := range c.a.Inventory.Services {
		ports := s.Datagrams()
		if len(ports) == 0 {
			continue
		}
		d := Difference{Aspect: intent.Admission, Verdict: Wider, Scope: strings.Join(ports, " and ") + " of Service " + s.Name.String(), A: "is kept out", B: "is let in"}
		m := c.a
		if c.b.Baseline.Network {
			m, d.Verdict, d.A, d.B = c.b, Narrower, d.B, d.A
		}
		shut := m.Shut(s)
		if shut == nil {
			continue
		}
		if d.FromA = shut.From; m == c.b {
			d.FromA, d.FromB = nil, shut.From
		}
		c.add(d)
	}
}

// saysToo reports whether a model says the same of UDP and the like.
func saysToo(m *intent.Model, o *intent.Opaque) bool {
	return slices.ContainsFunc(m.Opaque, func(x *intent.Opaque) bool {
		return x.Network && x.Mesh == o.Mesh && x.Opens == o.Opens && x.Why == o.Why
	})
}

func (c *comparison) beside(o *intent.Opaque, v Verdict) {
	c.add(Difference{Aspect: intent.Admission, Verdict: v, Scope: o.Mesh + " " + o.At.Object, A: o.Why, B: "does not", FromA: o.From})
}

func (c *comparison) besideOther(o *intent.Opaque, v Verdict) {
	c.add(Difference{Aspect: intent.Admission, Verdict: v, Scope: o.Mesh + " " + o.At.Object, A: "does not", B: o.Why, FromB: o.From})
}
