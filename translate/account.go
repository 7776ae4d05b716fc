package translate

import (
	"slices"
	"strconv"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/ledger"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// account reports those values that no finding mentions yet, once close told their fates.
func (j *job) account() {
	j.accountOthers(j.claims)
	j.unknownFields()
	j.unaccounted()
}

// unaccounted reports values of which nobody knows what became, once for each object. What
// they say may be missing in the output, which no comparison sees.
func (j *job) unaccounted() {
	of := map[string][]place.Ref{}
	all := j.result.Ledger.Unaccounted()
	for _, at := range all {
		of[at.Object] = append(of[at.Object], at)
	}
	for _, at := range all {
		if same := of[at.Object]; same[0] == at {
			j.result.Findings.Tell(diag.Unaccounted, "values of "+at.Object+" are in neither the output nor another finding: "+strconv.Itoa(len(same)),
				"what they say may be missing, which the verdict cannot tell", "check whether the output needs them, and please report it with the input", same[:min(len(same), mostPerObject)]...)
		}
	}
	if r := j.result; len(all) > 0 && r.Verdict != decide.Wider {
		r.Verdict = decide.Unsure
	}
}

// close gives every value of the source mesh's documents its fate.
func (j *job) close() {
	claims := ledger.NewClaims()
	if !j.unsaid {
		eachReference(j.fit, func(ref place.Ref, whole bool) {
			claims.Add(ledger.Claim{Ref: ref, Fate: ledger.Carried, Whole: whole})
		})
	}
	opaque := map[place.Ref]bool{}
	for _, o := range j.model.Opaque {
		for _, ref := range o.From {
			opaque[ref] = opaque[ref] || !o.Held
		}
	}
	for i := range j.result.Changes {
		c := &j.result.Changes[i] // of which the fragments are being compared
		for _, ref := range c.From {
			claims.Add(ledger.Claim{Ref: ref, Fate: ledger.Fate(c.Fate), Finding: c.Code, Why: c.Summary, Whole: opaque[ref]})
		}
	}
	for _, o := range j.rejected {
		claims.Add(ledger.Claim{Ref: o.Ref(), Fate: ledger.Withheld, Finding: j.why[o], Whole: true, Aside: true})
	}
	objs := slices.Concat(j.ours, j.rejected, j.repeated)
	slices.SortStableFunc(objs, byPosition)
	j.claims, j.result.Ledger = claims, ledger.Close(objs, claims)
	claims.Keep(j.others)
}

func byPosition(a, b *source.Object) int {
	switch pa, pb := a.Ref().Pos, b.Ref().Pos; {
	case pa.Before(pb):
		return -1
	case pb.Before(pa):
		return 1
	}
	return 0
}

// unknownFields reports fields that no reader knows, each once, whatever is in them.
func (j *job) unknownFields() {
	seen := map[string]int{}
	for _, at := range j.result.Ledger.Unknown() {
		switch seen[at.Object]++; {
		case seen[at.Object] == mostPerObject+1:
			j.result.Findings.Add(diag.UnknownField, "more fields of "+at.Object+" do not exist", "correct those before first; the ledger lists all", at)
		case seen[at.Object] <= mostPerObject:
			j.unknownField(at, "the API server drops it or, as kubectl asks by default, rejects the object; it is translated as without it", misspelt)
		}
	}
}

// eachReference tells the input values that a model's parts and predicates stem
// from, and whether the values below one need not have been read.
func eachReference(m *intent.Model, tell func(ref place.Ref, whole bool)) {
	atom := func(a match.Atom, _ bool) { tell(a.Place(), false) }
	ofPart := func(e match.Expr) { match.Atoms(e, atom) }
	intent.Walk(m, func(p intent.Part) {
		_, whole := p.(*intent.Opaque)
		for _, ref := range p.Origin() {
			tell(ref, whole)
		}
		intent.EachPredicate(p, ofPart)
	})
}
