package legal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// layout decides which objects routing is written into: names are kept, made
// unique and short enough, and tables are split where the target's objects hold
// fewer rules or one policy each. Targets without limits keep the homes that
// tables have.
func layout(r *run) {
	r.m.Routing = r.scaleWeights()
	r.neededLeaves()
	if !r.t.Limits.OneTable {
		return
	}
	l := layouter{run: r, taken: map[string]bool{}}
	for _, t := range r.m.Routing {
		l.table(t)
	}
}

type layouter struct {
	*run
	taken map[string]bool // kind, namespace and name
}

// table gives a table its home, and its rules theirs where it takes several.
func (l *layouter) table(t *intent.Routing) {
	groups := l.groups(t)
	for i, g := range groups {
		h := l.home(t, i)
		if i == 0 {
			t.Home = h
		}
		for _, rule := range g {
			if len(groups) > 1 {
				t.Rules[rule].Home = h
			} else {
				t.Rules[rule].Home = nil
			}
		}
	}
	if len(groups) == 0 {
		t.Home = l.home(t, 0)
	}
}

// groups cuts the rules of a table into those of one object each, in order.
func (l *layouter) groups(t *intent.Routing) [][]int {
	var out [][]int
	last, matches := "", 0
	for i := range t.Rules {
		policy := ""
		if l.t.Limits.PolicyPerObject {
			policy = t.Rules[i].Policy()
		}
		n := max(1, len(t.Rules[i].Alternatives()))
		full := len(out) > 0 && (l.over(len(out[len(out)-1])+1, l.t.Limits.RulesPerObject) || l.over(matches+n, l.t.Limits.MatchesPerObject))
		if len(out) == 0 || policy != last || full {
			out, matches = append(out, nil), 0
		}
		out[len(out)-1] = append(out[len(out)-1], i)
		last, matches = policy, matches+n
	}
	return out
}

func (l *layouter) over(n, limit int) bool { return limit > 0 && n > limit }

// home makes the object for a part of a table. Its name is that of the source's
// object; for a second table of one object the host is added, for a later part a
// number.
func (l *layouter) home(t *intent.Routing, part int) *intent.Home {
	h := intent.Home{Namespace: t.Host.Service.Namespace, Name: hostName(t.Host)}
	if t.Home != nil {
		h = *t.Home
	}
	h.Kind = ""
	names := []string{h.Name, h.Name + "-" + hostName(t.Host), fmt.Sprintf("%s-%s-%d", h.Name, hostName(t.Host), t.Port)}
	if part > 0 {
		h.Comment = ""
		names = nil
	}
	for i := part + 1; i < part+100; i++ {
		names = append(names, fmt.Sprintf("%s-%d", h.Name, i))
	}
	for _, name := range names {
		name = shorten(name, l.nameLength())
		key := fmt.Sprint(t.Protocol == intent.GRPC, h.Namespace, "/", name)
		if !l.taken[key] {
			l.taken[key] = true
			h.Name = name
			return &h
		}
	}
	panic("legal: no name is free for " + h.Name)
}

func (l *layouter) nameLength() int {
	if n := l.t.Limits.NameLength; n > 0 {
		return min(n, 63)
	}
	return 63
}

// hostName writes a host as a part of a name.
func hostName(h intent.Host) string {
	if !h.Service.IsZero() {
		return h.Service.Name
	}
	name := strings.Trim(strings.NewReplacer("*", "any", ".", "-").Replace(h.DNS), "-")
	if name == "" {
		return "any"
	}
	return name
}

// shorten cuts a name to a length, with a hash of what it was, so that different
// names stay different.
func shorten(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return strings.TrimRight(name[:limit-9], "-.") + "-" + hex.EncodeToString(sum[:])[:8]
}

// scaleWeights brings weights into the target's range by their greatest common
// divisor; tables where that is not enough are refused.
func (r *run) scaleWeights() []*intent.Routing {
	limit := r.t.Limits.MaxWeight
	if limit == 0 {
		return r.m.Routing
	}
	var out []*intent.Routing
	for _, t := range r.m.Routing {
		before, fits, scaled := r.tables(t.Clone()), true, false
		for i := range t.Rules {
			f, ok := t.Rules[i].Then.(intent.Forward)
			if !ok || heaviest(f.To) <= limit {
				continue
			}
			scaled = true
			fits = divide(f.To, limit) && fits
		}
		switch {
		case !fits:
			r.refuse("layout", RouteSplit, t, t.From, fmt.Sprintf("its weights cannot be said with numbers up to %d", limit))
			continue
		case scaled:
			r.record(Change{
				Pass: "layout", Feature: RouteSplit, Code: diag.Approximated, Drift: intent.Same, Aspect: intent.Routed, Fate: FateRewritten, From: t.From,
				Summary: "weights of " + t.Host.String() + " are divided by their common divisor", Fix: "nothing", Before: before, After: r.tables(t.Clone()),
			})
		}
		out = append(out, t)
	}
	return out
}

func heaviest(to []intent.Backend) int {
	most := 0
	for _, b := range to {
		most = max(most, b.Weight)
	}
	return most
}

func divide(to []intent.Backend, limit int) bool {
	d := 0
	for _, b := range to {
		for x := b.Weight; x != 0; {
			d, x = x, d%x
		}
	}
	for i := range to {
		to[i].Weight /= max(d, 1)
	}
	return heaviest(to) <= limit
}

// neededLeaves leaves out Services that were made for routes which are refused.
func (r *run) neededLeaves() {
	used := map[intent.Name]bool{}
	for _, t := range r.m.Routing {
		EachBackend(t, func(b *intent.Backend) { used[b.Host.Service] = true })
	}
	for _, u := range r.m.Upstream {
		used[u.Host.Service] = true
	}
	r.m.Leaves = slices.DeleteFunc(slices.Clone(r.m.Leaves), func(s *intent.Service) bool { return !used[s.Name] })
}
