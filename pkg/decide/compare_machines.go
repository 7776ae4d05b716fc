package decide

import "github.com/transmesh/transmesh/pkg/intent"

// machines compares the workloads outside Kubernetes: where one is no longer there, or has
// no proxy any more, nobody is kept out that policies kept out there, and those that knew
// it as a client do not.
func (c *comparison) machines() {
	there := map[intent.Name]*intent.Machine{}
	for _, y := range c.b.Machines {
		there[y.Name()] = y
	}
	for _, x := range c.a.Machines {
		y := there[x.Name()]
		delete(there, x.Name())
		c.machine(x, y)
	}
	for _, y := range c.b.Machines {
		if there[y.Name()] != nil {
			c.add(Difference{Aspect: intent.Routed, Verdict: Different, Scope: machineScope(y), A: "is not there", B: c.machineText(y), FromB: y.From})
		}
	}
}

func machineScope(m *intent.Machine) string { return "machine " + m.Name().String() }

func (c *comparison) machineText(m *intent.Machine) string {
	return "is " + m.Text(c.a.Env.TrustDomain)
}

// machine compares one; y is nil where it is gone.
func (c *comparison) machine(x, y *intent.Machine) {
	d := Difference{Aspect: intent.Routed, Verdict: Different, Scope: machineScope(x), A: c.machineText(x), B: "is not there", FromA: x.From}
	if y != nil {
		d.B, d.FromB = c.machineText(y), y.From
		c.placedMachine(d, x, y)
	}
	lets, _ := c.a.Unknown(x)
	trust := c.a.Env.TrustDomain
	known := y != nil && y.SPIFFE(trust) == x.SPIFFE(trust)
	switch bare := y == nil || y.Bare; {
	case y != nil && d.A == d.B && (x.ServerName == "" || y.ServerName == "" || x.ServerName == y.ServerName):
		c.same(text(d.Scope), intent.Routed)
		return
	case !x.Bare && bare && c.a.Guards(x.Workload()), lets && !known:
		d.Aspect, d.Verdict = intent.Admission, Wider
	case !known && y != nil && !y.Bare:
		d.Aspect, d.Verdict = intent.Admission, Unsure
	case x.Bare && y != nil && c.proxied(x) == d.B: // and policies hold there that did not
		d.Aspect, d.Verdict = intent.Admission, Narrower
	case d.A == d.B:
		d.A, d.B = "is asked for as "+x.ServerName, "is asked for as "+y.ServerName
	}
	c.add(d)
}

// proxied is what a machine is but that it has a proxy.
func (c *comparison) proxied(m *intent.Machine) string {
	now := *m
	now.Bare = false
	return c.machineText(&now)
}

// placedMachine compares where a machine is.
func (c *comparison) placedMachine(d Difference, x, y *intent.Machine) {
	if d.A, d.B = x.Place(), y.Place(); d.A != d.B {
		d.Aspect = intent.Balancing
		c.add(d)
	}
}
