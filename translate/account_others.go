package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/ledger"
)

// accountOthers adds the values of objects of no mesh that say something to the
// source mesh, such as annotations of Services: those that a fact stems from, or
// that a finding is about.
func (j *job) accountOthers(claims *ledger.Claims) {
	for _, f := range j.result.Findings {
		fate, ok := j.fateOfTold(f.Code)
		if !ok {
			continue
		}
		for _, ref := range f.At {
			if ref.Path != "" {
				claims.Add(ledger.Claim{Ref: ref, Fate: fate, Finding: f.Code, Why: f.Summary})
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
