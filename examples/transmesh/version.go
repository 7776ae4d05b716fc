package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/transmesh/transmesh/pkg/mesh/all"
)

func versionCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version, and the meshes with their versions",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			meshes := map[string][]string{}
			for _, m := range all.Sources {
				meshes[m.Name] = m.Versions
			}
			switch format {
			case "json":
				enc := json.NewEncoder(c.OutOrStdout())
				enc.SetIndent("", "  ")
				return enc.Encode(map[string]any{"version": version(), "meshes": meshes})
			case "text":
				fmt.Fprintln(c.OutOrStdout(), "transmesh", version())
				for _, m := range all.Sources {
					fmt.Fprintf(c.OutOrStdout(), "  %s %s\n", m.Name, strings.Join(m.Versions, ", "))
				}
				return nil
			}
			return fmt.Errorf("-o: %q is not text or json", format)
		},
	}
	c.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	return c
}

// version is what the Go tool recorded of the build.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
