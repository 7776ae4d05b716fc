package translate

import (
	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// DiffWords are what the two sets are called.
type DiffWords struct {
	// Change says that the second set is the first after a change.
	Change bool
	// First and Second begin lines: "before", "the first".
	First, Second string
}

// BeforeAndAfter are the words for a change, and FirstAndSecond for two sets side
// by side.
var (
	BeforeAndAfter = DiffWords{true, "before", "after"}
	FirstAndSecond = DiffWords{false, "first", "second"}
)

// Report prepares a comparison for rendering.
func (r *DiffResult) Report(words DiffWords) *diag.DiffReport {
	out := &diag.DiffReport{
		Schema: diag.DiffSchema, Verdict: string(r.Verdict),
		First: side(r.a, words.First, r.FindingsA), Second: side(r.b, words.Second, r.FindingsB),
		Scopes: []diag.DiffScope{}, Differences: []diag.DiffEntry{},
	}
	for _, s := range r.Scopes {
		out.Scopes = append(out.Scopes, diag.DiffScope{Verdict: string(s.Verdict), Aspect: string(s.Aspect), Scope: s.Scope})
	}
	for _, d := range r.Differences {
		out.Differences = append(out.Differences, diag.DiffEntry{
			DiffScope: diag.DiffScope{Verdict: string(d.Verdict), Aspect: string(d.Aspect), Scope: d.Scope},
			Summary:   sentence(d, words), Witness: witness(d),
			First: diag.DiffAnswer{Does: d.A, At: placesOf(d.FromA)}, Second: diag.DiffAnswer{Does: d.B, At: placesOf(d.FromB)},
		})
	}
	return out
}

func side(s Side, name string, l diag.List) diag.DiffSide {
	return diag.DiffSide{Name: name, Dialect: diag.Dialect{Mesh: s.Mesh.Name, Version: orFirst(s.Version, s.Mesh.Versions)}, Findings: l.Findings()}
}

// placesOf lists places, each once.
func placesOf(o intent.Origin) []diag.Location {
	out := []diag.Location{}
	seen := map[diag.Location]bool{}
	for _, r := range o {
		if at := diag.At(r); !seen[at] {
			seen[at] = true
			out = append(out, at)
		}
	}
	return out
}

// witness is the request of a difference as data.
func witness(d decide.Difference) *diag.DiffWitness {
	if d.Witness == "" {
		return nil
	}
	w := &diag.DiffWitness{Command: d.Witness, Clients: d.Clients, Protocol: "http"}
	r := d.Request
	if r == nil {
		return w
	}
	w.Client, w.Server, w.Port = r.Client, r.Server, r.Port
	if w.Host = r.Host.DNS; !r.Host.Service.IsZero() {
		w.Service = r.Host.Service.String()
	}
	if !r.Entry.IsZero() {
		w.Entry = r.Entry.String()
	}
	w.Method, _ = r.At.Lookup(match.Method, "")
	w.Path, _ = r.At.Lookup(match.Path, "")
	w.Token, _ = r.At.Lookup(match.Token, "principal")
	if p, ok := r.At.Lookup(match.Protocol, ""); ok {
		w.Protocol = p
	}
	w.Headers, w.Query = keyed(r.At.Values(match.Header)), keyed(r.At.Values(match.Query))
	return w
}

func keyed(values []match.Value) map[string]string {
	if len(values) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, v := range values {
		out[v.Key] = v.Value
	}
	return out
}
