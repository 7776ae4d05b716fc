package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/all"
	"github.com/transmesh/transmesh/translate"
)

// convert holds the flags of the verb.
type convert struct {
	in             input
	from, to       string
	environment    string
	output, format string
	consulFormat   string
	check          bool
	reports        []string
	ledger         bool
	passThrough    bool
	failOn         string
	accept         string
	budget         int
}

func convertCommand() *cobra.Command {
	var v convert
	c := &cobra.Command{
		Use:   "convert --from MESH --to MESH -f PATH",
		Short: "Write the manifests of one mesh for another",
		Long: `convert reads manifests, writes those of another mesh that ask for the same, and
tells on standard error what could not be said, with its place in the input.

Objects of no mesh (Services, Deployments, ServiceAccounts) tell what exists: give
them too. A file for --accept is a YAML list of findings that may stand. To accept
withheld is to live with a denial; to accept widened for an object is to go without
what it kept out, and without the denial:

  - code: withheld                      # as in the finding
    object: AuthorizationPolicy shop/x  # everywhere, if absent
    hash: 0f3a...                       # as beside the finding; whatever it concerns, if absent
    reason: the gateway checks it       # required`,
		Example: `  transmesh convert --from istio --to linkerd -R -f manifests/ -o linkerd/
  kustomize build . | transmesh convert --from istio --to gatewayapi@istio -f - --report report.md`,
		Args: noFiles,
		RunE: func(c *cobra.Command, _ []string) error { return v.run(c) },
	}
	f := c.Flags()
	v.in.flags(f)
	f.StringVar(&v.from, "from", "", "source mesh, with @version where it matters; auto where the documents tell")
	f.StringVar(&v.to, "to", "", "target mesh, with @version where it matters")
	f.StringVar(&v.environment, "environment", "", "file that says what no manifest says (trust domain, default policies, complete inventory)")
	f.StringVarP(&v.output, "output", "o", "", "file, or folder for one file an object; standard output if absent")
	f.StringVar(&v.format, "format", "", "yaml or json; by the ending of --output, else yaml, if absent")
	f.StringVar(&v.consulFormat, "consul-format", "crd", "for --to consul: crd (custom resources of consul-k8s), or configuration entries as json or hcl")
	f.BoolVar(&v.check, "check", false, "compare with what is in --output and change nothing")
	f.StringArrayVar(&v.reports, "report", nil, "write a report: FILE ending in .json, .sarif, .md or .html; repeatable")
	f.BoolVar(&v.ledger, "ledger", false, "put the fate of every input value, and where in the output it shows, into the reports, but for .sarif, which has no place for it")
	f.BoolVar(&v.passThrough, "pass-through", false, "write objects that belong to no mesh too, with patches merged in")
	f.StringVar(&v.failOn, "fail-on", "error", "least finding that makes the exit status 1: wider, error, loss, warning or never")
	f.StringVar(&v.accept, "accept", "", "file of accepted findings, each with a reason")
	f.IntVar(&v.budget, "budget", legal.DefaultBudget, "conditions that may be held to others to find who is let in at the workloads of one namespace; past it some are closed, and told")
	complete(c, map[string][]string{
		"from": append(meshWords(all.Sources), auto), "to": meshWords(all.Meshes), "format": {"yaml", "json"}, "consul-format": {"crd", "json", "hcl"},
		"fail-on": {"wider", "error", "loss", "warning", "never"},
	})
	return c
}

// notes are what is told beside the findings: of documents of other meshes, of a part
// that has nothing, and of acceptances that are about nothing.
func (v *convert) notes(strangers string, r *diag.Report, idle []acceptance) []string {
	out := v.in.unread()
	if strangers != "" {
		out = append(out, strangers)
	}
	if v.in.namespace != "" || v.in.selector != "" {
		if r.Summary.Documents == 0 {
			out = append(out, "-n and -l choose no document of "+r.Source.Mesh)
		}
		return out
	}
	for _, e := range idle {
		out = append(out, v.accept+": "+e.idle(r))
	}
	return out
}

