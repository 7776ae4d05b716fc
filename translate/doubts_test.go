package translate

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
)

// doubts count the inputs of which the verdict is unsure, for each direction, and why: an
// input with several reasons counts at each.
type doubts struct {
	sync.Mutex
	of map[string]doubt // by "istio to linkerd"
}

type doubt struct {
	inputs, unsure int
	why            map[string]int
}

// String is a line of the golden file.
func (d doubt) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d", d.unsure, d.inputs)
	for _, k := range slices.Sorted(maps.Keys(d.why)) {
		fmt.Fprintf(&b, ", %s %d", k, d.why[k])
	}
	return b.String()
}

func (d *doubts) add(direction string, of doubt) {
	d.Lock()
	defer d.Unlock()
	d.of[direction] = of
}

// check compares with the golden file: no direction may have more unsure verdicts than
// it had.
func (d *doubts) check(t *testing.T) {
	path := filepath.Join("testdata", "unsure.golden")
	if *update {
		var b strings.Builder
		for _, k := range slices.Sorted(maps.Keys(d.of)) {
			fmt.Fprintf(&b, "%s: %s\n", k, d.of[k])
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Error(err)
		}
		return
	}
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(golden)) {
		direction, was, _ := strings.Cut(strings.TrimSpace(line), ": ")
		var unsure, inputs int
		if _, err := fmt.Sscanf(was, "%d of %d", &unsure, &inputs); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		if now := d.of[direction]; now.inputs == inputs && now.unsure > unsure {
			t.Errorf("%s: %s are unsure, and were %s (lower it, or run with -update where it is honest)", direction, now, was)
		}
	}
}

// broken are the codes of what is wrong with an input for which part of it is not
// understood.
var broken = []diag.Code{
	diag.Unreadable, diag.TooLarge, diag.WrongType, diag.UnknownKind, diag.DuplicateKey, diag.DuplicateObject, diag.InvalidValue,
	diag.InvalidRegex, diag.InvalidObject, diag.OrderUnknown,
}

// whyUnsure are the reasons of a verdict that is unsure, by short keys: codes of what is
// wrong with the input, "kept" with what a thing is for that only its own mesh
// understands, or the kind of what is compared otherwise.
func whyUnsure(r *Result) map[string]bool {
	out := map[string]bool{}
	if r.Verdict != decide.Unsure {
		return out
	}
	for _, d := range r.Differences {
		if d.Verdict == decide.Unsure {
			out[whyDiffers(r, d)] = true
		}
	}
	for _, f := range r.Findings {
		if slices.Contains(broken, f.Code) && f.Severity == diag.Error || f.Code == diag.OrderUnknown {
			out[string(f.Code)] = true
		}
	}
	if len(out) == 0 {
		out["not-read"] = true
	}
	return out
}

func whyDiffers(r *Result, d decide.Difference) string {
	for _, o := range r.Source.Opaque {
		if d.Scope == o.Mesh+" "+o.At.Object {
			return "kept " + strings.ReplaceAll(cmp.Or(string(o.Purpose), o.Kind), " ", "-")
		}
	}
	kind, _, _ := strings.Cut(d.Scope, " ")
	return kind
}
