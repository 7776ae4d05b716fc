package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// exports compares which Services are offered to which other clusters: who is told of one
// that was not may send there.
func (c *comparison) exports() {
	for _, x := range c.a.Exports {
		c.export(x)
	}
	for _, y := range c.b.Exports {
		before := offering(c.a.Exports, y)
		d := Difference{Aspect: intent.Admission, Verdict: Wider, Scope: exportScope(y), A: "is not offered", B: "is offered " + y.Manner(), FromB: y.From}
		switch {
		case len(before) == 0:
			c.add(d)
		case !slices.ContainsFunc(before, y.Alike) && slices.ContainsFunc(offering(c.b.Exports, y), before[0].Alike):
			d.Aspect, d.Verdict, d.A, d.FromA, d.B = intent.Routed, Different, "is offered "+before[0].Manner(), before[0].From, "is so "+y.Manner()+", too"
			c.add(d)
		}
	}
}

// export compares what the first model offers.
func (c *comparison) export(x *intent.Export) {
	d := Difference{Aspect: intent.Admission, Verdict: Narrower, Scope: exportScope(x), A: "is offered " + x.Manner(), B: "is not offered", FromA: x.From}
	after := offering(c.b.Exports, x)
	switch {
	case len(after) == 0:
	case slices.ContainsFunc(after, x.Alike):
		c.same(text(d.Scope), intent.Admission)
		return
	default:
		d.Aspect, d.Verdict, d.B, d.FromB = intent.Routed, Different, "is offered "+after[0].Manner(), after[0].From
	}
	c.add(d)
}

// offering are the facts that offer all that another one does.
func offering(all []*intent.Export, e *intent.Export) []*intent.Export {
	var out []*intent.Export
	for _, x := range all {
		if x.Offers(e.Service, e.To) {
			out = append(out, x)
		}
	}
	return out
}

func exportScope(e *intent.Export) string { return e.Title() + " for " + e.Recipients() }
