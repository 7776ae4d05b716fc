package diag

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/place"
)

func sampleReport() *Report {
	l := List{{
		Severity: Error, Code: Refused, Drift: "other", Aspect: "routing", Feature: "step.rewrite.path",
		Summary: "Linkerd cannot rewrite paths", Detail: "no route is written for shop/cart", Fix: "rewrite in the <application>",
		At:      []place.Ref{{Object: "VirtualService shop/cart", Path: "spec.http[0].rewrite", Pos: place.Pos{File: "a.yaml", Line: 7, Col: 5}}},
		Witness: "curl http://cart.shop/a|b",
	}, {Severity: Info, Code: DefaultDiffers, Summary: "Linkerd does not retry by default"}}
	return &Report{
		Schema: Schema, Source: Dialect{Mesh: "istio"}, Target: Dialect{Mesh: "linkerd", Version: "2.20"},
		Assumptions: []Assumed{{"trustDomain", "cluster.local", "nothing says it"}, {"trustAliases", "", "nothing says it"}}, Prerequisites: []Required{{"a Service", "for the subset"}},
		Summary:  Summary{Documents: 1, Leaves: 9, Fates: map[string]int{"carried": 8, "dropped": 1}, Findings: l.Count(), Verdict: "different", VerdictWithDefaults: "different"},
		Findings: l.Findings(),
	}
}

// Every form holds the code, the place and the summary of each finding.
func TestFormsAreComplete(t *testing.T) {
	for name, write := range map[string]func(*bytes.Buffer) error{
		"text": func(b *bytes.Buffer) error { return WriteText(b, sampleReport(), Style{}) },
		"json": func(b *bytes.Buffer) error { return WriteJSON(b, sampleReport()) },
		"md":   func(b *bytes.Buffer) error { return WriteMarkdown(b, sampleReport()) },
		"html": func(b *bytes.Buffer) error { return WriteHTML(b, sampleReport()) },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"refused", "a.yaml", "Linkerd cannot rewrite paths", "default-differs", "different"} {
				if !strings.Contains(b.String(), want) {
					t.Errorf("lacks %q:\n%s", want, b.String())
				}
			}
		})
	}
}

