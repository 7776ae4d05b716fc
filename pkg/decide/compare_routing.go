package decide

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

func itoa(n int) string { return strconv.Itoa(n) }

// routing compares what happens to requests on their way, for every host, port
// and entry that either model has a table for.
func (c *comparison) routing() {
	if len(c.a.Routing)+len(c.b.Routing) == 0 || !c.o.Arrivals && !slices.ContainsFunc(routedAspects[:], c.asked) {
		return
	}
	ta, tb := tablesOf(c.a), tablesOf(c.b)
	ra, rb := &answerer{c.services(c.a), c.a.Baseline}, &answerer{c.services(c.b), c.b.Baseline}
	alike := likeness{ra, rb}
	ha, hb := hidingOf(c.a), hidingOf(c.b)
	for _, k := range c.allKeys(ta, tb) {
		dns := c.a.Env.DNS(k.host)
		xs, ys := ta.find(k, dns), tb.find(k, dns)
		hidden := [2][]intent.Rule{ha.rules(k), hb.rules(k)}
		if alike.tables(xs, ys) && alike.host(k.host) && slices.EqualFunc(hidden[0], hidden[1], func(x, y intent.Rule) bool { return alike.rule(&x, &y) }) {
			c.same(k, intent.Routed)
			continue
		}
		c.lines[0] = ra.flatten(linesOf(c.lines[0][:0], hidden[0], ra, &k), xs, &k)
		c.lines[1] = rb.flatten(linesOf(c.lines[1][:0], hidden[1], rb, &k), ys, &k)
		c.table(alike, routes{k, [2]tables{ta, tb}, c.lines[0], c.lines[1], c.space})
	}
}

// allKeys lists what either model has a table for. Where the ports of a Service
// or entry are known, a table for every port is asked about each of them.
func (c *comparison) allKeys(ts ...tables) []tableKey {
	out := make([]tableKey, 0, len(c.a.Routing)+len(c.b.Routing))
	for i := range ts {
		ts[i].keys(func(k tableKey) {
			if k.port != 0 {
				out = append(out, k)
				return
			}
			known := c.knownPorts(k)
			if len(known) == 0 {
				out = append(out, k)
				known = c.askedPorts(k)
			}
			for _, p := range known {
				k.port = p
				out = append(out, k)
			}
		})
	}
	slices.SortFunc(out, compareKeys)
	return slices.Compact(out)
}

// askedPorts lists the ports that the rules of either model ask for.
func (c *comparison) askedPorts(k tableKey) []int {
	var out []int
	for _, m := range []*intent.Model{c.a, c.b} {
		for _, t := range m.Routing {
			if t.Entry != k.entry || t.Host != k.host {
				continue
			}
			for i := range t.Rules {
				match.Atoms(t.Rules[i].When, func(a match.Atom, _ bool) {
					if a.Field != match.ServicePort {
						return
					}
					if p, err := strconv.Atoi(a.Value); err == nil {
						out = append(out, p)
					}
				})
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// knownPorts lists the ports that the entry of a key, or its Service in the mesh,
// has in either model: of an entry, those at which such traffic comes in.
func (c *comparison) knownPorts(k tableKey) []int {
	var out []int
	for _, m := range []*intent.Model{c.a, c.b} {
		if k.entry.IsZero() {
			if s := m.Inventory.Service(k.host.Service); s != nil {
				for _, p := range s.Ports {
					out = append(out, p.Port)
				}
			}
			continue
		}
		for _, e := range m.Entries {
			for _, l := range e.Listeners {
				if e.Name == k.entry && l.Serves(k.protocol) {
					out = append(out, l.Port)
				}
			}
		}
	}
	return out
}
