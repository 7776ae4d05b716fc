package legal_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
)

// routed is what the objects written for a partition do, as Linkerd's proxy
// would: the server that covers the port, the best-ranked region of the request,
// its grants and those of the server as a whole.
func routed(parts legal.Partitioned, p point) (admitted, sure bool) {
	var found []legal.Server
	for _, s := range parts.Servers {
		if p.holds(s.Subject) {
			found = append(found, s)
		}
	}
	if len(found) > 1 {
		return false, false // two servers contend for a port
	}
	if len(found) == 0 {
		return elsewhere(parts, p), true
	}
	s := found[0]
	if !p.http || len(s.Regions) == 0 {
		return granted(s.Grants, p), true
	}
	best := winners(s.Regions, p)
	if len(best) == 0 {
		return false, true
	}
	first := granted(best[0].Grants, p)
	for _, r := range best {
		if granted(r.Grants, p) != first {
			first = false // a tie grants what all grant
		}
	}
	return first || granted(s.Grants, p), true
}

// winners are the regions of a request that no other one beats.
func winners(regions []legal.Region, p point) []legal.Region {
	var in []legal.Region
	for _, r := range regions {
		if p.holds(r.When) {
			in = append(in, r)
		}
	}
	return slices.DeleteFunc(slices.Clone(in), func(r legal.Region) bool {
		return slices.ContainsFunc(in, func(x legal.Region) bool { return p.holds(longer(r.When, x.When)) })
	})
}

func granted(grants []legal.Grant, p point) bool {
	return slices.ContainsFunc(grants, func(g legal.Grant) bool { return p.holds(g.Clients) })
}

func elsewhere(parts legal.Partitioned, p point) bool {
	for _, e := range parts.Elsewhere {
		at := e.Namespace == p.namespace
		for _, l := range e.Labels {
			v, ok := p.lookup(match.Atom{Field: match.Label, Key: l.Key})
			at = at && ok && v == l.Value
		}
		if at {
			return p.holds(e.Clients)
		}
	}
	return true
}

// What the facts of the normal form mean by themselves is what its routes do.
func TestFactsMeanWhatRoutesDo(t *testing.T) {
	points := universe()
	regions := 0
	for seed := range uint64(400) {
		g := gen{Rand: rand.New(rand.NewPCG(seed, 3)), positive: seed%2 == 0}
		after, _ := legal.Legalize(g.model(), partitioning(), legal.Options{})
		parts := legal.Servers(after, partitioning())
		for _, s := range parts.Servers {
			regions += len(s.Regions)
		}
		for _, p := range points {
			got, sure := routed(parts, p)
			if !sure {
				t.Fatalf("seed %d: two servers at %+v\n%s", seed, p, intent.Print(after))
			}
			if want := admits(after, p); got != want {
				t.Fatalf("seed %d: routes %v, facts %v at %+v\n%s\n%+v", seed, got, want, p, intent.Print(after), parts)
			}
		}
	}
	if regions < 100 {
		t.Errorf("only %d regions were tried", regions)
	}
}
