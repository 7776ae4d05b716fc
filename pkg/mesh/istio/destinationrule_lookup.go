package istio

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// hostRank orders hosts by how specific they are: names, long wildcards, short
// ones, and last the zero host, which is every host.
func hostRank(h intent.Host) int {
	switch {
	case h == intent.Host{}:
		return 0
	case strings.HasPrefix(h.DNS, "*"):
		return len(h.DNS)
	}
	return 1000
}

// several reports whether a host stands for more than one.
func several(h intent.Host) bool { return hostRank(h) < 1000 }

// indexRules files rules by their hosts.
func (r *reader) indexRules() {
	r.rulesOf, r.wideRules = map[intent.Host][]int{}, nil
	for i, d := range r.rules {
		if several(d.host) {
			r.wideRules = append(r.wideRules, i)
		} else {
			r.rulesOf[d.host] = append(r.rulesOf[d.host], i)
		}
	}
}

// rulesFor are the places of rules that may be about a host, in their order.
func (r *reader) rulesFor(h intent.Host) []int {
	of := r.rulesOf[h]
	if several(h) {
		return r.wideRules
	}
	if len(r.wideRules) == 0 {
		return of
	}
	both := slices.Concat(of, r.wideRules)
	slices.Sort(both)
	return both
}
