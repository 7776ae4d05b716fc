// Package ledger accounts for every value of the input: each has exactly one
// fate. It is computed from read marks, origins and changes; no reader or writer
// calls it.
package ledger

import (
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
	// Named is Ref with the position of the value's key.
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
}

// Claims collects claims by the value they are about.
type Claims struct {
	at map[key]Claim
	// worst is, for each object, the claim with the worst fate. It stands for
	// values that say where other values hold, such as a host, when nothing of
	// the object is carried.
	worst map[key]Claim
}

type key struct{ object, file, path string }

func keyOf(r place.Ref) key { return key{r.Object, r.Pos.File, r.Path} }

// NewClaims returns an empty set.
func NewClaims() *Claims { return &Claims{at: map[key]Claim{}, worst: map[key]Claim{}} }

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
	k := keyOf(claim.Ref)
	object := k
	object.path = ""
	if old, ok := c.worst[object]; !ok || severity[claim.Fate] > severity[old.Fate] {
		c.worst[object] = claim
	}
	old, ok := c.at[k]
	if ok && severity[claim.Fate] <= severity[old.Fate] {
		claim, old = old, claim
	}
	claim.Whole = claim.Whole || ok && claim.Fate == old.Fate && old.Whole
	c.at[k] = claim
}

// nearest finds the claim on the value or on the innermost value around it.
func (c *Claims) nearest(r place.Ref) (Claim, bool) {
	k := keyOf(r)
	for {
		if claim, ok := c.at[k]; ok {
			return claim, true
		}
		if k.path == "" {
			claim, ok := c.worst[k]
			claim.Whole = false
			return claim, ok
		}
		k.path = parent(k.path)
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
	var out []Entry
	for _, o := range objs {
		o.Root.Leaves(func(l source.Leaf) { out = append(out, entry(l, claims)) })
	}
	return out
}

// empty are values that ask for nothing.
var empty = map[string]bool{"": true, "{}": true, "[]": true, "null": true, "~": true}

func entry(l source.Leaf, claims *Claims) Entry {
	e := Entry{Ref: l.Ref, Named: l.Named, Value: l.Value}
	switch claim, ok := claims.nearest(l.Ref); {
	case l.Skipped != "":
		e.Fate, e.Why = Ignored, l.Skipped
	case l.Problem != "" && !(ok && claim.Fate == Withheld):
		e.Fate, e.Finding = Unknown, diag.WrongType
	case l.Withheld != "":
		e.Fate, e.Finding, e.Why = Withheld, diag.OrderUnknown, l.Withheld
	case !l.Read && l.Inert == "" && !(ok && claim.Whole):
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
