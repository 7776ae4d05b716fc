package translate

import (
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// accountOthers adds the values of objects of no mesh that say something to the
// source mesh, such as annotations of Services: those that a fact stems from, or
// that a finding is about. One of which both are true is said with another meaning, and
// stays in force where it is if the target is the source, unless a patch sets it.
func (j *job) accountOthers(claims *ledger.Claims) {
	set := j.setByPatches()
	for _, f := range j.result.Findings {
		fate, ok := j.fateOfTold(f.Code)
		if !ok {
			continue
		}
		for _, ref := range f.At {
			said := ledger.Claim{Ref: ref, Fate: fate, Finding: f.Code, Why: f.Summary}
			if fate == ledger.Dropped && claims.Says(ref) || fate == ledger.Kept && set[site{ref.Object, ref.Path}] {
				said.Fate = ledger.Drifted
			}
			if ref.Path != "" {
				claims.Add(said)
			}
		}
	}
	others := slices.Clone(j.others)
	slices.SortStableFunc(others, byPosition)
	for _, o := range others {
		if told := ledger.Told(o, claims); told.Len() > 0 {
			j.saying = append(j.saying, o)
			j.result.Ledger = j.result.Ledger.And(told)
			j.result.Documents++
		}
	}
}

// site is a value of an object, in whichever file that is.
type site struct{ object, path string }

// setByPatches are the values that patches of the output set: what the input says there
// does not stay in force.
func (j *job) setByPatches() map[site]bool {
	of := map[site]bool{}
	for _, p := range j.result.Patches {
		object := p.Kind + " " + strings.TrimPrefix(p.Namespace+"/"+p.Name, "/")
		eachScalar(p.Root, "", func(path string) { of[site{object, path}] = true })
	}
	return of
}

// eachScalar tells the paths of the values of maps in maps, as in place.Ref.
func eachScalar(n *manifest.Node, path string, tell func(path string)) {
	if n.Kind != manifest.MapKind {
		tell(path)
		return
	}
	for _, key := range n.Keys() {
		eachScalar(n.Get(key), strings.TrimPrefix(path+"."+key, "."), tell)
	}
}

// fateOfTold is what becomes of a value of which no fact is made, by the finding of
// the source that says so.
func (j *job) fateOfTold(code diag.Code) (ledger.Fate, bool) {
	switch {
	case code == diag.Inert, code == diag.InvalidValue:
		return ledger.Inert, true
	case code == diag.NotTranslated && j.o.From.Name == j.o.To.Name:
		return ledger.Kept, true
	case code == diag.NotTranslated:
		return ledger.Dropped, true
	}
	return "", false
}
