package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh/all"
)

// feature is one line of the capability table.
type feature struct {
	Name    string             `json:"name"`
	Title   string             `json:"title"`
	Support map[string]support `json:"support"`
}

type support struct {
	Level string `json:"level"`
	Why   string `json:"why,omitempty"`
	Link  string `json:"link,omitempty"`
	Since string `json:"since,omitempty"`
}

func featuresCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "features",
		Short: "Show what each mesh can express",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			switch format {
			case "json":
				enc := json.NewEncoder(c.OutOrStdout())
				enc.SetIndent("", "  ")
				return enc.Encode(map[string]any{"features": featureTable()})
			case "text":
				return printFeatures(c.OutOrStdout(), featureTable())
			}
			return fmt.Errorf("-o: %q is not text or json", format)
		},
	}
	c.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	return c
}

// featureTable asks every target, in its default version, for every feature.
func featureTable() []feature {
	var out []feature
	for _, info := range legal.Features {
		f := feature{Name: string(info.Feature), Title: info.Title, Support: map[string]support{}}
		for _, m := range all.Meshes {
			if t, ok := m.Target(m.Versions[0]); ok {
				s := t.Caps[info.Feature]
				f.Support[m.Name] = support{s.Level.String(), s.Why, s.Link, s.Since}
			}
		}
		out = append(out, f)
	}
	return out
}

func printFeatures(w io.Writer, features []feature) error {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprint(tw, "FEATURE")
	for _, name := range meshNames(all.Meshes) {
		fmt.Fprint(tw, "\t", name)
	}
	fmt.Fprintln(tw)
	for _, f := range features {
		fmt.Fprint(tw, f.Title)
		for _, name := range meshNames(all.Meshes) {
			fmt.Fprint(tw, "\t", f.Support[name].Level)
		}
		fmt.Fprintln(tw)
	}
	return tw.Flush()
}
