package decide

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
)

// inspection compares what proxies do by themselves with requests that they tell apart
// for admission. No manifest asks for it: it is a default that some policies bring.
func (c *comparison) inspection() {
	if !c.o.Defaults || c.a.Baseline.Inspection == nil && c.b.Baseline.Inspection == nil {
		return
	}
	a, b := c.inspects(c.a), c.inspects(c.b)
	if a == nil && b == nil {
		return
	}
	for _, aspect := range []intent.Aspect{intent.Retrying, intent.Timing} {
		if inspectionText(c.a, aspect) != inspectionText(c.b, aspect) {
			c.brings(aspect, a, b)
		}
	}
}

// brings adds that a default of one side is not that of the other, of what some Access is
// about.
func (c *comparison) brings(aspect intent.Aspect, a, b *intent.Access) {
	d := Difference{
		Aspect: aspect, Verdict: Different, Defaulted: true, Scope: "requests that admission tells apart",
		A: inspectionText(c.a, aspect), B: inspectionText(c.b, aspect),
	}
	if a != nil {
		d.FromA = a.From
	}
	if b != nil {
		d.FromB = b.From
	}
	c.add(d)
}

// inspects is the first Access that tells requests apart, in a model whose proxies do
// something for it; nil is none.
func (c *comparison) inspects(m *intent.Model) *intent.Access {
	if m.Baseline.Inspection == nil {
		return nil
	}
	if i := slices.IndexFunc(m.Access, (*intent.Access).Inspects); i >= 0 {
		return m.Access[i]
	}
	return nil
}

// inspectionText says what proxies do of one aspect.
func inspectionText(m *intent.Model, aspect intent.Aspect) string {
	switch i := m.Baseline.Inspection; {
	case i == nil:
	case aspect == intent.Retrying && i.Retry != nil:
		return intent.Describe(i.Retry)
	case aspect == intent.Timing && i.Timeout != nil:
		return intent.Describe(i.Timeout)
	}
	return "nothing"
}
