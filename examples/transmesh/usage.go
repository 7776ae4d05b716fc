package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/transmesh/transmesh/pkg/mesh"
)

// noFiles refuses arguments, which are most often files that -f should name.
func noFiles(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q: say -f before each file or folder", args[0])
	}
	return nil
}

// complete tells the shell the words that flags take.
func complete(c *cobra.Command, words map[string][]string) {
	for flag, choices := range words {
		if err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp)); err != nil {
			panic("transmesh: " + err.Error())
		}
	}
}

// meshWords are all spellings of meshes: the name, and the name with each
// version.
func meshWords(of []mesh.Mesh) []string {
	var words []string
	for _, m := range of {
		words = append(words, m.Name)
		for _, v := range m.Versions {
			words = append(words, m.Name+"@"+v)
		}
	}
	return words
}

// tell writes notes, a line each.
func tell(w io.Writer, notes []string) {
	for _, note := range notes {
		fmt.Fprintln(w, "note: "+note)
	}
}
