package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// exports compares which Services are offered to which other clusters: who is told of one
// that was not may send there.
func (c *comparison) exports() {
	for _, x := range c.a.Exports {
		eachTo(x, func(to *intent.Cluster) { c.export(x, to) })
	}
	for _, y := range c.b.Exports {
		eachTo(y, func(to *intent.Cluster) {
			if offering(c.a.Exports, y.Service, to) == nil {
				c.add(Difference{Aspect: intent.Admission, Verdict: Wider, Scope: exportScope(y, to), A: "is not offered", B: "is offered " + y.Manner(), FromB: y.From})
			}
		})
	}
}

// eachTo tells those to which something is offered one by one; nil is all.
func eachTo(e *intent.Export, tell func(to *intent.Cluster)) {
	if e.To == nil {
		tell(nil)
	}
	for i := range e.To {
		tell(&e.To[i])
	}
}

// export compares what the first model offers to a cluster.
func (c *comparison) export(x *intent.Export, to *intent.Cluster) {
	y := offering(c.b.Exports, x.Service, to)
	d := Difference{Scope: exportScope(x, to), A: "is offered " + x.Manner(), FromA: x.From}
	switch {
	case y == nil:
		d.Aspect, d.Verdict, d.B = intent.Admission, Narrower, "is not offered"
	case slices.ContainsFunc(c.b.Exports, func(e *intent.Export) bool { return e.Offers(x.Service, to) && e.Manner() == x.Manner() }):
		c.same(text(d.Scope), intent.Admission)
		return
	default:
		d.Aspect, d.Verdict, d.B, d.FromB = intent.Routed, Different, "is offered "+y.Manner(), y.From
	}
	c.add(d)
}

// offering is the first fact that offers a Service, or several of them, to a cluster.
func offering(all []*intent.Export, s intent.Name, to *intent.Cluster) *intent.Export {
	for _, e := range all {
		if e.Offers(s, to) {
			return e
		}
	}
	return nil
}

func exportScope(e *intent.Export, to *intent.Cluster) string {
	if to == nil {
		return e.Title() + " for all clusters"
	}
	return e.Title() + " for " + string(to.Kind) + " " + to.Name
}
