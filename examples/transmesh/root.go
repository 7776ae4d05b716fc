package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// root builds the command with its verbs.
func root() *cobra.Command {
	c := &cobra.Command{
		Use:   "transmesh",
		Short: "Translate service-mesh configuration between meshes",
		Long: `transmesh reads the configuration of one service mesh and writes the configuration
that asks another mesh for the same. It accounts for every value of the input, lets
nothing in that was kept out, and proves its output equal or shows a witness.

It reads files and standard input and never talks to a cluster.

Exit status: 0 fine; 1 findings at or above the threshold, or a difference;
2 usage, I/O or unreadable input.`,
		SilenceErrors: true, SilenceUsage: true,
	}
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, c.CommandPath())
	})
	c.AddCommand(convertCommand(), diffCommand(), checkCommand(), featuresCommand(), explainCommand(), versionCommand())
	return c
}
