package translate

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/transmesh/transmesh/"

// allowed says which of our packages a package may import, besides place and parallel. A
// prefix that ends in "/" stands for what is below it.
var allowed = map[string][]string{
	"translate":           {"pkg/mesh", "pkg/legal", "pkg/ledger", "pkg/decide", "pkg/diag", "pkg/source", "pkg/manifest", "pkg/intent", "pkg/match", "pkg/inventory"},
	"pkg/mesh":            {"pkg/legal", "pkg/intent", "pkg/match", "pkg/source", "pkg/manifest", "pkg/diag"},
	"pkg/mesh/istio":      append([]string{"pkg/mesh/gatewayapi"}, meshImports...), // metadata, header steps and objects kept verbatim
	"pkg/mesh/linkerd":    append([]string{"pkg/mesh/gatewayapi"}, meshImports...),
	"pkg/mesh/consul":     append([]string{"pkg/mesh/gatewayapi"}, meshImports...),
	"pkg/mesh/cilium":     append([]string{"pkg/mesh/gatewayapi"}, meshImports...),
	"pkg/mesh/smi":        append([]string{"pkg/mesh/gatewayapi"}, meshImports...),
	"pkg/mesh/gatewayapi": meshImports,
	"pkg/mesh/all":        {"pkg/mesh", "pkg/mesh/"},
	"pkg/mesh/meshtest":   {"pkg/mesh", "pkg/legal", "pkg/decide", "pkg/diag", "pkg/source", "translate"},
	"pkg/legal":           {"pkg/intent", "pkg/match", "pkg/diag", "pkg/inventory"},
	"pkg/inventory":       {"pkg/intent", "pkg/source", "pkg/manifest"},
	"pkg/decide":          {"pkg/intent", "pkg/match"},
	"pkg/ledger":          {"pkg/diag", "pkg/source", "pkg/manifest"},
	"pkg/intent":          {"pkg/match"},
	"pkg/match":           {},
	"pkg/source":          {},
	"pkg/manifest":        {},
	"pkg/diag":            {},
	"pkg/diag/sarif":      {"pkg/diag"},
	"pkg/typed":           {"pkg/manifest", "pkg/source"},
	"pkg/place":           {},
	"pkg/parallel":        {},
}

var meshImports = []string{"pkg/mesh", "pkg/legal", "pkg/intent", "pkg/match", "pkg/source", "pkg/manifest", "pkg/diag", "pkg/inventory"}

// foreign are upstream API packages, which only the door, the examples and tests
// may import.
var foreign = []string{"istio.io/", "github.com/linkerd/", "github.com/cilium/", "github.com/hashicorp/consul", "sigs.k8s.io/gateway-api", "github.com/servicemeshinterface/", "k8s.io/"}

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// atTheDoor reports whether a package takes in and gives out upstream types, and
// so may import them: pkg/typed with all below it.
func atTheDoor(name string) bool {
	return name == "pkg/typed" || strings.HasPrefix(name, "pkg/typed/")
}

func TestWhoImportsWhom(t *testing.T) {
	for _, p := range list(t, module+"pkg/...", module+"translate/...") {
		name := strings.TrimPrefix(p.ImportPath, module)
		if atTheDoor(name) {
			continue
		}
		door := name == "pkg/typed"
		may, known := allowed[name]
		if !known {
			t.Errorf("%s has no entry in the table of imports", name)
			continue
		}
		for _, i := range p.Imports {
			if ours, ok := strings.CutPrefix(i, module); ok && ours != "pkg/place" && ours != "pkg/parallel" && !permits(may, ours) {
				t.Errorf("%s imports %s", name, ours)
			}
		}
		for _, d := range p.Deps {
			if !door && slices.ContainsFunc(foreign, func(f string) bool { return strings.HasPrefix(d, f) }) {
				t.Errorf("%s depends on %s", name, d)
			}
		}
	}
}

func permits(may []string, name string) bool {
	return slices.ContainsFunc(may, func(m string) bool {
		return m == name || strings.HasSuffix(m, "/") && strings.HasPrefix(name, m)
	})
}

func list(t *testing.T, patterns ...string) []listed {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps"}, patterns...)...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
