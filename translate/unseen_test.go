package translate

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/ledger"
	"go.yaml.in/yaml/v3"
)

// reason is why a change of a document changes nothing. The set is closed, and
// each is checked.
type reason string

const (
	unread      reason = "the account says that the value means nothing"
	sameCase    reason = "only the case of a name differs"
	spelling    reason = "another spelling of the same name"
	noReference reason = "a name, or what bears it, that nobody refers to"
	isSet       reason = "the order of a set"
	onlyLeg     reason = "the weight of a single leg"
	disjoint    reason = "swapped rules of which no request meets both, or which answer alike"
	commuting   reason = "swapped steps that do not touch the same"
	subsetOrder reason = "the order of policies of different subsets, or hosts"
	asksNothing reason = "a rule that asks for nothing but what happens without it"
	sameAge     reason = "a date on which nothing turns: what is read is the same, or rules of which no request meets both change places"
	keptOut     reason = "whom nobody lets in: with a rule that lets all in, the change is seen"
	notAccepted reason = "of tokens that are not accepted: where all are, the change is seen"
	saysDefault reason = "what is removed holds without it too, and another value in its place is seen"
	ofNoHost    reason = "the host of a listener for plain TCP, of which connections name none: whose routes it takes is the same"
	redundant   reason = "what it is part of holds without it too, before and after, and another change of that is seen"
	shadowed    reason = "shadowed: without what shadows it, the change is seen"
	equivalent  reason = "conditions that hold for the same requests"
	unproven    reason = ""
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
		{keptOut, func() bool {
			return decide.Compare(lettingIn(u.set.base.model), lettingIn(u.changed.model), decide.Options{}).Verdict != decide.Same
		}},
		{notAccepted, func() bool {
			return decide.Compare(acceptingAll(u.set.base.model), acceptingAll(u.changed.model), decide.Options{}).Verdict != decide.Same
		}},
		{commuting, func() bool { return u.mutant.kind == swapped && equal(dumper{nameless: true, sets: true, heads: true}) }},
		{saysDefault, func() bool { return u.mutant.removes() && u.seenWithin(u.mutant) }},
		{redundant, u.redundant},
	} {
		if try.holds() {
			return try.reason, ""
		}
	}
	if by := u.shadow(); by != "" {
		return shadowed, by
	}
	switch {
	case !equal(set) && equivalentRules(u.set.base.model, u.changed.model):
		return equivalent, ""
	case equal(dumper{}):
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
	return slices.ContainsFunc(u.set.mutants[u.doc], func(m mutant) bool {
		return (m.kind == otherScalar || m.kind == otherKey || m.removes() && m.at != of.at) && within(m.at, of.at) && sees(u.set.base, u.set.lift(m))
	})
}

// redundant reports whether the change is in something that can be taken away
// before and after without anyone seeing it, while another change of it is seen.
func (u unseen) redundant() bool {
	return slices.ContainsFunc(u.around(), func(a mutant) bool {
		return !sees(u.set.base, u.set.lift(a)) && !sees(u.changed, u.set.lift(u.mutant, a)) && u.seenWithin(a)
	})
}

// shadow names what stands elsewhere in the documents and without which the
// change is seen.
func (u unseen) shadow() string {
	for _, doc := range u.nearest() {
		for _, m := range u.set.mutants[doc] {
			if !m.removes() || doc == u.doc && (within(m.at, u.mutant.at) || within(u.mutant.at, m.at)) {
				continue
			}
			if sees(u.set.lift(m), u.set.lift(m, u.mutant)) {
				return u.set.object(doc) + " " + m.at
			}
		}
	}
	return ""
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
