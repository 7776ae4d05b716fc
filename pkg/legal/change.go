package legal

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// Change records one step of legalization: what it did to which piece, with the
// piece before and after, so that the step can be compared alone.
type Change struct {
	// Pass is the pass that made it.
	Pass    string
	Feature Feature
	Code    diag.Code
	// Drift and Aspect are what the pass declares: the comparison of Before and
	// After must show just that.
	Drift  intent.Drift
	Aspect intent.Aspect
	// Fate is what becomes of the input values in From.
	Fate Fate
	// From are the input values concerned, the most telling first.
	From intent.Origin
	// Summary is a clause; Detail what happens now; Fix what to do.
	Summary, Detail, Fix string
	// Before and After hold only the facts concerned, as they stood; After is
	// empty where the fact was removed. nil where nothing can be compared.
	Before, After *intent.Model
}

// Fate is what became of an input value by a change.
type Fate string

const (
	FateCarried   Fate = "carried"   // said as it is: the change is beside it
	FateRewritten Fate = "rewritten" // said in other words, same meaning
	FateDrifted   Fate = "drifted"   // said, with another meaning
	FateDropped   Fate = "dropped"   // not said
	FateWithheld  Fate = "withheld"  // a deny-all stands in its place
	FateKept      Fate = "kept"      // stays in force where it is
	FateInert     Fate = "inert"     // asks for nothing
)
