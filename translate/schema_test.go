package translate

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// schema is what an OpenAPI schema says of a value. Fields that no document needs
// are left out.
type schema struct {
	Type        string             `yaml:"type"`
	Format      string             `yaml:"format"`
	Enum        []any              `yaml:"enum"`
	Default     any                `yaml:"default"`
	Minimum     *float64           `yaml:"minimum"`
	Required    []string           `yaml:"required"`
	Properties  map[string]*schema `yaml:"properties"`
	Items       *schema            `yaml:"items"`
	Values      *schema            `yaml:"additionalProperties"`
	IntOrString bool               `yaml:"x-kubernetes-int-or-string"`
	Free        bool               `yaml:"x-kubernetes-preserve-unknown-fields"`
}

// UnmarshalYAML reads a schema; "additionalProperties: true" is one of anything.
func (s *schema) UnmarshalYAML(n *yaml.Node) error {
	type plain schema
	if n.Kind == yaml.ScalarNode {
		return nil
	}
	return n.Decode((*plain)(s))
}

// resource is a custom resource with the schema of its newest served version.
type resource struct {
	group, kind, version string
	namespaced           bool
	schema               *schema
}

type definition struct {
	Kind string `yaml:"kind"`
	Spec struct {
		Group string `yaml:"group"`
		Scope string `yaml:"scope"`
		Names struct {
			Kind string `yaml:"kind"`
		} `yaml:"names"`
		Versions []struct {
			Name    string `yaml:"name"`
			Served  bool   `yaml:"served"`
			Storage bool   `yaml:"storage"`
			Schema  struct {
				Root *schema `yaml:"openAPIV3Schema"`
			} `yaml:"schema"`
		} `yaml:"versions"`
	} `yaml:"spec"`
}

// resourcesIn reads the definitions of custom resources, the stored version of
// each.
func resourcesIn(t *testing.T, files ...string) []resource {
	t.Helper()
	var out []resource
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		dec := yaml.NewDecoder(bytes.NewReader(data))
		for {
			var d definition
			if err := dec.Decode(&d); err != nil {
				break
			}
			for _, v := range d.Spec.Versions {
				if d.Kind == "CustomResourceDefinition" && v.Storage && v.Schema.Root != nil {
					out = append(out, resource{d.Spec.Group, d.Spec.Names.Kind, v.Name, d.Spec.Scope != "Cluster", v.Schema.Root})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b resource) int { return strings.Compare(a.group+a.kind, b.group+b.kind) })
	return out
}

// definitions are the files that define a mesh's custom resources.
func definitions(t *testing.T, mesh string) []string {
	t.Helper()
	module := func(name, pattern string) []string {
		out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), pattern))
		if err != nil || len(files) == 0 {
			t.Fatal("no definitions in", name, err)
		}
		return files
	}
	switch mesh {
	case "istio":
		return module("istio.io/api", "kubernetes/customresourcedefinitions.gen.yaml")
	case "cilium":
		return module("github.com/cilium/cilium", "pkg/k8s/apis/cilium.io/client/crds/v2/*.yaml")
	case "gatewayapi":
		return module("sigs.k8s.io/gateway-api", "config/crd/experimental/*.yaml")
	}
	return []string{filepath.Join(filepath.Dir(corpusDir(t)), "crds", mesh+".yaml")}
}

// deepest bounds how far a schema is followed that holds itself.
const deepest = 14

// paths lists the leaves of a schema, "[]" for the elements of a list and "{}" for
// the values of a map.
func (s *schema) paths(at string, depth int) []string {
	switch {
	case s == nil || depth > deepest:
		return nil
	case s.Type == "array" && s.Items != nil:
		return s.Items.paths(at+"[]", depth+1)
	case len(s.Properties) > 0:
		var out []string
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			out = append(out, s.Properties[name].paths(at+"."+name, depth+1)...)
		}
		return out
	case s.Values != nil && s.Type == "object":
		return s.Values.paths(at+"{}", depth+1)
	}
	return []string{at}
}

