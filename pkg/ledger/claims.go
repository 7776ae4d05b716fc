package ledger

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

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
type Claims struct {
	of      map[owner]*claimed
	reasons reasons
	// last are the claims on the object that was claimed last: the next is often about
	// the same.
	last   *claimed
	lastOf owner
}

type owner struct{ name, file string }

// claimed are the claims on values of one object.
type claimed struct {
	list []claim
	// index finds claims by path; nil while there are few.
	index map[string]int
	// worst is the claim with the worst fate. It stands for values that say where
	// other values hold, such as a host, when nothing of the object is carried.
	worst claim
}

// claim is a Claim on a value of a known object.
type claim struct {
	path string
	*reason
	whole, aside bool
}

// NewClaims returns an empty set.
func NewClaims() *Claims { return &Claims{of: map[owner]*claimed{}} }

// severity orders fates: of two claims on one value the worse stands.
var severity = map[Fate]int{
	Carried: 0, Inert: 1, Ignored: 1, Rewritten: 2, Kept: 3, Drifted: 4, Dropped: 5, Withheld: 6, Unknown: 7,
}

// Keep forgets what is not about some objects.
func (c *Claims) Keep(objs []*source.Object) {
	of := map[owner]*claimed{}
	for _, o := range objs {
		ref := o.Ref()
		at := owner{ref.Object, ref.Pos.File}
		if known := c.of[at]; known != nil {
			of[at] = known
		}
	}
	c.of, c.last = of, nil
}

// Add makes a claim. Of several on one value the one with the worst fate stands,
// the first of equals.
func (c *Claims) Add(said Claim) {
	if said.Ref.IsDefault() || said.Ref == (place.Ref{}) {
		return
	}
	one := claim{said.Ref.Path, c.reasons.of(reason{said.Fate, said.Finding, said.Why}), said.Whole, said.Aside}
	at := owner{said.Ref.Object, said.Ref.Pos.File}
	if c.last == nil || c.lastOf != at {
		c.last, c.lastOf = c.on(at, one), at
	}
	c.last.add(one)
}

// on are the claims on an object, of which one is to be added.
func (c *Claims) on(at owner, first claim) *claimed {
	o := c.of[at]
	if o == nil {
		o = &claimed{worst: first, list: make([]claim, 0, usualClaims)}
		c.of[at] = o
	}
	return o
}

func (o *claimed) add(one claim) {
	if worse(one, o.worst) {
		o.worst = one
	}
	i := o.find(one.path)
	if i < 0 {
		o.append(one)
		return
	}
	old := o.list[i]
	if !worse(one, old) {
		one, old = old, one
	}
	one.whole = one.whole || one.fate == old.fate && old.whole
	one.aside = one.aside || old.aside
	o.list[i] = one
}

// Says reports whether a claim on just this value has the output say it, exactly or
// not; what is known as a whole only, and stays where it is, it does not say.
func (c *Claims) Says(ref place.Ref) bool {
	o := c.of[owner{ref.Object, ref.Pos.File}]
	if o == nil {
		return false
	}
	i := o.find(ref.Path)
	return i >= 0 && said(o.list[i].fate) && !o.list[i].whole
}

func worse(a, b claim) bool { return a.fate != b.fate && severity[a.fate] > severity[b.fate] }

// usualClaims are what most objects have room for at once.
const usualClaims = 6

// fewClaims are searched one by one.
const fewClaims = 16

func (o *claimed) append(one claim) {
	o.list = append(o.list, one)
	switch {
	case o.index != nil:
		o.index[one.path] = len(o.list) - 1
	case len(o.list) > fewClaims:
		o.index = make(map[string]int, 4*fewClaims)
		for i := range o.list {
			o.index[o.list[i].path] = i
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
	return slices.IndexFunc(o.list, func(c claim) bool { return c.path == path })
}

// nearest finds the claim on the value or on the innermost value around it; nil
// are no claims.
func (o *claimed) nearest(path string) (claim, bool) {
	if o == nil {
		return claim{}, false
	}
	for {
		if i := o.find(path); i >= 0 {
			return o.list[i], true
		}
		if path == "" {
			one := o.worst
			one.whole = false
			return one, true
		}
		path = parent(path)
	}
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
