package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/translate"
)

// check tells what is wrong in manifests of one mesh.
type check struct {
	in          input
	mesh        string
	environment string
	reports     []string
	ledger      bool
	failOn      string
}

func checkCommand() *cobra.Command {
	var v check
	c := &cobra.Command{
		Use:   "check --mesh MESH -f PATH",
		Short: "Tell what is wrong in the manifests of one mesh",
		Long: `check reads manifests as their mesh does, and tells what is wrong, what has no effect,
which rules others shadow, what is deprecated, and what depends on something that the
manifests do not say. It writes nothing but reports.`,
		Example: `  transmesh check --mesh istio -R -f manifests/
  transmesh check --mesh auto -f mesh.yaml --report check.sarif`,
		Args: noFiles,
		RunE: func(c *cobra.Command, _ []string) error { return v.run(c) },
	}
	f := c.Flags()
	v.in.sources(f)
	f.StringVar(&v.mesh, "mesh", auto, "mesh of the manifests, with @version where it matters; auto where the documents tell")
	f.StringVar(&v.environment, "environment", "", "file that says what no manifest says (trust domain, default policies, complete inventory)")
	f.StringArrayVar(&v.reports, "report", nil, "write a report: FILE ending in .json, .sarif, .md or .html; repeatable")
	f.BoolVar(&v.ledger, "ledger", false, "put the fate of every input value into the reports, but for .sarif, which has no place for it")
	f.StringVar(&v.failOn, "fail-on", "error", "least finding that makes the exit status 1: error, warning or never")
	complete(c, map[string][]string{"mesh": append(meshWords(all.Sources), auto), "fail-on": {"error", "warning", "never"}})
	return c
}

func (v *check) run(c *cobra.Command) error {
	fails := thresholds[v.failOn]
	if v.failOn == "wider" || v.failOn == "loss" || fails == nil {
		return fmt.Errorf("--fail-on: %q is not error, warning or never", v.failOn)
	}
	if err := formsOf(v.reports); err != nil {
		return err
	}
	in, err := v.in.read(c.InOrStdin())
	if err != nil {
		return err
	}
	side := translate.Side{Input: in, Beside: all.Sources}
	if side.Mesh, side.Version, err = settle("mesh", v.mesh, in.Objects); err != nil {
		return err
	}
	if side.Env, err = readEnvironment(v.environment); err != nil {
		return err
	}
	r := translate.Inspect(side)
	report := r.Report(translate.Options{From: side.Mesh, FromVersion: side.Version}, v.ledger)
	if err := diag.WriteText(c.OutOrStdout(), report, style(c.OutOrStdout())); err != nil {
		return err
	}
	notes := v.in.unread()
	if note := strangers(side.Mesh, in.Objects); note != "" {
		notes = append(notes, note)
	}
	tell(c.ErrOrStderr(), notes)
	if err := writeReports(v.reports, report); err != nil {
		return err
	}
	if r.Unreadable {
		return status(exitTrouble)
	}
	for _, f := range report.Findings {
		if fails(f) {
			return status(exitFindings)
		}
	}
	return nil
}
