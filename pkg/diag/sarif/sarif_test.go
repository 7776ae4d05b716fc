package sarif

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/transmesh/transmesh/pkg/diag"
)

func TestWrite(t *testing.T) {
	r := &diag.Report{Findings: []diag.Finding{
		{Code: "refused", Severity: "error", Summary: "no", At: []diag.Location{{File: "a.yaml", Line: 7, Column: 5}}},
		{Code: "refused", Severity: "info", Summary: "again"},
	}}
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID, Level string
				Locations     []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	run := got.Runs[0]
	if got.Version != "2.1.0" || len(run.Tool.Driver.Rules) != 1 || len(run.Results) != 2 {
		t.Fatalf("got %s", b.String())
	}
	first := run.Results[0]
	if at := first.Locations[0].PhysicalLocation; first.Level != "error" || at.ArtifactLocation.URI != "a.yaml" || at.Region.StartLine != 7 || at.Region.StartColumn != 5 {
		t.Errorf("got %+v", first)
	}
	if second := run.Results[1]; second.Level != "note" || len(second.Locations) != 1 || second.Locations[0].PhysicalLocation.ArtifactLocation.URI != "a.yaml" {
		t.Errorf("a finding without a place of its own: %+v", second)
	}
}

// What is written is SARIF by its schema; a finding keeps its hash, and one that
// somebody accepted is suppressed with the reason.
func TestSchema(t *testing.T) {
	at := []diag.Location{{File: "a.yaml", Line: 7, Column: 5}, {File: "defaults:istio"}}
	r := &diag.Report{Findings: []diag.Finding{
		{Code: "dropped", Severity: "warning", Summary: "no", Fix: "nothing", Hash: "c5bd78cb8f26", At: at},
		{Code: "refused", Severity: "error", Summary: "no", Detail: "none", Fix: "add it", Hash: "ee6a8203b515", Accepted: "we do without", At: at},
	}}
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	var out sarif.Report
	if err := json.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if err := out.Validate(); err != nil {
		t.Fatal(err)
	}
	dropped, refused := out.Runs[0].Results[0], out.Runs[0].Results[1]
	if *dropped.Message.Text != "no" || dropped.PartialFingerprints["transmesh/v1"] != "c5bd78cb8f26" || len(dropped.Suppressions) > 0 {
		t.Errorf("got %s", b.String())
	}
	if *refused.Message.Text != "no: none. What to do: add it" || len(refused.Suppressions) != 1 || *refused.Suppressions[0].Justification != "we do without" {
		t.Errorf("got %s", b.String())
	}
}
