package inventory

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/transmesh/transmesh/pkg/intent"
)

func TestEnvironment(t *testing.T) {
	env, err := Environment("env.yaml", []byte("clusterDomain: corp.local\nistio:\n  connectTimeout: 3s\n  retryAttempts: 0\ncomplete: {services: true}\nlinkerd: {opaquePorts: [25]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if env.TrustDomain != "corp.local" || *env.Istio.ConnectTimeout != 3*time.Second || *env.Istio.RetryAttempts != 0 || !env.Complete.Services || env.Complete.Workloads {
		t.Errorf("%+v", env)
	}
	if want := []string{"clusterDomain", "complete.services", "istio.connectTimeout", "istio.retryAttempts", "linkerd.opaquePorts"}; !slices.Equal(env.Said, want) {
		t.Errorf("said %v", env.Said)
	}
	if env.Istio.RootNamespace != "istio-system" || len(env.Linkerd.OpaquePorts) != 1 {
		t.Error("a default is lost, or a list is joined with its default")
	}
}

// What is wrong in the file is said with its place, its key and what the key takes.
func TestWrongEnvironment(t *testing.T) {
	for in, want := range map[string]string{
		"clusterDomian: x\n":                              "env.yaml:1:1: there is no key clusterDomian, but cilium, clusterDomain, ",
		"trustdomain: x\n":                                "env.yaml:1:1: there is no key trustdomain: it is spelled trustDomain",
		"complete: {pods: true}\n":                        "env.yaml:1:12: there is no key complete.pods, but services, workloads",
		"complete: true\n":                                `env.yaml:1:11: complete "true" is not a map of keys`,
		"complete: {services: \"yes\"}\n":                 `env.yaml:1:22: complete.services "yes" is not true or false`,
		"istio:\n  autoMTLS: maybe\n":                     `env.yaml:2:13: istio.autoMTLS "maybe" is not true or false`,
		"istio:\n  pathNormalization: ALL\n":              `env.yaml:2:22: istio.pathNormalization "ALL" is none of NONE, BASE, `,
		"istio: {retryAttempts: -1}\n":                    `istio.retryAttempts "-1" is less than 0`,
		"istio: {connectTimeout: tens}\n":                 `istio.connectTimeout "tens" is not of the form of 10s or 500ms`,
		"linkerd: {opaquePorts: [25, 70000]}\n":           `linkerd.opaquePorts[1] "70000" is more than 65535`,
		"clusterNetworks: [10.0.0.0/8, 10.0.0]\n":         `clusterNetworks[1] "10.0.0" is no block of addresses, such as 10.0.0.0/8`,
		"clusterDomain: ''\n":                             `clusterDomain "" says nothing`,
		"trustAliases: a\n":                               `trustAliases "a" is not a list`,
		"trustDomain: a\ntrustDomain: b\n":                "env.yaml:2:1: trustDomain is said on line 1 already",
		"trustDomain: a\n---\ntrustDomain: b\n":           "env.yaml: a second document follows",
		"- a\n":                                           "env.yaml:1:1: the file is not a map of keys",
		"clusterDomain: [a\n":                             "env.yaml: yaml: ",
		"complete: {services: 3}\nistio: {retryOn: {}}\n": "\nenv.yaml:2:18: istio.retryOn is not a list",
	} {
		_, err := Environment("env.yaml", []byte(in))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
}

// Keys without a value are not said, as if they were not there, and words that older
// versions of YAML take for booleans are booleans.
func TestUnsaidEnvironment(t *testing.T) {
	for in, said := range map[string][]string{
		"":                             nil,
		"# nothing\n":                  nil,
		"trustDomain:\nistio:\n":       nil,
		"complete: {services: yes}\n":  {"complete.services"},
		"cilium: {authentication: on}": {"cilium.authentication"},
	} {
		env, err := Environment("env.yaml", []byte(in))
		if err != nil || !slices.Equal(env.Said, said) || env.TrustDomain != "cluster.local" {
			t.Errorf("%q: %v, said %v", in, err, env.Said)
		}
	}
}

// The schema has the keys that the reader knows, with their types.
func TestEnvironmentSchema(t *testing.T) {
	text := string(environmentSchema)
	if n := strings.Count(text, `"type": "object"`); n != strings.Count(text, `"additionalProperties": false`) {
		t.Error("a part of the schema allows unknown keys")
	}
	schema().compare(t, "", reflect.TypeFor[intent.Environment]())
}

func (p property) compare(t *testing.T, at string, typ reflect.Type) {
	t.Helper()
	known := map[string]bool{}
	for i := range typ.NumField() {
		f := typ.Field(i)
		key := f.Tag.Get("yaml")
		if key == "-" {
			continue
		}
		known[key] = true
		sub, ok := p.Properties[key]
		ft := f.Type
		if ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
		}
		switch {
		case !ok:
			t.Errorf("the schema has no %s%s", at, key)
		case ft.Kind() == reflect.Struct:
			sub.compare(t, at+key+".", ft)
		case sub.Type != jsonType(ft):
			t.Errorf("%s%s is of type %s, not %s", at, key, sub.Type, jsonType(ft))
		}
	}
	for key := range p.Properties {
		if !known[key] {
			t.Errorf("the reader has no %s%s", at, key)
		}
	}
}

func jsonType(typ reflect.Type) string {
	switch {
	case typ == reflect.TypeFor[time.Duration]():
		return "string"
	case typ.Kind() == reflect.Bool:
		return "boolean"
	case typ.Kind() == reflect.Int:
		return "integer"
	case typ.Kind() == reflect.Slice:
		return "array"
	}
	return "string"
}
