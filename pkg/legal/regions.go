package legal

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// piece is one alternative of what a fact lets in at a server: HTTP requests in
// part, by clients.
type piece struct {
	offer   int // whose it is
	part    conjunct
	clients conjunct
}

// area is a region of a server in the making.
type area struct {
	when   conjunct // not negated
	expr   match.Expr
	pieces []piece // what it grants
}

// partition finds the regions of one server and what each grants, so that the
// best-ranked region of a request grants what all pieces that cover the request
// do, or less.
type partition struct {
	form    RouteForm
	regions []*area
	pieces  []piece
	// most is how many regions there may be.
	most int
}

// tooManyRegions bounds the regions of one server, fewRegions those where each overlap
// is one.
const (
	tooManyRegions = 128
	fewRegions     = 32
)

// newPartition partitions the requests of pieces; rest says that clients of the
// server as a whole need a region for every other request. Where pieces are not granted
// whole, it is tried whether they are with a region for each overlap.
func newPartition(form RouteForm, pieces []piece, rest bool) *partition {
	p := &partition{form: form, pieces: pieces, most: tooManyRegions}
	p.openAll(rest)
	p.close(p.settled)
	p.grantAll()
	lost := p.incomplete()
	if lost == 0 || len(p.regions) > fewRegions {
		return p
	}
	fine := &partition{form: form, pieces: pieces, most: fewRegions}
	fine.openAll(rest)
	fine.close(func(*area, *area, conjunct) bool { return false })
	fine.grantAll()
	if fine.incomplete() < lost {
		return fine
	}
	return p
}

// openAll opens the regions that pieces name, and those that they leave out.
func (p *partition) openAll(rest bool) {
	for _, q := range p.pieces {
		positive := q.part.only(func(l match.Literal) bool { return !l.Not })
		p.open(positive)
		for _, l := range q.part {
			if l.Not {
				p.open(append(slices.Clone(positive), match.Literal{Atom: l.Atom}))
			}
		}
	}
	if rest && len(p.pieces) > 0 {
		p.open(nil)
	}
}

// grantAll finds what each region grants.
func (p *partition) grantAll() {
	for _, r := range p.regions {
		r.pieces = p.granted(r)
	}
}

// incomplete counts the pieces that are not granted whole.
func (p *partition) incomplete() (n int) {
	for _, q := range p.pieces {
		if !p.complete(q) {
			n++
		}
	}
	return n
}

// open adds the region of a conjunction, if the target can say it and has not
// got it.
func (p *partition) open(when conjunct) {
	when, possible := when.tidy()
	if !possible || len(p.regions) >= p.most || p.form.Conjunction != nil && p.form.Conjunction(intent.HTTP, when) != "" {
		return
	}
	same := func(r *area) bool { return r.when.implies(when) && when.implies(r.when) }
	if !slices.ContainsFunc(p.regions, same) {
		p.regions = append(p.regions, &area{when: when, expr: when.expr()})
	}
}

// close adds where two regions overlap, so that such requests get what both
// grant, unless that is settled.
func (p *partition) close(settled func(a, b *area, both conjunct) bool) {
	for i := 0; i < len(p.regions); i++ {
		for j := range i {
			a, b := p.regions[i], p.regions[j]
			if a.when.implies(b.when) || b.when.implies(a.when) {
				continue
			}
			both, possible := slices.Concat(a.when, b.when).tidy()
			if possible && !settled(a, b, both) {
				p.open(both)
			}
		}
	}
}

// settled reports whether the winner of two regions grants all that is due to
// requests in both.
func (p *partition) settled(a, b *area, both conjunct) bool {
	due := p.covering(both)
	if !match.IsTrue(p.loses(a, b)) {
		a, b = b, a
	}
	return match.IsTrue(p.loses(a, b)) && len(p.covering(b.when)) == len(due)
}

// covering lists the pieces that cover all requests of a conjunction.
func (p *partition) covering(when conjunct) []piece {
	var out []piece
	for _, q := range p.pieces {
		if when.implies(q.part) {
			out = append(out, q)
		}
	}
	return out
}

// loses is where b beats a, whichever is listed first.
func (p *partition) loses(a, b *area) match.Expr {
	if p.form.Prefers == nil {
		return match.False
	}
	return p.form.Prefers(a.expr, b.expr)
}

// granted lists the pieces that cover every request which the region can win.
func (p *partition) granted(r *area) []piece {
	var out []piece
	for _, q := range p.pieces {
		if p.safe(r, q) {
			out = append(out, q)
		}
	}
	return out
}

// safe reports whether a piece covers a region but for what better-ranked
// regions take.
func (p *partition) safe(r *area, q piece) bool {
	for _, l := range q.part {
		if r.when.entails(&l) {
			continue
		}
		if !l.Not {
			return false
		}
		taken, possible := append(slices.Clone(r.when), match.Literal{Atom: l.Atom}).tidy()
		if possible && !p.taken(r, taken) {
			return false
		}
	}
	return true
}

// taken reports whether one other region beats r for all requests of a
// conjunction within r.
func (p *partition) taken(r *area, when conjunct) bool {
	return slices.ContainsFunc(p.regions, func(b *area) bool {
		if b == r || !when.implies(b.when) {
			return false
		}
		_, answer := match.Implies(when.expr(), p.loses(r, b))
		return answer == match.Yes
	})
}

// exceptions are the requests of r for which another region may win that does
// not grant q: the predicates to be negated.
func (p *partition) exceptions(r *area, q piece) []match.Expr {
	var out []match.Expr
	for _, x := range p.regions {
		if x == r || x.grants(q) {
			continue
		}
		if e := p.wins(x, r); !match.IsFalse(e) {
			out = append(out, e)
		}
	}
	return out
}

// wins is where x may win over r: a whole region where it wins on all they
// share, and False where it never does.
func (p *partition) wins(x, r *area) match.Expr {
	both, possible := slices.Concat(r.when, x.when).tidy()
	if !possible {
		return match.False
	}
	safe := p.loses(x, r)
	if _, answer := match.Implies(both.expr(), safe); answer == match.Yes {
		return match.False
	}
	if _, answer := match.Overlap(both.expr(), safe); answer == match.No {
		return x.expr
	}
	return match.Conj(x.expr, match.Negate(safe))
}

// grants reports whether all clients of a piece are let in.
func (r *area) grants(q piece) bool {
	return slices.ContainsFunc(r.pieces, func(p piece) bool { return q.clients.implies(p.clients) })
}
