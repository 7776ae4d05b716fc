package sarif

import (
	"bytes"
	"encoding/json"
	"testing"

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
	if run.Results[1].Level != "note" {
		t.Errorf("level %s", run.Results[1].Level)
	}
}
