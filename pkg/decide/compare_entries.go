package decide

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// entries compares the ingress gateways by name.
func (c *comparison) entries() {
	a, b := entriesOf(c.a), entriesOf(c.b)
	for _, m := range []*intent.Model{c.a, c.b} {
		for _, e := range m.Entries {
			x, y := a[e.Name], b[e.Name]
			if m == c.b && x != nil {
				continue
			}
			scope := "entry " + e.Name.String()
			ta, tb := entryText(x, y), entryText(y, x)
			if ta == tb {
				c.same(text(scope), intent.Entering)
				continue
			}
			d := Difference{Aspect: intent.Entering, Verdict: takenVerdict(x, y), Scope: scope, A: ta, B: tb}
			if x != nil {
				d.FromA = x.From
			}
			if y != nil {
				d.FromB = y.From
			}
			c.add(d)
		}
	}
}

func entriesOf(m *intent.Model) map[intent.Name]*intent.Entry {
	out := map[intent.Name]*intent.Entry{}
	for _, e := range m.Entries {
		out[e.Name] = e
	}
	return out
}

// entryText writes what an entry offers, beside another. Who runs it is compared
// where both say it in the same way: by class, by the labels of its pods, or by the
// entry that it adds to; who may add to it, where both are run by a class.
func entryText(e, beside *intent.Entry) string {
	if e == nil {
		return "no entry"
	}
	c := *e
	if beside != nil && (e.Class == "") != (beside.Class == "") {
		c.Class, c.Selector, c.Parent, c.Offers, c.OffersTo = "", nil, intent.Name{}, "", nil
	}
	c.Listeners = hostByHost(e.Listeners)
	at := placingOf(e, beside)
	for i := range c.Listeners {
		l := &c.Listeners[i]
		if l.Routes == "" {
			l.Routes = "Same"
		}
		if l.TLS == nil {
			continue
		}
		l.TLS = at.tls(l.TLS)
	}
	lines := strings.Split(intent.Describe(&c), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	slices.Sort(lines[1:]) // listeners have no order
	return strings.Join(slices.Compact(lines), "; ")
}

// hostByHost are listeners with one host each, or none for all.
func hostByHost(ls []intent.Listener) []intent.Listener {
	var out []intent.Listener
	for _, l := range ls {
		hosts := l.Hosts
		if len(hosts) < 2 {
			out = append(out, l)
			continue
		}
		for i := range hosts {
			l.Hosts = hosts[i : i+1 : i+1]
			out = append(out, l)
		}
	}
	return out
}
