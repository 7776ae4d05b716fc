package legal

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// namer finds what facts mean for named servers and clients.
type namer struct {
	*run
	parties []Party
	// subjects are the keys of the parties' workloads.
	subjects map[string]bool
	// services are the Services that these are told apart by.
	services map[string]bool
	// written says that what is said is in the target's own words: of the workloads that
	// one server is, also where others may have their labels.
	written bool
	own     []*intent.Default
	servers []Named
	// number is the place of a server among these, by namespace and name.
	number map[string]int
	// beyond is what holds for workloads without a name.
	beyond *intent.Default
	// grown says why more is denied by default; "" is that it is not.
	grown string
	// lost says what of a fact could not be said, each reason once; idle are the
	// facts that change nothing, opened those that stand for a default.
	lost   map[*intent.Access][]reason
	idle   map[*intent.Access]bool
	opened map[*intent.Access]bool
	// where are the servers that a fact reaches, by namespace and name.
	where map[*intent.Access][]string
	// byFacts are the servers that deny by default in the source.
	byFacts map[string]bool
	// unnamed are the facts that also hold for workloads without a name.
	unnamed map[*intent.Access]bool
	// eclipsed are facts that in part go without saying.
	eclipsed map[*intent.Access]bool
	// replaces are the facts that go without saying for some client since another one is said
	// of all, which is not about it itself; nil is none.
	replaces map[*intent.Access][]*intent.Access
	// demanding are the servers at which requests without a token are denied, by the
	// key of their workloads.
	demanding map[string]bool
	// terms are the alternatives of each fact.
	terms map[*intent.Access][]term
	// split are the conjunctions of predicates, by key.
	split map[string][]conjunct
	// isName are answers whether a predicate is about one name, by its key.
	isName map[string]bool
	// index finds what concerns one name.
	index namedIndex
	// told are answers about conditions and clients, by both.
	told map[[2]string]reachOf
}

// term is one alternative of a fact's condition: on clients, and on requests.
type term struct {
	who      match.Expr
	key      string // of who
	from     intent.Origin
	requests conjunct
}

// reachOf tells how much of something a condition covers.
type reachOf uint8

const (
	noneOf reachOf = iota
	partOf
	allOf
	// besides is none of a server's port, but some of its workloads' other ports.
	besides
)

func newNamer(r *run) *namer {
	n := &namer{
		run: r, own: r.ownDefaults(), lost: map[*intent.Access][]reason{}, idle: map[*intent.Access]bool{}, opened: map[*intent.Access]bool{}, unnamed: map[*intent.Access]bool{}, eclipsed: map[*intent.Access]bool{}, demanding: map[string]bool{}, where: map[*intent.Access][]string{},
		byFacts: map[string]bool{}, subjects: map[string]bool{}, services: map[string]bool{}, terms: map[*intent.Access][]term{}, told: map[[2]string]reachOf{}, isName: map[string]bool{}, number: map[string]int{}, split: map[string][]conjunct{},
	}
	n.parties = r.t.Access.Parties(r.m)
	for _, p := range n.parties {
		if p.Subject != nil {
			n.subjects[match.Key(p.Subject)] = true
			for _, s := range serviceNames(p.Subject) {
				n.services[s] = true
			}
		}
	}
	n.buildIndex()
	return n
}

// all works out all servers.
func (n *namer) all() []Named {
	said := map[*intent.Access]bool{}
	n.outside()
	for _, p := range n.parties {
		if p.Subject == nil {
			continue
		}
		if s := n.server(p, said); s != nil {
			n.number[p.Namespace+"/"+p.Name] = len(n.servers)
			n.servers = append(n.servers, *s)
		}
	}
	for _, a := range n.m.Access {
		if !said[a] {
			n.idle[a] = len(n.lost[a]) == 0
		}
	}
	return n.servers
}

// lose notes a reason.
func (n *namer) lose(a *intent.Access, why reason) {
	if !slices.Contains(n.lost[a], why) {
		n.lost[a] = append(n.lost[a], why)
	}
}

// reach tells how much of where outer holds inner covers.
func (n *namer) reach(outer, inner match.Expr, outerKey, innerKey string) reachOf {
	key := [2]string{outerKey, innerKey}
	got, known := n.told[key]
	if known {
		return got
	}
	if got, known = n.plainly(outer, inner, outerKey, innerKey); !known {
		switch {
		case implied(outer, inner):
			got = allOf
		case meet(outer, inner):
			got = partOf
		}
	}
	n.told[key] = got
	return got
}

