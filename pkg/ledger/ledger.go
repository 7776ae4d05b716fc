// Package ledger accounts for every value of the input: each has exactly one
// fate. It is computed from read marks, origins and changes; no reader or writer
// calls it.
package ledger

import (
	"iter"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// Fate is what became of an input value.
type Fate string

const (
	Carried   Fate = "carried"   // said by the output
	Rewritten Fate = "rewritten" // said in other words, same meaning
	Drifted   Fate = "drifted"   // said, with another meaning
	Dropped   Fate = "dropped"   // not said
	Withheld  Fate = "withheld"  // a deny stands in its place
	Kept      Fate = "kept"      // stays in force where it is
	Inert     Fate = "inert"     // has no effect in the source
	Ignored   Fate = "ignored"   // only identifies, or is set by the API server
	Unknown   Fate = "unknown"   // the kind has no such field
)

// Fates lists them all in the order of reports.
var Fates = []Fate{Carried, Rewritten, Drifted, Dropped, Withheld, Kept, Inert, Ignored, Unknown}

// Entry is one value with its fate.
type Entry struct {
	Ref place.Ref
	// Named is Ref, or the outermost value around it that nobody read, at the
	// position of its key.
	Named place.Ref
	Value string
	Fate  Fate
	// Finding is the code of the finding that explains the fate, or "".
	Finding diag.Code
	// Why explains fates without a finding, or "".
	Why string
	// Output lists where the value shows in what was written, at most 32 places, if it
	// was asked for: see Ledger.Shown.
	Output []place.Ref
}

// Ledger is the fate of values, in their order. The zero Ledger has none.
type Ledger struct {
	lines []line
	// output is where each shows; nil if nobody asked.
	output [][]place.Ref
}

// line is what an Entry is made of when somebody asks for it: there are as many as
// the input has values.
type line struct {
	source.Site
	why *reason
}

// reason is a fate with what explains it, which many values share.
type reason struct {
	fate    Fate
	finding diag.Code
	why     string
}

// reasons holds each reason once.
type reasons struct {
	known map[reason]*reason
	last  *reason
}

func (r *reasons) of(one reason) *reason {
	if r.last != nil && *r.last == one {
		return r.last
	}
	if r.last = r.known[one]; r.last == nil {
		if r.known == nil {
			r.known = map[reason]*reason{}
		}
		kept := one
		r.last, r.known[one] = &kept, &kept
	}
	return r.last
}

// Len is the number of values.
func (l Ledger) Len() int { return len(l.lines) }

// All are the entries, in the order of the input.
func (l Ledger) All() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for i, of := range l.lines {
			e := Entry{Ref: of.Ref(), Named: of.Named(), Value: of.Value(), Fate: of.why.fate, Finding: of.why.finding, Why: of.why.why}
			if l.output != nil {
				e.Output = l.output[i]
			}
			if !yield(e) {
				return
			}
		}
	}
}

// Count sums values by fate.
func (l Ledger) Count() map[Fate]int {
	n := make(map[Fate]int, len(Fates))
	for _, of := range l.lines {
		n[of.why.fate]++
	}
	return n
}

// Unknown are the values, or the outermost around them, of fields that the kind does
// not have, each once.
func (l Ledger) Unknown() []place.Ref {
	var out []place.Ref
	for _, of := range l.lines {
		if of.why.fate == Unknown && of.why.finding == diag.UnknownField {
			out = append(out, of.Named())
		}
	}
	return slices.Compact(out)
}

// Unaccounted are the values of which nobody knows what became.
func (l Ledger) Unaccounted() []place.Ref {
	var out []place.Ref
	for _, of := range l.lines {
		if of.why.finding == diag.Unaccounted {
			out = append(out, of.Ref())
		}
	}
	return out
}

// And is the ledger with that of more values behind it, as if nobody had asked where
// they show.
func (l Ledger) And(more Ledger) Ledger { return Ledger{lines: append(l.lines, more.lines...)} }

// Of is the part of the ledger that is about some objects, as if nobody had asked where
// its values show.
func (l Ledger) Of(chosen func(object string) bool) Ledger {
	return Ledger{lines: slices.DeleteFunc(slices.Clone(l.lines), func(of line) bool { return !chosen(of.Ref().Object) })}
}

// Close gives each leaf of the objects its fate, in the order of the input.
func Close(objs []*source.Object, claims *Claims) Ledger {
	n := 0
	for _, o := range objs {
		n += o.Root.CountLeaves()
	}
	out := make([]line, 0, n)
	for _, o := range objs {
		of := claims.about(o)
		o.Root.Leaves(func(l source.Leaf) { out = append(out, line{l.Site, claims.fate(l, of)}) })
	}
	return Ledger{lines: out}
}

// Told gives the values of an object of no mesh a fate of which a claim tells, or
// of a part that they are in; of the others nothing is said. It returns none where
// the claims are about the whole object only.
func Told(o *source.Object, claims *Claims) Ledger {
	of := claims.about(o)
	if of == nil {
		return Ledger{}
	}
	var out []line
	o.Root.Leaves(func(l source.Leaf) {
		if of.tells(l.Ref().Path) {
			l.Read, l.Skipped = true, ""
			out = append(out, line{l.Site, claims.fate(l, of)})
		}
	})
	return Ledger{lines: out}
}

// about are the claims on values of an object; nil are none.
func (c *Claims) about(o *source.Object) *claimed {
	ref := o.Ref()
	return c.of[owner{ref.Object, ref.Pos.File}]
}

// empty are values that ask for nothing.
var empty = map[string]bool{"": true, "{}": true, "[]": true, "null": true, "~": true}

func (c *Claims) fate(l source.Leaf, claims *claimed) *reason {
	switch one, ok := claims.nearest(l.Ref().Path); {
	case ok && one.aside:
		return one.reason
	case l.Skipped != "":
		return c.reasons.of(reason{fate: Ignored, why: l.Skipped})
	case l.Problem != "" && !(ok && one.fate == Withheld):
		return c.reasons.of(reason{fate: Unknown, finding: diag.WrongType})
	case l.Withheld != "":
		return c.reasons.of(reason{Withheld, diag.OrderUnknown, l.Withheld})
	case !l.Read && !(ok && one.whole):
		return c.reasons.of(reason{fate: Unknown, finding: diag.UnknownField})
	case ok && (one.fate == Withheld || one.fate == Kept) && l.Inert == "":
		return one.reason
	case l.Inert != "":
		return c.reasons.of(reason{Inert, diag.Inert, l.Inert})
	case ok:
		return one.reason
	case claims == nil && strings.HasPrefix(l.Ref().Path, "metadata.labels"):
		return c.reasons.of(reason{fate: Ignored, why: "a label of an object of which nothing has an effect"})
	case empty[l.Value()]:
		return c.reasons.of(reason{fate: Inert, why: "it is empty, and nothing depends on it"})
	}
	return c.reasons.of(reason{Unknown, diag.Unaccounted, "read, but nothing in the model stems from it"})
}
