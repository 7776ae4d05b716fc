package linkerd

import (
	"fmt"
	"slices"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// input parses manifests as translate would hand them to the reader.
func input(t testing.TB, text string) mesh.Input {
	t.Helper()
	objs, problems := source.Parse("in.yaml", []byte(text), source.Options{})
	for _, p := range problems {
		t.Fatalf("%v: %s", p.Ref, p.Message)
	}
	return inputOf(objs)
}

func inputOf(objs []*source.Object) mesh.Input {
	in := mesh.Input{Version: versionRoutes, Env: intent.Defaults()}
	var context []*source.Object
	for _, o := range objs {
		switch {
		case ours(o):
			in.Objects = append(in.Objects, o)
		case inventory.Belongs(o):
			context = append(context, o)
		}
	}
	slices.SortFunc(in.Objects, source.Compare)
	in.Inventory = inventory.Read(context)
	return in
}

func ours(o *source.Object) bool {
	return slices.ContainsFunc(kinds, func(k mesh.Kind) bool { return k.Group == o.Group() && k.Kind == o.Kind })
}

// codes are those of findings, each once, sorted.
func codes(diags diag.List) []diag.Code {
	var out []diag.Code
	for _, d := range diags {
		out = append(out, d.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// pods is a Deployment whose pods have a label app and one named port; path is
// asked by a probe, unless it is "".
func pods(app, name string, port int, path string) string {
	probe := ""
	if path != "" {
		probe = fmt.Sprintf(", livenessProbe: {httpGet: {path: %s, port: %s}}", path, name)
	}
	return fmt.Sprintf("Deployment %s {template: {metadata: {labels: {app: %s}}, spec: {containers: [{name: a, ports: [{name: %s, containerPort: %d}]%s}]}}}", app, app, name, port, probe)
}
