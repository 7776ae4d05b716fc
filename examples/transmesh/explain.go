package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/transmesh/transmesh/pkg/diag"
)

func explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Explain a finding's code, or list all codes",
		Args:  cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var codes []string
			for _, info := range diag.Codes {
				codes = append(codes, string(info.Code))
			}
			return codes, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			w := c.OutOrStdout()
			if len(args) == 0 {
				for _, info := range diag.Codes {
					fmt.Fprintf(w, "%-26s %s\n", info.Code, info.Severity)
				}
				return nil
			}
			info, ok := diag.Code(args[0]).Info()
			if !ok {
				return fmt.Errorf("there is no code %q; transmesh explain lists them", args[0])
			}
			_, err := fmt.Fprintf(w, "%s (%s)\n\n%s\n\nWhat to do: %s\n", info.Code, info.Severity, info.Meaning, info.Fix)
			return err
		},
	}
}
