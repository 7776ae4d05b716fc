package translate

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/ledger"
	"go.yaml.in/yaml/v3"
)

// unseen looks for the reason why a change is not seen.
type unseen struct {
	set     *documentSet
	doc     int
	mutant  mutant
	changed *job
}

// prove finds a reason that holds, or unproven. detail says more.
func (u unseen) prove() (r reason, detail string) {
	equal := func(d dumper) bool { return d.model(u.set.base.model) == d.model(u.changed.model) }
	set := dumper{nameless: true, sets: true}
	for _, try := range []struct {
		reason reason
		holds  func() bool
	}{
		{unread, u.meansNothing},
		{sameCase, func() bool {
			return strings.EqualFold(u.mutant.was, u.mutant.is) && equal(dumper{}) && !u.mutant.removes() && u.mutant.kind != swapped
		}},
		{spelling, func() bool { return u.spelledAlike() && equal(dumper{}) }},
		{isSet, func() bool { return u.mutant.kind == swapped && equal(set) }},
		{noReference, func() bool {
			return u.mutant.kind != swapped && !equal(dumper{}) && equal(dumper{nameless: true}) || u.unreferenced()
		}},
		{onlyLeg, func() bool { return !equal(set) && equal(dumper{nameless: true, sets: true, legs: true}) }},
		{sameAge, func() bool {
			return u.mutant.at == "metadata.creationTimestamp" && (equal(set) || disjointRules(u.set.base.model, u.changed.model))
		}},
		{noReference, func() bool { return u.renamed() && equal(dumper{}) }},
		{disjoint, func() bool { return u.mutant.kind == swapped && disjointRules(u.set.base.model, u.changed.model) }},
		{subsetOrder, func() bool {
			return u.mutant.kind == swapped && set.model(bySubset(u.set.base.model)) == set.model(bySubset(u.changed.model))
		}},
		{asksNothing, func() bool {
			return !equal(set) && set.model(withoutIdle(u.set.base.model)) == set.model(withoutIdle(u.changed.model))
		}},
		{ofNoHost, func() bool {
			return !equal(set) && set.model(namingNoHosts(u.set.base.model)) == set.model(namingNoHosts(u.changed.model))
		}},
		{held, u.held},
		{equivalent, func() bool { return !equal(set) && equivalentRules(u.set.base.model, u.changed.model) }},
		{commuting, func() bool { return u.mutant.kind == swapped && equal(dumper{nameless: true, sets: true, heads: true}) }},
	} {
		if try.holds() {
			return try.reason, ""
		}
	}
	if in, ds := toldApart(u.set.base, u.changed); len(ds) > 0 && u.judgedAlike(ds) {
		return in, ""
	}
	return u.outweighed(equal(dumper{}))
}

// outweighed finds a reason in what else the documents say, or unproven. alike says
// that the reader makes the same of both.
func (u unseen) outweighed(alike bool) (r reason, detail string) {
	switch {
	case u.setAside():
		return setAside, ""
	case u.mutant.removes() && u.seenWithin(u.mutant):
		return saysDefault, ""
	case u.redundant():
		return redundant, ""
	case u.otherDefault():
		return byDefault, ""
	}
	if by := u.shadow(); by != "" {
		return shadowed, by
	}
	if alike {
		return unproven, "the reader makes the same of it"
	}
	return unproven, "the comparison does not see it"
}

// ignoredFor are the reasons for which readers set values aside that stand in the
// documents of the cases.
var ignoredFor = []string{
	"", "it changes nothing of what becomes of requests", "tells how traffic is understood", "it only lets the kubelet's probes in, which the model leaves out",
	"paths are treated so by default",
}

// meansNothing reports whether each value concerned is without effect, of no
// field or of no fact, or set aside for a reason of the list.
func (u unseen) meansNothing() bool {
	entries := u.set.accounts(u.doc, u.mutant.at)
	return len(entries) > 0 && !slices.ContainsFunc(entries, func(e ledger.Entry) bool {
		ignored := e.Fate == ledger.Ignored && (slices.Contains(ignoredFor, e.Why) || strings.HasPrefix(e.Ref.Path, "metadata") || !strings.Contains(e.Ref.Path, "."))
		return !ignored && e.Fate != ledger.Inert && e.Fate != ledger.Unknown
	})
}

// spelledAlike reports whether both values are the same Service or API group, of
// which one is written with what is understood, or both the object's own namespace.
func (u unseen) spelledAlike() bool {
	long, short := u.mutant.was, u.mutant.is
	if len(long) < len(short) {
		long, short = short, long
	}
	rest, ok := strings.CutPrefix(long, short)
	service := ok && strings.HasPrefix(rest, ".") && strings.HasPrefix(".shop.svc.cluster.local", rest)
	own := short == "." && strings.Contains(u.set.object(u.doc), " "+long+"/") && strings.HasPrefix(u.mutant.at, "spec.exportTo")
	return u.mutant.kind == otherScalar && (service || short == "" && long == "core" || own)
}

