package decide

import (
	"sync"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// admission compares who is let in, at every kind of workload that the scopes of
// either model tell apart, whether the input shows such a workload or not.
func (c *comparison) admission() {
	if !c.o.Scopes && open(c.a) && open(c.b) {
		return
	}
	scopes := c.newScopes()
	sa, sb := scopes.of(c.a), scopes.of(c.b)
	excused := c.excused(scopes)
	done := map[string]bool{}
	held := make([]bool, len(scopes.exprs))
	for _, ns := range scopes.namespaces() {
		na, nb := sa.near(ns), sb.near(ns)
		if c.alikeIn(scopes, ns, &na, &nb) {
			c.sameIn(scopes, ns, &na, &nb, held, done)
			continue
		}
		told := teller{comparison: c, from: len(c.found)}
		if !c.eachKind(scopes, ns, held, func(at *spot) bool {
			if len(excused) > 0 {
				at.excused = excusedAt(excused, at, held)
			}
			return told.kind(func() { c.subject(na.covering(held), nb.covering(held), at, done) })
		}) {
			c.add(unsure(intent.Admission, "admission in "+ns.String(), tooMuch))
		}
		told.rest("admission in " + ns.String())
	}
}

// open reports whether a model says nothing of who is let in.
func open(m *intent.Model) bool {
	return len(m.Access)+len(m.Default)+len(m.Tokens)+len(m.Transport) == 0
}

// Steps that are taken beside questions: to find a kind of workload, to settle a fact at
// one or at a destination, and to tell a difference.
const (
	stepsOfKind       = 100
	stepsOfFact       = 50
	stepsOfDifference = 1000
)

// subject compares the admission of one kind of workload.
func (c *comparison) subject(a, b covering, at *spot, done map[string]bool) {
	c.spent += stepsOfFact * (len(a.access) + len(b.access))
	pa, pb := profileOf(a, at.settle), profileOf(b, at.settle)
	c.settleTrust(&pa, &pb)
	if !c.o.Scopes && (pa.like(&pb) || c.o.Wider && c.within(&pb, &pa)) {
		return
	}
	var room [2048]byte
	key := append(pa.appendKey(room[:0]), '\n')
	half := len(key)
	key = append(pb.appendKey(key), '\n')
	alike := string(key[:half]) == string(key[half:])
	if c.o.Causes && !alike {
		key = appendObjects(key, pa.from(), pb.from())
	}
	if at.excused != nil {
		key = match.AppendKey(key, at.excused)
	}
	if done[string(key)] {
		return
	}
	done[string(key)] = true
	k := at.kind()
	scope := "admission at " + k.describe()
	if alike {
		c.same(text(scope), intent.Admission)
		return
	}
	c.profiles(scope, k, &pa, &pb)
}

// appendObjects appends the objects that facts stem from.
func appendObjects(b []byte, from ...intent.Origin) []byte {
	for _, o := range from {
		last := ""
		for _, ref := range o {
			if ref.Object != last {
				b = append(append(b, '\n'), ref.Object...)
				last = ref.Object
			}
		}
		b = append(b, ';')
	}
	return b
}

func constant(b bool) match.Expr {
	if b {
		return match.True
	}
	return match.False
}

// profiles compares two admissions. Each request is let in or not, and if it is,
// some providers must agree: fewer of them is wider.
func (c *comparison) profiles(scope string, k kind, a, b *profile) {
	d := &duel{a: a, b: b, providers: namesOf(a.asks, b.asks), space: c.space, namespace: k.namespace.name}
	d.to = sync.OnceValue(func() server { return c.server(k) })
	d.exprs = []match.Expr{a.admits, b.admits}
	for _, p := range d.providers {
		d.exprs = append(d.exprs, orFalse(a.asks[p]), orFalse(b.asks[p]))
	}
	d.world = c.world(a, b, d.exprs...)
	if k.excused != nil {
		d.world = match.Conj(d.world, match.Negate(k.excused))
	}
	found := reasons{by: map[string]*witnessed{}}
	open := false
	answer := d.cells(nil, c.budget(), func(w match.Way, holds []bool) bool {
		open = open || holds[1]
		if v := verdictOf(holds, d.providers); v != Same {
			c.witness(&found, d, w.Request(), v)
		}
		return true
	})
	if c.o.Reasons > 1 && len(found.order) > 0 {
		c.moreReasons(&found, d)
	}
	for _, v := range []Verdict{Wider, Narrower} {
		for _, w := range found.of(v, max(1, c.o.Reasons)) {
			c.admissionDiffers(scope, k, d, w)
		}
	}
	if answer == match.Unsure {
		c.add(unsure(intent.Admission, scope, tooMuch+", or it "+tooHard))
	} else if len(found.order) == 0 {
		c.same(text(scope), intent.Admission)
	}
	c.compareTokens(scope, a, b, open)
	c.compareMarks(scope, a, b)
}

// compareMarks compares what is recorded or tried, by what it holds for.
func (c *comparison) compareMarks(scope string, a, b *profile) {
	for _, mark := range namesOf(a.marks, b.marks) {
		x, y := orFalse(a.marks[mark]), orFalse(b.marks[mark])
		if match.Equal(x, y) {
			continue
		}
		_, less := c.space.Implies(x, y)
		_, more := c.space.Implies(y, x)
		v := Different
		switch {
		case less == match.Yes && more == match.Yes:
			continue
		case less == match.Unsure || more == match.Unsure:
			v = Unsure
		}
		c.add(Difference{Aspect: intent.Auditing, Verdict: v, Scope: scope, A: mark + " of " + match.String(x), B: mark + " of " + match.String(y), FromA: a.from(), FromB: b.from()})
	}
}

// denied is what becomes of requests that are not let in.
const denied = "denied"

// judge compares the outcomes of one request, and says them.
func judge(holds []bool, providers []string) (v Verdict, a, b string) {
	a, b = denied, denied
	if holds[0] {
		a = "admitted"
	}
	if holds[1] {
		b = "admitted"
	}
	if len(providers) > 0 && holds[0] && holds[1] {
		a, b = a+agreed(holds[2:], providers), b+agreed(holds[3:], providers)
	}
	return verdictOf(holds, providers), a, b
}

// agreed names the providers that must agree on one side, whose answers stand at every
// other place.
func agreed(holds []bool, providers []string) (text string) {
	for i, p := range providers {
		must := i > 0 && holds[2*i-2] && p == providers[i-1]+answering
		if holds[2*i] && !must {
			text += " if " + p + " agrees"
		}
	}
	return text
}

// verdictOf compares the outcomes of one request.
func verdictOf(holds []bool, providers []string) Verdict {
	less, more := holds[0] && !holds[1], holds[1] && !holds[0]
	if holds[0] && holds[1] {
		for i := range providers {
			more = more || holds[2+2*i] && !holds[3+2*i]
			less = less || holds[3+2*i] && !holds[2+2*i]
		}
	}
	switch {
	case more:
		return Wider
	case less:
		return Narrower
	}
	return Same
}
