package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

// diff compares two sets of manifests by meaning.
type diff struct {
	in           input
	from, to     string
	against      string
	mesh         string
	environment  string
	withDefaults bool
	accessOnly   bool
	all          bool
	format       string
	oneSided     []string // notes of paths that one side does not have
}

func diffCommand() *cobra.Command {
	var v diff
	c := &cobra.Command{
		Use:   "diff --from MESH PATH --to MESH PATH | diff --against REV -f PATH",
		Short: "Compare two sets of manifests by meaning, with a witness",
		Long: `diff tells whether two sets of manifests ask for the same. The verdict is about the
second, beside the first: same, narrower (it admits less), wider (it admits what the
first keeps out), different, or unsure. Each difference comes with a request that the
two treat differently, and with the lines of both that make it so.

With --against, the sets are files as they are in a git revision, and as they are now:

  transmesh diff --against main -R -f deploy/`,
		Example: `  transmesh diff --from istio manifests/ --to linkerd linkerd/
  transmesh diff --against origin/main --access-only -R -f deploy/
  git show main:mesh.yaml | transmesh diff --from istio - mesh.yaml`,
		Args: v.paths,
		RunE: func(c *cobra.Command, args []string) error { return v.run(c, args) },
	}
	f := c.Flags()
	v.in.flags(f)
	f.Lookup("namespace").Usage = "tell differences that stem from objects of this namespace only, which is also that of objects that name none; the rest is context"
	f.Lookup("selector").Usage = "tell differences that stem from objects with these labels only, such as app=cart; the rest is context"
	f.StringVar(&v.from, "from", "", "mesh of the first path; auto, where the documents tell, if absent")
	f.StringVar(&v.to, "to", "", "mesh of the second path; that of the first if absent")
	f.StringVar(&v.against, "against", "", "compare the files of -f or -k with what they are in this git revision")
	f.StringVar(&v.mesh, "mesh", "", "mesh of both sides; auto, where the documents tell, if absent")
	f.StringVar(&v.environment, "environment", "", "file that says what no manifest says")
	f.BoolVar(&v.accessOnly, "access-only", false, "compare who is let in, and nothing else")
	f.BoolVar(&v.withDefaults, "with-defaults", false, "count differences of the meshes' defaults too")
	f.BoolVar(&v.all, "all", false, "list scopes that are the same too")
	f.StringVarP(&v.format, "output", "o", "text", "text or json")
	complete(c, map[string][]string{
		"from": append(meshWords(all.Sources), auto), "to": append(meshWords(all.Sources), auto), "mesh": append(meshWords(all.Sources), auto), "output": {"text", "json"},
	})
	return c
}

// paths checks which of the two forms is used, and that nothing of the other is.
func (v *diff) paths(c *cobra.Command, args []string) error {
	given := len(v.in.files) > 0 || v.in.kustomize != ""
	switch {
	case c.Flags().Changed("against") && v.against == "":
		return fmt.Errorf("--against names no revision")
	case v.against != "" && len(args) > 0:
		return fmt.Errorf("unexpected argument %q: with --against, say -f before each file or folder", args[0])
	case v.against != "" && (v.from != "" || v.to != ""):
		return fmt.Errorf("--against compares files of one mesh: say --mesh, not --from or --to")
	case v.against != "" && !given:
		return fmt.Errorf("no input: say -f FILE, -f FOLDER or -k FOLDER")
	case v.against != "":
		return nil
	case given:
		return fmt.Errorf("-f and -k go with --against: two sets are two paths, diff PATH PATH")
	case v.mesh != "" && (v.from != "" || v.to != ""):
		return fmt.Errorf("--mesh is for both sides: leave out --from and --to")
	case len(args) != 2:
		return fmt.Errorf("diff compares two paths, and got %d", len(args))
	case args[0] == "-" && args[1] == "-":
		return fmt.Errorf("only one of the two paths can be standard input")
	}
	return nil
}

