package translate

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
)

// count takes note of which values in conditions come out: each place in the input
// that a condition stems from, once.
func (p *pair) count(r *Result) {
	l := losses(r)
	done := map[string]bool{}
	atom := func(a match.Atom, _ bool) {
		at := key(a.Place().Object, a.Place().Path)
		if values := l.values[at]; a.Place().Path == "" || len(values) == 0 || done[at] {
			return
		}
		done[at] = true
		p.atoms++
		if l.says(a.Place()) {
			p.said++
		}
	}
	for _, a := range r.Source.Access {
		match.Atoms(a.When, atom)
	}
	for _, t := range r.Source.Routing {
		for i := range t.Rules {
			match.Atoms(t.Rules[i].When, atom)
		}
	}
}

// lost tells which values are lost on the way to the output.
type lost struct {
	// values are the fates of what is at a place, or below it.
	values map[string][]ledger.Fate
	// drifted are places at or below which a change says something else, and gone
	// are places all of which a change takes away.
	drifted, gone map[string]bool
}

func losses(r *Result) lost {
	l := lost{map[string][]ledger.Fate{}, map[string]bool{}, map[string]bool{}}
	for e := range r.Ledger.All() {
		around(e.Ref, func(at string) { l.values[at] = append(l.values[at], e.Fate) })
	}
	for _, c := range r.Changes {
		for _, ref := range c.From {
			l.gone[key(ref.Object, ref.Path)] = l.gone[key(ref.Object, ref.Path)] || c.Fate == legal.FateDropped || c.Fate == legal.FateWithheld
			if c.Drift != intent.Same && ref.Path != "" && (c.Aspect == intent.Admission || c.Aspect == intent.Routed) {
				around(ref, func(at string) { l.drifted[at] = true })
			}
		}
	}
	return l
}

// says reports whether the output says a condition without loss: all its values are
// carried or said in other words, no change has another meaning for one of them, and
// none takes away what they are part of, also where another part still says them.
func (l lost) says(ref place.Ref) bool {
	at := key(ref.Object, ref.Path)
	said := !l.drifted[at]
	around(ref, func(at string) { said = said && !l.gone[at] })
	for _, fate := range l.values[at] {
		said = said && (fate == ledger.Carried || fate == ledger.Rewritten || fate == ledger.Ignored)
	}
	return said
}

func key(object, path string) string { return object + " " + path }

// around visits a place, and all that it is part of.
func around(ref place.Ref, visit func(at string)) {
	for path := ref.Path; ; path = path[:max(0, strings.LastIndexAny(path, ".["))] {
		visit(key(ref.Object, path))
		if path == "" {
			return
		}
	}
}
