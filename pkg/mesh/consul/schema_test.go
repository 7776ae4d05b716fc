package consul

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/meshtest"
	"go.yaml.in/yaml/v3"
)

// schema is a part of an OpenAPI schema.
type schema struct {
	Type                 string             `yaml:"type"`
	Properties           map[string]*schema `yaml:"properties"`
	Items                *schema            `yaml:"items"`
	AdditionalProperties *schema            `yaml:"additionalProperties"`
	Preserve             bool               `yaml:"x-kubernetes-preserve-unknown-fields"`
}

// schemas are those of consul-k8s's custom resources by kind.
func schemas(t *testing.T) map[string]*schema {
	t.Helper()
	f, err := os.Open(meshtest.Shared(t, "crds", "consul.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]*schema{}
	for d := yaml.NewDecoder(f); ; {
		var crd struct {
			Spec struct {
				Names    struct{ Kind string }
				Versions []struct {
					Schema struct {
						V3 *schema `yaml:"openAPIV3Schema"`
					}
				}
			}
		}
		if err := d.Decode(&crd); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		if len(crd.Spec.Versions) > 0 {
			out[crd.Spec.Names.Kind] = crd.Spec.Versions[0].Schema.V3.Properties["spec"]
		}
	}
}

var schemaKinds = map[manifest.Kind][]string{
	manifest.MapKind: {"object"}, manifest.ListKind: {"array"}, manifest.StringKind: {"string"}, manifest.IntKind: {"integer", "number"},
	manifest.FloatKind: {"number"}, manifest.BoolKind: {"boolean"},
}

// unfit lists what of a value the schema does not have.
func (s *schema) unfit(path string, n *manifest.Node) []string {
	switch {
	case s == nil:
		return []string{path + ": no such field"}
	case s.Preserve || s.Type == "":
		return nil
	case !slices.Contains(schemaKinds[n.Kind], s.Type):
		return []string{path + ": is no " + s.Type}
	}
	var out []string
	for _, kid := range n.Kids {
		switch {
		case n.Kind == manifest.ListKind:
			out = append(out, s.Items.unfit(path+"[]", kid.Node)...)
		case s.AdditionalProperties != nil:
			out = append(out, s.AdditionalProperties.unfit(path+"."+kid.Key, kid.Node)...)
		default:
			out = append(out, s.Properties[kid.Key].unfit(path+"."+kid.Key, kid.Node)...)
		}
	}
	return out
}

// All that is written is of consul-k8s's schemas, to the leaf.
func TestWrittenFitsSchemas(t *testing.T) {
	all := schemas(t)
	r := rand.New(rand.NewPCG(5, 6))
	seen := map[string]int{}
	for range 100 {
		for _, m := range []written{translated(t, randomTables(r), versionCommunity), translated(t, randomAdmission(r), versionEnterprise)} {
			for _, o := range m.objs {
				if o.Patch {
					continue
				}
				seen[o.Kind]++
				if bad := all[o.Kind].unfit("spec", o.Root.Get("spec")); len(bad) > 0 {
					t.Fatalf("%s\n%s", strings.Join(bad, "\n"), yamlOf(t, []*manifest.Object{o}))
				}
			}
		}
	}
	for _, kind := range []string{kindDefaults, kindResolver, kindSplitter, kindRouter, kindIntentions} {
		if seen[kind] < 20 {
			t.Errorf("only %d objects of kind %s", seen[kind], kind)
		}
	}
}
