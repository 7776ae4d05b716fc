package consul

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// asked is what a text of manifests asks for, as read.
type asked struct {
	model   *intent.Model
	diags   diag.List
	objects []*source.Object
}

// env is an environment with a default policy for intentions.
func env(policy string) intent.Environment {
	e := intent.Defaults()
	e.Consul.DefaultIntention = policy
	return e
}

// inputFrom parts objects into those of Consul and the inventory.
func inputFrom(objs []*source.Object, e intent.Environment, version string) mesh.Input {
	objs = slices.Clone(objs)
	slices.SortStableFunc(objs, source.Compare)
	in := mesh.Input{Inventory: inventory.Read(objs), Env: e, Version: version}
	taken := takes(objs)
	for _, o := range objs {
		if ofConsul(o) || taken[o] {
			in.Objects = append(in.Objects, o)
		}
	}
	return in
}

func ofConsul(o *source.Object) bool {
	return slices.ContainsFunc(kinds, func(k mesh.Kind) bool { return k.Kind == o.Kind && k.Group == o.Group() })
}

// readFile reads a text as a file of some name would be.
func readFile(t testing.TB, file, text string, e intent.Environment, version string) asked {
	t.Helper()
	objs, problems := source.Parse(file, []byte(text), source.Options{})
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, text)
	}
	in := inputFrom(objs, e, version)
	m, diags := read(in)
	return asked{m, diags, in.Objects}
}

func readText(t testing.TB, text string, e intent.Environment) asked {
	t.Helper()
	return readFile(t, "in.yaml", text, e, versionCommunity)
}

// problems are the values that the API server or Consul's servers would refuse.
func (a asked) problems() string {
	var out []string
	for _, o := range a.objects {
		for _, p := range o.Root.Problems() {
			out = append(out, p.Ref.Path+" "+p.Message)
		}
	}
	return strings.Join(out, "\n")
}

// found lists the findings, one a line, with their codes.
func (a asked) found() string {
	var out []string
	for _, d := range a.diags {
		out = append(out, string(d.Code)+" "+d.Summary)
	}
	return strings.Join(out, "\n")
}

// unread lists values that nobody read.
func (a asked) unread() string {
	var out []string
	for _, o := range a.objects {
		o.Root.Leaves(func(l source.Leaf) {
			if !l.Read && l.Skipped == "" && l.Inert == "" && l.Problem == "" && !a.opaque(l) {
				out = append(out, l.Ref().Path)
			}
		})
	}
	return strings.Join(out, " ")
}

func (a asked) opaque(l source.Leaf) bool {
	return slices.ContainsFunc(a.model.Opaque, func(o *intent.Opaque) bool { return o.At.Path != "" && l.Ref().Within(o.At) })
}

// everywhere is what each fact that lets in says: that clients are of the mesh's
// own trust domain, and at the port that they reach.
var everywhere = regexp.MustCompile(` and (trust domain cluster\.local|port 8080)`)

// lines are those of a printed model that begin with one of some words, indented
// lines with the one that they belong to, without what is said everywhere.
func lines(text string, words ...string) string {
	text = everywhere.ReplaceAllString(text, "")
	var out []string
	keep := false
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if !strings.HasPrefix(line, " ") {
			keep = slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(line, w+" ") })
		}
		if keep {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// cr is a custom resource in namespace shop.
func cr(kind, name, spec string) string {
	return "apiVersion: consul.hashicorp.com/v1alpha1\nkind: " + kind + "\nmetadata: {name: " + name + ", namespace: shop}\nspec:\n" + indent(spec) + "---\n"
}

func indent(text string) string {
	var b strings.Builder
	for _, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		b.WriteString("  " + line + "\n")
	}
	return b.String()
}

// workload is a Service with a Deployment of an account.
func workload(name, version, account, annotations string) string {
	return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + "-" + version + ", namespace: shop}\nspec:\n  template:\n    metadata:\n      labels: {app: " +
		name + ", version: " + version + "}\n      annotations: {" + annotations + "}\n    spec: {serviceAccountName: " + account + "}\n---\n"
}

func kubeService(name string) string {
	return "apiVersion: v1\nkind: Service\nmetadata: {name: " + name + ", namespace: shop}\nspec:\n  selector: {app: " + name + "}\n  ports: [{port: 80, targetPort: 8080}]\n---\n"
}

// allHTTP says that everything speaks HTTP.
var allHTTP = cr("ProxyDefaults", "global", "config: {protocol: http}")