func TestTextForm(t *testing.T) {
	var b bytes.Buffer
	if err := WriteText(&b, sampleReport(), Style{Error: strings.ToUpper}); err != nil {
		t.Fatal(err)
	}
	want := `a.yaml:7:5: ERROR[refused]: Linkerd cannot rewrite paths
    in VirtualService shop/cart, spec.http[0].rewrite
    no route is written for shop/cart
    witness: curl http://cart.shop/a|b
    fix: rewrite in the <application>
info[default-differs]: Linkerd does not retry by default
istio to linkerd@2.20: 1 document, 9 values (8 carried, 1 dropped); 1 error, 0 warnings, 1 note; verdict different
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
}

// An assumption that is no value reads as one that is not set.
func TestAssumptionsWithoutValue(t *testing.T) {
	var html, md bytes.Buffer
	if err := WriteHTML(&html, sampleReport()); err != nil {
		t.Fatal(err)
	}
	if err := WriteMarkdown(&md, sampleReport()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(md.String(), "- `trustAliases` is not set: ") || !strings.Contains(html.String(), "<code>trustAliases</code> is not set:") {
		t.Errorf("got\n%s\n%s", md.String(), html.String())
	}
}

// The ledger is in the forms that have room for it.
func TestLedgerForms(t *testing.T) {
	r := sampleReport()
	r.Ledger = []LedgerLine{{Location: Location{File: "a.yaml", Line: 3, Column: 9, Object: "VirtualService shop/cart", Path: "spec.hosts[0]"}, Value: "*.example.com", Fate: "rewritten", Output: []Shown{
		{File: "out.yaml", Line: 7, Column: 5, Object: "HTTPRoute shop/cart", Path: "spec.hostnames[0]"}, {Object: "HTTPRoute shop/two"},
	}}}
	var html, md, js bytes.Buffer
	if err := errors.Join(WriteHTML(&html, r), WriteMarkdown(&md, r), WriteJSON(&js, r)); err != nil {
		t.Fatal(err)
	}
	if want := "| `a.yaml:3:9` | VirtualService shop/cart spec.hosts[0] | \\*.example.com | rewritten |  | out.yaml:7:5 HTTPRoute shop/cart spec.hostnames[0] and 1 other place |\n"; !strings.Contains(md.String(), want) {
		t.Errorf("lacks %s:\n%s", want, md.String())
	}
	for _, got := range []string{html.String(), js.String()} {
		if !strings.Contains(got, "spec.hosts[0]") || !strings.Contains(got, "rewritten") || !strings.Contains(got, "spec.hostnames[0]") {
			t.Errorf("got\n%s", got)
		}
	}
}

// HTML and Markdown take markup in findings as text.
func TestMarkupIsEscaped(t *testing.T) {
	var html, md bytes.Buffer
	if err := WriteHTML(&html, sampleReport()); err != nil {
		t.Fatal(err)
	}
	if err := WriteMarkdown(&md, sampleReport()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(html.String(), "<application>") || strings.Contains(md.String(), "<application>") {
		t.Error("markup is not escaped")
	}
	if !strings.Contains(md.String(), `a\|b`) {
		t.Error("a bar ends a table cell")
	}
}

func TestJSONSchemaName(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, sampleReport()); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"schema", "source", "target", "assumptions", "prerequisites", "summary", "findings"} {
		if got[key] == nil {
			t.Errorf("lacks %s", key)
		}
	}
	if got["schema"] != "transmesh/report/v1" {
		t.Errorf("schema is %v", got["schema"])
	}
}

func TestSortDropsRepetitions(t *testing.T) {
	at := func(line int) []place.Ref { return []place.Ref{{Pos: place.Pos{File: "a", Line: line}}} }
	l := List{{Code: Inert, Summary: "b", At: at(2)}, {Code: Inert, Summary: "a", At: at(1)}, {Code: Inert, Summary: "b", At: at(2)}}
	if got := l.Sort(); len(got) != 2 || got[0].Summary != "a" {
		t.Errorf("got %v", got)
	}
}

// What somebody can accept shows the hash to accept it by, and what somebody
// accepted the reason; errors stand first where a person looks for them.
func TestHashes(t *testing.T) {
	r := &Report{Findings: []Finding{
		{Code: "prerequisite", Severity: "info", Summary: "first", Fix: "nothing", Hash: "aaaaaaaaaaaa"},
		{Code: "dropped", Severity: "warning", Summary: "second", Fix: "accept it", Hash: "bbbbbbbbbbbb", Accepted: "we do without"},
		{Code: "refused", Severity: "error", Summary: "third", Fix: "add it", Hash: "cccccccccccc"},
	}}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"text": func(b *bytes.Buffer) error { return WriteText(b, r, Style{}) },
		"md":   func(b *bytes.Buffer) error { return WriteMarkdown(b, r) },
		"html": func(b *bytes.Buffer) error { return WriteHTML(b, r) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		if strings.Contains(got, "aaaaaaaaaaaa") || strings.Contains(got, "bbbbbbbbbbbb") || !strings.Contains(got, "cccccccccccc") {
			t.Errorf("%s: the hashes are not those of findings to accept:\n%s", name, got)
		}
		if !strings.Contains(got, "accepted: we do without") || strings.Contains(got, "nothing") || strings.Contains(got, "accept it") {
			t.Errorf("%s: what nobody needs to do is there:\n%s", name, got)
		}
		if name != "text" && strings.Index(got, "third") > strings.Index(got, "second") || strings.Index(got, "second") > strings.Index(got, "third") && name == "text" {
			t.Errorf("%s: the order is another:\n%s", name, got)
		}
	}
}
