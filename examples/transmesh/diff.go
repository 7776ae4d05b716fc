package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/translate"
)

// diff compares two sets of manifests by meaning.
type diff struct {
	from, to     string
	environment  string
	withDefaults bool
	recursive    bool
	format       string
}

func diffCommand() *cobra.Command {
	var v diff
	c := &cobra.Command{
		Use:   "diff --from MESH PATH --to MESH PATH",
		Short: "Compare two sets of manifests by meaning, with a witness",
		Long: `diff tells whether two sets of manifests ask for the same. The verdict is about the
second, beside the first: same, narrower (it admits less), wider (it admits what the
first keeps out), different, or unsure. For the first difference it shows a request
that the two treat differently, and why.`,
		Example: `  transmesh diff --from istio manifests/ --to linkerd linkerd/
  git show main:mesh.yaml | transmesh diff --from istio - mesh.yaml`,
		Args: twoPaths,
		RunE: func(c *cobra.Command, args []string) error { return v.run(c, args) },
	}
	f := c.Flags()
	f.StringVar(&v.from, "from", "", "mesh of the first path; auto where the documents tell")
	f.StringVar(&v.to, "to", "", "mesh of the second path; that of the first if absent")
	f.StringVar(&v.environment, "environment", "", "file that says what no manifest says")
	f.BoolVar(&v.withDefaults, "with-defaults", false, "count differences of the meshes' defaults too")
	f.BoolVarP(&v.recursive, "recursive", "R", false, "read folders with all that is below them")
	f.StringVarP(&v.format, "output", "o", "text", "text or json")
	complete(c, map[string][]string{"from": append(meshWords(all.Sources), auto), "to": append(meshWords(all.Sources), auto), "output": {"text", "json"}})
	return c
}

func twoPaths(_ *cobra.Command, args []string) error {
	switch {
	case len(args) != 2:
		return fmt.Errorf("diff compares two paths, and got %d", len(args))
	case args[0] == "-" && args[1] == "-":
		return fmt.Errorf("only one of the two paths can be standard input")
	}
	return nil
}

func (v *diff) run(c *cobra.Command, paths []string) error {
	if v.to == "" {
		v.to = v.from
	}
	if v.format != "text" && v.format != "json" {
		return fmt.Errorf("-o: %q is not text or json", v.format)
	}
	var sides [2]translate.Side
	for i, spelled := range []string{v.from, v.to} {
		in, err := (&input{files: []string{paths[i]}, recursive: v.recursive}).read(c.InOrStdin())
		if err != nil {
			return err
		}
		m, version, err := settle([]string{"from", "to"}[i], spelled, in.Objects)
		if err != nil {
			return err
		}
		sides[i] = translate.Side{Input: in, Mesh: m, Version: version}
		if sides[i].Env, err = readEnvironment(v.environment); err != nil {
			return err
		}
	}
	r := translate.Diff(sides[0], sides[1], decide.Options{Defaults: v.withDefaults})
	for _, l := range []diag.List{r.FindingsA, r.FindingsB} {
		if err := diag.WriteFindings(c.ErrOrStderr(), l.Findings(), style(c.ErrOrStderr())); err != nil {
			return err
		}
	}
	if err := v.print(c.OutOrStdout(), r); err != nil {
		return err
	}
	switch {
	case r.Unreadable:
		return status(exitTrouble)
	case r.Verdict != decide.Same:
		return status(exitFindings)
	}
	return nil
}

func (v *diff) print(w io.Writer, r translate.DiffResult) error {
	if v.format == "json" {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(diffJSON(r))
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, s := range r.Scopes {
		if s.Verdict != decide.Same {
			fmt.Fprintf(tw, "%s\t%s\t%s\n", s.Verdict, s.Aspect, s.Scope)
		}
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if len(r.Differences) > 0 {
		d := r.Differences[0]
		fmt.Fprintf(w, "\nfirst difference: %s %s: %s\n  witness: %s\n  first:   %s%s\n  second:  %s%s\n",
			d.Verdict, d.Aspect, d.Scope, d.Witness, d.A, because(d.FromA), d.B, because(d.FromB))
	}
	_, err := fmt.Fprintf(w, "verdict: %s\n", r.Verdict)
	return err
}

func because(refs []place.Ref) string {
	if len(refs) == 0 {
		return ""
	}
	return " (" + refs[0].String() + ")"
}

func diffJSON(r translate.DiffResult) any {
	type line struct {
		Verdict string   `json:"verdict"`
		Aspect  string   `json:"aspect"`
		Scope   string   `json:"scope"`
		Witness string   `json:"witness,omitempty"`
		First   string   `json:"first"`
		Second  string   `json:"second"`
		AtFirst []string `json:"atFirst"`
		AtOther []string `json:"atSecond"`
	}
	lines := []line{}
	for _, d := range r.Differences {
		lines = append(lines, line{string(d.Verdict), string(d.Aspect), d.Scope, d.Witness, d.A, d.B, texts(d.FromA), texts(d.FromB)})
	}
	return map[string]any{"schema": "transmesh/diff/v1", "verdict": r.Verdict, "differences": lines}
}

func texts(refs []place.Ref) []string {
	out := []string{}
	for _, r := range refs {
		out = append(out, r.String())
	}
	return out
}