func (v *convert) run(c *cobra.Command) error {
	o, err := v.options()
	if err != nil {
		return err
	}
	in, err := v.in.read(c.InOrStdin())
	if err != nil {
		return err
	}
	if o.From, o.FromVersion, err = settle("from", v.from, in.Objects); err != nil {
		return err
	}
	if o.Part, err = v.in.part(); err != nil {
		return err
	}
	accepted, err := readAccepted(v.accept)
	if err != nil {
		return err
	}
	o.Accept = accepted.accepts
	result := translate.Run(in, o)
	result.Source, result.Legal = nil, nil // nobody asks for the models, which are a third of all
	report := result.Report(o, false)
	idle := accepted.mark(report)
	if err := diag.WriteText(c.ErrOrStderr(), report, style(c.ErrOrStderr())); err != nil {
		return err
	}
	tell(c.ErrOrStderr(), v.notes(strangers(o.From, in.Objects), report, idle))
	d := v.delivery(result)
	same, notes, err := v.deliver(c.OutOrStdout(), d)
	if err != nil {
		return err
	}
	tell(c.ErrOrStderr(), notes)
	if v.ledger {
		report.Ledger = translate.LedgerLines(d.shown(result.Ledger))
	}
	if err := writeReports(v.reports, report); err != nil {
		return err
	}
	return v.exit(result, report, same, accepted)
}

func (v *convert) options() (translate.Options, error) {
	o := translate.Options{PassThrough: v.passThrough, Beside: all.Sources, Budget: v.budget}
	var err error
	if v.from != auto {
		if o.From, o.FromVersion, err = findMesh("from", v.from, all.Sources); err != nil {
			return o, err
		}
	}
	if o.To, o.ToVersion, err = findMesh("to", v.to, all.Meshes); err != nil {
		return o, err
	}
	if _, ok := o.To.Target(o.ToVersion); !ok {
		return o, fmt.Errorf("--to: %s is a source only", v.to)
	}
	if v.check && v.output == "" {
		return o, fmt.Errorf("--check needs --output")
	}
	if v.budget < 1 {
		return o, fmt.Errorf("--budget: %d is not positive", v.budget)
	}
	if _, ok := thresholds[v.failOn]; !ok {
		return o, fmt.Errorf("--fail-on: %q is not wider, error, loss, warning or never", v.failOn)
	}
	if v.format == "" {
		v.format = formatOf(v.output)
	}
	if v.format != "yaml" && v.format != "json" {
		return o, fmt.Errorf("--format: %q is not yaml or json", v.format)
	}
	if err := v.asEntries(o); err != nil {
		return o, err
	}
	if err := formsOf(v.reports); err != nil {
		return o, err
	}
	o.Env, err = readEnvironment(v.environment)
	return o, err
}

// delivery is what is to be written.
func (v *convert) delivery(r *translate.Result) delivery {
	d := delivery{output: v.output, format: v.format, beside: v.reports, manifests: r.Manifests, patches: r.Patches}
	if v.ledger {
		d.printed = &printed{file: map[*manifest.Object]string{}}
	}
	if v.consulFormat != "crd" {
		d.entries(v.consulFormat)
	}
	return d
}

// deliver writes the manifests, or compares them with what is there; notes tell what a
// person should know of it.
func (v *convert) deliver(stdout io.Writer, d delivery) (same bool, notes []string, err error) {
	for _, note := range []string{d.unsaid(), d.entriesLeft()} {
		if note != "" {
			notes = append(notes, note)
		}
	}
	switch {
	case v.output == "":
		return true, notes, d.print(stdout)
	case v.check:
		same, err = d.compare(stdout)
		return same, notes, err
	}
	left, err := d.write()
	if len(left) > 0 {
		notes = append(notes, stale(v.output, left))
	}
	return true, notes, err
}

// stale tells of manifests in the output folder that are not of this conversion.
func stale(folder string, files []string) string {
	const most = 5
	note := folder + " holds manifests that this conversion did not write: " + strings.Join(files[:min(most, len(files))], ", ")
	if len(files) > most {
		note += fmt.Sprintf(" and %d more", len(files)-most)
	}
	return note + ": remove them before you apply the folder"
}