// document writes one that has a value at a path, and what is required beside it.
func (r resource) document(path string) map[string]any {
	doc, _ := r.schema.value("", path).(map[string]any)
	if egress, ok := valueAt(doc, "spec", "egress").([]any); ok && r.kind == "Sidecar" {
		egress[0].(map[string]any)["hosts"] = []any{"shop/cart.shop.svc.cluster.local"}
	}
	if strings.HasPrefix(path, ".spec.listeners[].services[].") && r.kind == "IngressGateway" {
		listener := valueAt(doc, "spec", "listeners").([]any)[0].(map[string]any)
		listener["services"].([]any)[0].(map[string]any)["name"] = "x"
	}
	if doc == nil {
		doc = map[string]any{}
	}
	meta := map[string]any{"name": "x"}
	if r.namespaced {
		meta["namespace"] = "shop"
	}
	doc["apiVersion"], doc["kind"], doc["metadata"] = r.group+"/"+r.version, r.kind, meta
	delete(doc, "status")
	if strings.HasPrefix(path, ".spec.servers[].tls") {
		secured(doc)
	}
	return doc
}

// secured makes a server of an Istio Gateway one that has TLS as its webhook wants it:
// of a protocol with TLS, and with a certificate where it ends.
func secured(doc map[string]any) {
	server := doc["spec"].(map[string]any)["servers"].([]any)[0].(map[string]any)
	server["port"].(map[string]any)["protocol"] = "HTTPS"
	if tls := server["tls"].(map[string]any); tls["mode"] != nil {
		tls["credentialName"] = "x"
	}
}

// valueAt is a value in maps; nil where it is not there.
func valueAt(in map[string]any, keys ...string) any {
	var v any = in
	for _, key := range keys {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// value makes one that holds what a path leads to; "" leads nowhere.
func (s *schema) value(name, path string) any {
	switch {
	case s == nil:
		return "x"
	case s.Type == "array" && s.Items != nil:
		return []any{s.Items.value(name, strings.TrimPrefix(path, "[]"))}
	case len(s.Properties) > 0:
		return s.fields(path)
	case s.Values != nil && s.Type == "object":
		return map[string]any{"k": s.Values.value("k", strings.TrimPrefix(path, "{}"))}
	}
	return s.scalar(name)
}

func (s *schema) fields(path string) map[string]any {
	out := map[string]any{}
	next, rest := step(path)
	for name, f := range s.Properties {
		switch {
		case name == next:
			out[name] = f.value(name, rest)
		case slices.Contains(s.Required, name):
			out[name] = f.value(name, "")
		}
	}
	return out
}

// step cuts the first name off a path.
func step(path string) (name, rest string) {
	path = strings.TrimPrefix(path, ".")
	at := strings.IndexAny(path, ".[{")
	if at < 0 {
		return path, ""
	}
	return path[:at], path[at:]
}

// words are values that fields of a name take, where the schema does not say.
var words = map[string]any{
	"host": "cart", "hosts": "cart.shop.svc.cluster.local", "regex": "a.*", "path": "/a", "cidr": "10.0.0.0/8", "timeout": "1s", "interval": "1s", "port": 8080, "number": 8080,
	"selector": "app=cart", "attempts": 2, "perTryTimeout": "1s", "retryOn": "5xx", "group": "", "namespace": "shop", "toPorts": "80", "protocol": "TCP",
}

func (s *schema) scalar(name string) any {
	switch {
	case len(s.Enum) > 0:
		return s.Enum[len(s.Enum)-1]
	case s.Default != nil:
		return s.Default
	case s.IntOrString:
		return 1
	case s.Type == "boolean":
		return true
	case s.Type == "integer" || s.Type == "number":
		if s.Minimum != nil && *s.Minimum > 1 {
			return int(*s.Minimum)
		}
		return 1
	case s.Type == "object":
		return map[string]any{}
	case words[name] != nil && s.Type == "string":
		return fmt.Sprint(words[name])
	case strings.Contains(strings.ToLower(name), "timeout"), strings.Contains(strings.ToLower(name), "duration"), strings.HasSuffix(name, "Interval"):
		return "1s"
	}
	return "x"
}
