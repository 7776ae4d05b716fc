package decide

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// intake compares what the proxies of servers let through to them.
func (c *comparison) intake() {
	if len(c.a.Intake)+len(c.b.Intake) == 0 {
		return
	}
	say := func(i *intent.Intake) (string, intent.Origin) {
		if i == nil {
			i = &intent.Intake{}
		}
		return i.Text(), i.From
	}
	each(c.intakes(c.a), c.intakes(c.b), c.behind, func(at peer, x, y []ruling[*intent.Intake]) {
		c.called("what proxies of "+at.String()+" let through", intent.Limiting, treatments(x, say), treatments(y, say))
	})
}

// intakes are the facts of one side, by host and port; each is for all clients.
func (c *comparison) intakes(m *intent.Model) *policies[*intent.Intake] {
	s, out := c.services(m), &policies[*intent.Intake]{}
	for _, i := range m.Intake {
		out.add(s.callee(i.Host, nil, "", i.Port), portsOf(m, i.Host), ruling[*intent.Intake]{match.True, i}, false)
	}
	return out
}