// unreferenced reports whether the change is in something with a name, which
// stands nowhere else and can be taken away without anyone seeing it.
func (u unseen) unreferenced() bool {
	return slices.ContainsFunc(u.around(), func(a mutant) bool {
		name, ok := nameAt(u.set.docs[u.doc], a.at)
		if !ok || strings.Count(u.scalars(), "\n"+name+"\n") > 1 {
			return false
		}
		return !sees(u.set.base, u.set.lift(a)) && !sees(u.changed, u.set.lift(u.mutant, a))
	})
}

// renamed reports whether the change is of a name that stands nowhere else.
func (u unseen) renamed() bool {
	return strings.HasSuffix(u.mutant.at, ".name") && u.mutant.kind == otherScalar && strings.Count(u.scalars(), "\n"+u.mutant.was+"\n") == 1
}

// scalars are those of all documents of the mesh, one a line.
func (u unseen) scalars() string {
	var b strings.Builder
	b.WriteString("\n")
	for i, d := range u.set.docs {
		if u.set.mutants[i] != nil {
			walkYAML(d, func(n *yaml.Node) {
				b.WriteString(n.Value + "\n\n")
				if words := strings.Fields(n.Value); len(words) > 1 {
					b.WriteString(strings.Join(words, "\n\n") + "\n\n")
				}
			})
		}
	}
	return b.String()
}

// around lists the removals of what the change is in, the innermost first.
func (u unseen) around() []mutant {
	var out []mutant
	for _, m := range u.set.mutants[u.doc] {
		if m.removes() && (within(u.mutant.at, m.at) || u.mutant.with != "" && within(u.mutant.with, m.at)) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b mutant) int { return len(b.at) - len(a.at) })
	return out
}

// seenWithin reports whether some change within what is removed is seen.
func (u unseen) seenWithin(of mutant) bool {
	return slices.ContainsFunc(u.inside(of), func(m mutant) bool {
		_, ds := toldApart(u.set.base, u.set.lift(m))
		return len(ds) > 0
	})
}

// inside lists the changes within what is removed, at last of values to all that the
// cases have at their keys.
func (u unseen) inside(of mutant) []mutant {
	var out, values []mutant
	for _, m := range u.set.mutants[u.doc] {
		if !within(m.at, of.at) {
			continue
		}
		if m.kind == otherScalar || m.kind == otherKey || m.removes() && m.at != of.at {
			out = append(out, m)
		}
		if m.kind == otherScalar {
			n := nodeAt(u.set.docs[u.doc], m.at)
			for _, v := range u.set.seen[m.at[strings.LastIndexByte(m.at, '.')+1:]] {
				values = append(values, rewritten(n, otherScalar, v, m.at))
			}
		}
	}
	return append(out, values...)
}

// held reports whether the change is of what is kept as it is, or removes it where what
// holds without it is the same.
func (u unseen) held() bool {
	if u.mutant.removes() && (dumper{}).model(u.set.base.model) == (dumper{}).model(u.changed.model) {
		return slices.ContainsFunc(u.inside(u.mutant), func(m mutant) bool { return onlyHeld(u.set.base.model, u.set.lift(m).model) })
	}
	return onlyHeld(u.set.base.model, u.changed.model)
}

// setAside reports whether nothing of the document is translated, before and after, and
// the reading is not trusted for that.
func (u unseen) setAside() bool {
	entries := u.set.accounts(u.doc, "")
	return len(entries) > 0 && u.set.base.atBest(decide.Same) != decide.Same && (dumper{}).model(u.set.base.model) == (dumper{}).model(u.changed.model) &&
		!slices.ContainsFunc(entries, func(e ledger.Entry) bool { return e.Fate != ledger.Withheld })
}

// otherDefault reports whether the change is seen where the default is the other one.
func (u unseen) otherDefault() bool {
	s := u.set.otherwise()
	return sees(s.lift(), s.lift(u.mutant))
}

// redundant reports whether the change is in something that can be taken away
// before and after without anyone seeing it, while another change of it is seen.
func (u unseen) redundant() bool {
	return slices.ContainsFunc(u.around(), func(a mutant) bool {
		return !sees(u.set.base, u.set.lift(a)) && !sees(u.changed, u.set.lift(u.mutant, a)) && u.seenWithin(a)
	})
}

// nearest lists the documents, that of the change first.
func (u unseen) nearest() []int {
	out := []int{u.doc}
	for i := range u.set.docs {
		if i != u.doc {
			out = append(out, i)
		}
	}
	return out
}

// within reports whether a path is another or below it.
func within(path, of string) bool {
	rest, ok := strings.CutPrefix(path, of)
	return ok && (of == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}

// nameAt is the name of the element of a list, or of the subset, at a path.
func nameAt(n *yaml.Node, at string) (string, bool) {
	var name string
	if !strings.HasSuffix(at, "]") {
		return strings.CutPrefix(at, "spec.subsets.")
	}
	if n = nodeAt(n, at); n != nil {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == "name" {
				name = n.Content[i+1].Value
			}
		}
	}
	return name, name != ""
}
