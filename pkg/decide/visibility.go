package decide

import (
	"slices"
	"strings"
	"sync"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// hiding tells from which clients of a model hosts are hidden, and which of these may not
// send to what they do not know.
type hiding struct {
	m     *intent.Model
	sight *intent.Sight
	kept  func() match.Expr
}

func hidingOf(m *intent.Model) *hiding {
	return &hiding{m, intent.NewSight(m), sync.OnceValue(func() match.Expr { return intent.Denied(m.Egress) })}
}

// rules are those for clients that are not told of a host: what they send there goes
// nowhere, or on as it is, without retries.
func (h *hiding) rules(k tableKey) []intent.Rule {
	if len(h.m.Visible) == 0 || !k.entry.IsZero() {
		return nil
	}
	hidden, from := h.sight.Hidden(k.host)
	if match.IsFalse(hidden) {
		return nil
	}
	on := intent.Rule{When: hidden, Then: intent.Passthrough{}, From: from}
	if r := h.m.Baseline.Retry; r != nil {
		on.Retry = &intent.Retry{From: r.From}
	}
	kept := match.Conj(hidden, h.kept())
	if match.IsFalse(kept) {
		return []intent.Rule{on}
	}
	return []intent.Rule{{When: kept, Then: intent.Forward{}, From: on.From}, on}
}

// hiddenRulings adds what becomes of hosts that some facts are about, for the clients that
// are not told of them and for whom unless does not hold: it stands before all others.
func hiddenRulings[T any](m *intent.Model, s services, out *policies[*T], hosts []intent.Host, fact *T, unless match.Expr) {
	if slices.ContainsFunc(hosts, intent.Host.Wide) {
		for _, x := range m.Inventory.Services {
			hosts = append(hosts, intent.Host{Service: x.Name})
		}
	}
	seen, sight := map[intent.Host]bool{}, intent.NewSight(m)
	for _, h := range hosts {
		if seen[h] || h.Wide() {
			continue
		}
		seen[h] = true
		hidden, _ := sight.Hidden(h)
		if hidden = match.Conj(hidden, match.Negate(unless)); !match.IsFalse(hidden) {
			out.add(s.callee(h, nil, "", 0), portsOf(m, h), ruling[*T]{hidden, fact}, true)
		}
	}
}

// visibility compares which hosts are kept from clients that are not told of them, and may
// not send to what they do not know.
func (c *comparison) visibility() {
	if len(c.a.Visible)+len(c.b.Visible) == 0 || likeVisible(c.a, c.b) {
		return
	}
	a, b := hidingOf(c.a), hidingOf(c.b)
	if match.IsFalse(a.kept()) && match.IsFalse(b.kept()) {
		return
	}
	excused := sync.OnceValue(c.excusedHiding)
	for _, h := range c.shownHosts() {
		if c.budget() <= 0 {
			c.add(unsure(intent.Admission, intent.HTTP.String()+" out to "+c.a.Env.DNS(h), tooMuch))
			continue
		}
		c.spent += stepsOfFact * (len(c.a.Visible) + len(c.b.Visible) + len(c.a.Egress) + len(c.b.Egress))
		c.leaving(outsideKey{c.a.Env.DNS(h), 0, intent.HTTP}, match.False, [2][]treatment{a.keptFrom(h), b.keptFrom(h)}, func() (out [][2][]treatment) {
			for _, s := range excused() {
				out = append(out, [2][]treatment{s[0].keptFrom(h), s[1].keptFrom(h)})
			}
			return out
		})
	}
}

// excusedHiding is what is hidden before and after the steps that may let out more.
func (c *comparison) excusedHiding() (out [][2]*hiding) {
	for _, s := range c.o.Excused {
		if len(s.Before.Visible) > 0 {
			out = append(out, [2]*hiding{hidingOf(s.Before), hidingOf(s.After)})
		}
	}
	return out
}

// keptFrom is from whom a Service is kept since they are not told of it.
func (h *hiding) keptFrom(host intent.Host) []treatment {
	hidden, from := h.sight.Hidden(host)
	return []treatment{{match.Conj(hidden, h.kept()), notOut, from}, {client: match.True}}
}

// likeVisible reports whether two models are written alike in what clients are told of, and
// in what they may send elsewhere.
func likeVisible(a, b *intent.Model) bool {
	hosts := func(x, y intent.HostsOf) bool {
		return x.Namespace == y.Namespace && x.Own == y.Own && x.Pattern == y.Pattern
	}
	return slices.EqualFunc(a.Visible, b.Visible, func(x, y *intent.Visibility) bool {
		return x.Host == y.Host && match.Equal(x.Scope.Client, y.Scope.Client) && slices.EqualFunc(x.Shows, y.Shows, hosts) && slices.EqualFunc(x.Hides, y.Hides, hosts)
	}) && slices.EqualFunc(a.Egress, b.Egress, func(x, y *intent.Egress) bool {
		return x.Effect == y.Effect && match.Equal(x.Scope.Client, y.Scope.Client)
	})
}

// shownHosts are the Services that clients may be told of, or not, one for each way in which
// facts tell of some: those that they name, and of each namespace one that none does.
func (c *comparison) shownHosts() []intent.Host {
	var patterns, exact []string
	named := map[string]bool{"": true}
	for _, m := range []*intent.Model{c.a, c.b} {
		for _, v := range m.Visible {
			named[v.Host.Service.Namespace] = true
			exact = append(exact, v.Host.DNS, m.Env.DNS(v.Host))
			for _, s := range slices.Concat(v.Shows, v.Hides) {
				named[s.Namespace] = true
				if patterns = append(patterns, s.Pattern); !strings.HasPrefix(s.Pattern, "*") {
					exact = append(exact, s.Pattern)
				}
			}
		}
	}
	var out []intent.Host
	for _, m := range []*intent.Model{c.a, c.b} {
		for _, s := range m.Inventory.Services {
			h := intent.Host{Service: s.Name}
			dns := m.Env.DNS(h)
			covers := func(p string) bool {
				return p == dns || p != "*" && strings.HasPrefix(p, "*") && intent.CoversName(p, dns)
			}
			if slices.ContainsFunc(patterns, covers) || slices.Contains(exact, dns) || !named[s.Name.Namespace] {
				named[s.Name.Namespace] = true
				out = append(out, h)
			}
		}
	}
	for _, name := range exact {
		if h := c.a.Env.Host(name); !h.Service.IsZero() {
			out = append(out, h)
		}
	}
	named["elsewhere"] = true
	for ns := range named {
		if ns != "" {
			out = append(out, intent.Host{Service: intent.Name{Namespace: ns, Name: "unlisted"}})
		}
	}
	slices.SortFunc(out, compareHosts)
	return slices.Compact(out)
}