// plainly answers as reach where a conjunction and the literals of alternatives
// tell: one of these is implied, or all are excluded.
func (n *namer) plainly(outer, inner match.Expr, outerKey, innerKey string) (got reachOf, known bool) {
	a, b := n.alternatives(outer, outerKey), n.alternatives(inner, innerKey)
	if len(a) != 1 || len(b) == 0 {
		return noneOf, false
	}
	if slices.ContainsFunc(b, a[0].implies) {
		return allOf, true
	}
	return noneOf, !slices.ContainsFunc(b, func(c conjunct) bool { return !a[0].precludes(c) })
}

// alternatives are the conjunctions of a predicate; none where there are many.
func (n *namer) alternatives(e match.Expr, key string) []conjunct {
	got, known := n.split[key]
	if !known {
		const many = 32
		all, ok := match.DNF(e, many)
		for i := 0; ok && i < len(all); i++ {
			got = append(got, all[i])
		}
		n.split[key] = got
	}
	return got
}

// server works out one server; nil is that nothing is said of it.
func (n *namer) server(p Party, said map[*intent.Access]bool) *Named {
	access, defaults := n.near(p)
	at, shut := n.at(p, access)
	base, closes := n.defaultAt(p, defaults)
	n.byFacts[p.Namespace+"/"+p.Name] = base.Effect == intent.Deny && !closes
	var deny, allow []*intent.Access
	for _, a := range at {
		if a.Effect == intent.Deny {
			deny = append(deny, a)
		} else {
			allow = append(allow, a)
		}
	}
	deny = n.demandsAt(p, deny, said)
	shut = shut || slices.ContainsFunc(deny, func(a *intent.Access) bool { return n.deniesBesides(p, a) })
	if base.Effect == intent.Allow {
		if len(deny) == 0 && !shut && !closes && n.beyond == nil && n.ownEffect() == intent.Allow {
			return nil
		}
		open := &intent.Access{Home: base.Home, Effect: intent.Allow, From: base.From}
		n.opened[open] = true
		allow = []*intent.Access{open}
	} else if len(at) == 0 && (n.beyond != nil || n.ownEffect() == intent.Deny) {
		return nil
	}
	s := &Named{Party: p, Home: base.Home, From: base.From}
	s.Sources = n.sources(p, deny, allow)
	if rest := s.Sources[len(s.Sources)-1]; n.ownEffect() == intent.Allow && rest.unconditional() && rest.leavesMost() {
		s.Open = !shut && !closes && slices.ContainsFunc(rest.Allow, func(a Share) bool { return a.everywhere })
		if !s.Open {
			s.Sources = n.namedSources(p, deny, allow)
		}
	}
	for _, src := range s.Sources {
		for _, share := range src.Deny {
			if s.Open && n.ported(share.Fact) {
				n.lose(share.Fact, reason{"an open server denies at all ports", sayOtherwise})
			}
		}
	}
	for _, src := range s.Sources {
		for _, share := range slices.Concat(src.Deny, src.Allow) {
			said[share.Fact] = true
		}
	}
	return s
}

func (n *namer) ownEffect() intent.Effect {
	return (&defaultList{run: n.run, own: n.own}).ownEffect()
}

// subject is a scope in which Services are named by what they select, as the
// target's names are that do not name them.
func (n *namer) subject(e match.Expr) match.Expr {
	return match.Map(e, func(a match.Atom) match.Expr {
		if a.Field != match.Service || a.Op != match.Exact || n.services[a.Value] {
			return nil
		}
		ns, name, _ := strings.Cut(a.Value, "/")
		s := n.m.Inventory.Service(intent.Name{Namespace: ns, Name: name})
		if s == nil || len(s.Selector) == 0 {
			return nil
		}
		and := []match.Expr{inNamespace(s.Name.Namespace)}
		for _, l := range s.Selector {
			and = append(and, labelAtom(l.Key, l.Value))
		}
		return match.Conj(and...)
	})
}

func (n *namer) grow(why string) {
	if n.grown == "" {
		n.grown = why
	}
}
