package consul

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// holdIntentions keeps intentions as they are for Consul where no list of servers and
// clients says the same: those for all destinations are also for services that the
// input does not show, and a denial of requests with some token, where the default is to
// allow, lets in those without. As intentions for all destinations hold beside those
// of each, all are kept or none. Namespaces make others of them for the other edition.
func (r *reader) holdIntentions(live []*intention) {
	general := slices.ContainsFunc(live, func(x *intention) bool { return x.destination.wild() > 0 })
	for _, o := range r.of(kindIntentions) {
		own := slices.DeleteFunc(slices.Clone(live), func(x *intention) bool { return x.object != o })
		if len(r.withheld) > 0 || !general && !slices.ContainsFunc(own, r.deniesTokens) {
			continue
		}
		op := r.hold(o, "it says who is let in")
		op.Admits, op.Edition = true, r.edition()
		for _, x := range own {
			if r.assumed[x.destination] && x.action == layer7 {
				r.speaks(o, x.node, speech{x.destination.ns, x.destination.name, protocolHTTP})
			}
		}
	}
}

// edition is that of the source, as targets name theirs.
func (r *reader) edition() string {
	_, edition, _ := strings.Cut(r.in.Version, "-")
	return edition
}

// holdProviders keeps the providers that intentions name which are kept as they are,
// and of whose tokens nothing is asked: Consul's servers take no intentions without
// them.
func (r *reader) holdProviders(live []*intention) {
	named := slices.Clone(r.foreignDemands)
	for _, x := range live {
		if r.held[x.object] {
			named = append(named, x.demands()...)
		}
	}
	for _, d := range named {
		if d == nil {
			continue
		}
		for _, p := range d.providers {
			if p.provider != nil && !p.provider.used && !r.held[p.provider.object] {
				op := r.hold(p.provider.object, "intentions name it")
				op.Admits, op.Edition = true, r.edition()
			}
		}
	}
}

// deniesTokens reports whether an intention denies requests with some token where
// others are let in by default.
func (r *reader) deniesTokens(x *intention) bool {
	if defaultEffect(r.in.Env) == intent.Deny {
		return false
	}
	return x.action == deny && x.token != nil && x.token.used ||
		slices.ContainsFunc(x.permissions, func(p *permission) bool { return p.deny && p.token != nil && p.token.used })
}
