// Package ledger accounts for every value of the input: each has exactly one
// fate. It is computed from read marks, origins and changes; no reader or writer
// calls it.
package ledger

import (
	"slices"

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
	// Output lists where the value shows in what was written, if it was asked
	// for.
	Output []place.Ref
}

// Claim says that a value, and all below it that nothing nearer claims, has a
// fate.
type Claim struct {
	Ref     place.Ref
	Fate    Fate
	Finding diag.Code
	Why     string
	// Whole says that the claim covers values that nobody read: those of an
	// object or field that is known as a whole.
	Whole bool
	// Aside says that the object was set aside: whatever its reader made of its
	// values, they have this fate.
	Aside bool
}

// Claims collects claims by the value they are about.
type Claims struct{ of map[owner]*claimed }

type owner struct{ name, file string }

// claimed are the claims on values of one object.
type claimed struct {
	list []Claim
	// index finds claims by path; nil while there are few.
	index map[string]int
	// worst is the claim with the worst fate. It stands for values that say where
	// other values hold, such as a host, when nothing of the object is carried.
	worst Claim
}

// NewClaims returns an empty set.
func NewClaims() *Claims { return &Claims{of: map[owner]*claimed{}} }

// severity orders fates: of two claims on one value the worse stands.
var severity = map[Fate]int{
	Carried: 0, Inert: 1, Ignored: 1, Rewritten: 2, Kept: 3, Drifted: 4, Dropped: 5, Withheld: 6, Unknown: 7,
}

// Add makes a claim. Of several on one value the one with the worst fate stands,
// the first of equals.
func (c *Claims) Add(claim Claim) {
	if claim.Ref.IsDefault() || claim.Ref == (place.Ref{}) {
		return
	}
	at := owner{claim.Ref.Object, claim.Ref.Pos.File}
	o := c.of[at]
	if o == nil {
		o = &claimed{worst: claim, list: make([]Claim, 0, usualClaims)}
		c.of[at] = o
	}
	o.add(claim)
}

func (o *claimed) add(claim Claim) {
	if worse(claim, o.worst) {
		o.worst = claim
	}
	i := o.find(claim.Ref.Path)
	if i < 0 {
		o.append(claim)
		return
	}
	old := o.list[i]
	if !worse(claim, old) {
		claim, old = old, claim
	}
	claim.Whole = claim.Whole || claim.Fate == old.Fate && old.Whole
	claim.Aside = claim.Aside || old.Aside
	o.list[i] = claim
}

func worse(a, b Claim) bool { return a.Fate != b.Fate && severity[a.Fate] > severity[b.Fate] }

// usualClaims are what most objects have room for at once.
const usualClaims = 6

// fewClaims are searched one by one.
const fewClaims = 16

func (o *claimed) append(claim Claim) {
	o.list = append(o.list, claim)
	switch {
	case o.index != nil:
		o.index[claim.Ref.Path] = len(o.list) - 1
	case len(o.list) > fewClaims:
		o.index = make(map[string]int, 4*fewClaims)
		for i := range o.list {
			o.index[o.list[i].Ref.Path] = i
		}
	}
}

// find is the number of the claim on a path, or -1.
func (o *claimed) find(path string) int {
	if o.index != nil {
		if i, ok := o.index[path]; ok {
			return i
		}
		return -1
	}
	return slices.IndexFunc(o.list, func(c Claim) bool { return c.Ref.Path == path })
}

// nearest finds the claim on the value or on the innermost value around it; nil
// are no claims.
func (o *claimed) nearest(path string) (Claim, bool) {
	if o == nil {
		return Claim{}, false
	}
	for {
		if i := o.find(path); i >= 0 {
			return o.list[i], true
		}
		if path == "" {
			claim := o.worst
			claim.Whole = false
			return claim, true
		}
		path = parent(path)
	}
}

// parent cuts the last key or index off a path. A key with dots takes several
// cuts.
func parent(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '.' || path[i] == '[' {
			return path[:i]
		}
	}
	return ""
}

// Close gives each leaf of the objects its entry, in the order of the input.
func Close(objs []*source.Object, claims *Claims) []Entry {
	n := 0
	for _, o := range objs {
		n += o.Root.CountLeaves()
	}
	out := make([]Entry, 0, n)
	for _, o := range objs {
		ref := o.Ref()
		of := claims.of[owner{ref.Object, ref.Pos.File}]
		o.Root.Leaves(func(l source.Leaf) { out = append(out, entry(l, of)) })
	}
	return out
}

// Told gives the values of an object of no mesh an entry of which a claim tells, or
// of a part that they are in; of the others nothing is said. It returns none where
// the claims are about the whole object only.
func Told(o *source.Object, claims *Claims) []Entry {
	ref := o.Ref()
	of := claims.of[owner{ref.Object, ref.Pos.File}]
	if of == nil {
		return nil
	}
	var out []Entry
	o.Root.Leaves(func(l source.Leaf) {
		if of.tells(l.Ref.Path) {
			l.Read, l.Skipped = true, ""
			out = append(out, entry(l, of))
		}
	})
	return out
}

// tells reports whether a claim is about a value or a part that it is in.
func (o *claimed) tells(path string) bool {
	for ; path != ""; path = parent(path) {
		if o.find(path) >= 0 {
			return true
		}
	}
	return false
}

// empty are values that ask for nothing.
var empty = map[string]bool{"": true, "{}": true, "[]": true, "null": true, "~": true}

func entry(l source.Leaf, claims *claimed) Entry {
	e := Entry{Ref: l.Ref, Named: l.Named, Value: l.Value}
	switch claim, ok := claims.nearest(l.Ref.Path); {
	case ok && claim.Aside:
		e.Fate, e.Finding, e.Why = claim.Fate, claim.Finding, claim.Why
	case l.Skipped != "":
		e.Fate, e.Why = Ignored, l.Skipped
	case l.Problem != "" && !(ok && claim.Fate == Withheld):
		e.Fate, e.Finding = Unknown, diag.WrongType
	case l.Withheld != "":
		e.Fate, e.Finding, e.Why = Withheld, diag.OrderUnknown, l.Withheld
	case !l.Read && !(ok && claim.Whole):
		e.Fate, e.Finding = Unknown, diag.UnknownField
	case ok && (claim.Fate == Withheld || claim.Fate == Kept) && l.Inert == "":
		e.Fate, e.Finding, e.Why = claim.Fate, claim.Finding, claim.Why
	case l.Inert != "":
		e.Fate, e.Finding, e.Why = Inert, diag.Inert, l.Inert
	case ok:
		e.Fate, e.Finding, e.Why = claim.Fate, claim.Finding, claim.Why
	case empty[l.Value]:
		e.Fate, e.Why = Inert, "it is empty, and nothing depends on it"
	default:
		e.Fate, e.Why = Unknown, "read, but nothing in the model stems from it"
	}
	return e
}

// Count sums entries by fate.
func Count(entries []Entry) map[Fate]int {
	n := make(map[Fate]int, len(Fates))
	for _, e := range entries {
		n[e.Fate]++
	}
	return n
}