func (v *diff) run(c *cobra.Command, paths []string) error {
	if v.format != "text" && v.format != "json" {
		return fmt.Errorf("-o: %q is not text or json", v.format)
	}
	sides, words, err := v.sides(c.InOrStdin(), paths)
	if err != nil {
		return err
	}
	tell(c.ErrOrStderr(), v.notes(sides))
	r := translate.Diff(sides[0], sides[1], v.options())
	report := r.Report(words)
	if err := diag.WriteFindings(c.ErrOrStderr(), v.findings(report), style(c.ErrOrStderr())); err != nil {
		return err
	}
	if err := v.print(c.OutOrStdout(), report); err != nil {
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

// notes are what is told of what was read: of folders that were not, of paths that one
// side does not have, of a part that has nothing, and of a side without a document of its mesh.
func (v *diff) notes(sides [2]translate.Side) []string {
	out := append(v.in.unread(), v.oneSided...)
	if part := sides[0].Part; part != nil && !slices.ContainsFunc(slices.Concat(sides[0].Objects, sides[1].Objects), part) {
		out = append(out, "-n and -l choose no document of either side")
	}
	for i, side := range sides {
		if len(side.Objects) > 0 && !slices.ContainsFunc(side.Objects, func(o *source.Object) bool { return knows(side.Mesh, o) }) {
			out = append(out, "the "+[]string{"first", "second"}[i]+" side has no document of "+side.Mesh.Name)
		}
		if note := strangers(side.Mesh, side.Objects); note != "" && !slices.Contains(out, note) {
			out = append(out, note)
		}
	}
	return out
}

// mostReasons are the differences of admission that are told of one workload.
const mostReasons = 8

func (v *diff) options() decide.Options {
	o := decide.Options{Defaults: v.withDefaults, Reasons: mostReasons, Arrivals: true}
	if v.accessOnly {
		o.Aspects = []intent.Aspect{intent.Admission, intent.Tokening}
	}
	return o
}

// sides reads both sets.
func (v *diff) sides(stdin io.Reader, paths []string) (sides [2]translate.Side, words translate.DiffWords, err error) {
	words = translate.FirstAndSecond
	if v.against != "" {
		words = translate.BeforeAndAfter
		if sides, err = v.revisions(stdin); err != nil {
			return sides, words, err
		}
	} else if sides, err = v.sets(stdin, paths); err != nil {
		return sides, words, err
	}
	for i := range sides {
		if sides[i].Env, err = readEnvironment(v.environment); err != nil {
			return sides, words, err
		}
		if sides[i].Part, err = v.in.part(); err != nil {
			return sides, words, err
		}
	}
	return sides, words, nil
}

// sets reads two paths.
func (v *diff) sets(stdin io.Reader, paths []string) (sides [2]translate.Side, err error) {
	flags, spelled := [2]string{"from", "to"}, [2]string{v.from, v.to}
	switch {
	case v.mesh != "":
		flags, spelled = [2]string{"mesh", "mesh"}, [2]string{v.mesh, v.mesh}
	case v.to == "":
		spelled[1] = v.from
	}
	for i := range sides {
		in := v.in
		in.files = []string{paths[i]}
		if sides[i].Input, err = in.read(stdin); err != nil {
			return sides, err
		}
	}
	for i := range sides {
		objs := sides[i].Objects
		if belong(objs) == 0 {
			objs = sides[1-i].Objects // the other side tells
		}
		if sides[i].Mesh, sides[i].Version, err = settle(flags[i], orAuto(spelled[i]), objs); err != nil {
			return sides, err
		}
	}
	if sides[0].Mesh.Name != sides[1].Mesh.Name {
		first := sides[0].Objects
		sides[0].Objects = withServices(first, sides[1].Objects)
		sides[1].Objects = withServices(sides[1].Objects, first)
	}
	return sides, nil
}

// withServices adds the Services that only the other set shows: the same cluster has
// them, whichever mesh is configured, and most keep them beside one of the sets.
func withServices(own, other []*source.Object) []*source.Object {
	type name struct{ namespace, name string }
	known := map[name]bool{}
	for _, o := range own {
		if isService(o) {
			known[name{o.Namespace, o.Name}] = true
		}
	}
	out := slices.Clone(own)
	for _, s := range other {
		if isService(s) && !known[name{s.Namespace, s.Name}] {
			out = append(out, s)
		}
	}
	return out
}

func isService(o *source.Object) bool { return o.APIVersion == "v1" && o.Kind == "Service" }

func orAuto(mesh string) string {
	if mesh == "" {
		return auto
	}
	return mesh
}

// findings are what is wrong with the sets; of a change, what was wrong before
// and still is counts once.
func (v *diff) findings(r *diag.DiffReport) []diag.Finding {
	if v.against == "" {
		return append(r.First.Findings, r.Second.Findings...)
	}
	still := map[string]bool{}
	for _, f := range r.Second.Findings {
		still[f.Code+f.Summary] = true
	}
	var out []diag.Finding
	for _, f := range r.First.Findings {
		if f.Severity == "error" && !still[f.Code+f.Summary] {
			out = append(out, f)
		}
	}
	return append(out, r.Second.Findings...)
}

func (v *diff) print(w io.Writer, r *diag.DiffReport) error {
	if v.format == "json" {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	return diag.WriteDiff(w, r, diag.DiffStyle{Style: style(w), All: v.all})
}
