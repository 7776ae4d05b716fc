// Command files converts the Istio manifests of its arguments to Linkerd, with
// the library alone: manifests go to standard output, findings to standard
// error. Objects of no mesh, such as Services, are written too, with what Linkerd
// needs on them.
package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/source"
	"github.com/transmesh/transmesh/translate"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: files FILE...")
		os.Exit(2)
	}
	same, err := convert(os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "files:", err)
		os.Exit(2)
	case !same:
		os.Exit(1)
	}
}

// convert translates files, and reports whether the output asks for the same.
func convert(files []string, out, findings io.Writer) (same bool, err error) {
	var in translate.Input
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return false, err
		}
		objects, problems := source.Parse(name, data, source.Options{})
		in.Objects = append(in.Objects, objects...)
		in.Problems = append(in.Problems, problems...)
	}
	result := translate.Run(in, translate.Options{From: istio.Mesh, To: linkerd.Mesh, PassThrough: true})
	for _, f := range result.Findings {
		fmt.Fprintf(findings, "%s[%s]: %s\n", f.Severity, f.Code, f.Summary)
	}
	// Patches are for objects that the input does not show. They may keep requests out.
	return result.Verdict == decide.Same, manifest.WriteYAML(out, slices.Concat(result.Manifests, result.Patches))
}
