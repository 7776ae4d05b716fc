package inventory

import (
	"encoding/json"
	"os"
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

// What is wrong in the file is said with its line, without Go's types.
func TestWrongEnvironment(t *testing.T) {
	for in, want := range map[string]string{
		"clusterDomian: x\n":                              "env.yaml:1: field clusterDomian not found",
		"istio:\n  autoMTLS: maybe\n":                     "env.yaml:2: cannot unmarshal !!str `maybe`",
		"istio:\n  pathNormalization: ALL\n":              `env.yaml: istio.pathNormalization is "ALL", not one of`,
		"linkerd: {defaultInboundPolicy: open}\n":         `env.yaml: linkerd.defaultInboundPolicy is "open", not one of`,
		"clusterDomain: [a\n":                             "env.yaml: yaml: ",
		"complete: {services: 3}\nistio: {retryOn: {}}\n": "env.yaml:2: cannot unmarshal !!map",
	} {
		_, err := Environment("env.yaml", []byte(in))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "intent.") {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
}

// The schema has the keys that the reader knows, with their types.
func TestEnvironmentSchema(t *testing.T) {
	data, err := os.ReadFile("environment.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s property
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	s.compare(t, "", reflect.TypeFor[intent.Environment]())
}

// property is a part of a JSON schema.
type property struct {
	Type       string
	Items      *property
	Additional *bool `json:"additionalProperties"`
	Properties map[string]property
	Enum       []string
}

func (p property) compare(t *testing.T, at string, typ reflect.Type) {
	t.Helper()
	if p.Additional == nil || *p.Additional {
		t.Errorf("%s allows unknown keys", at)
	}
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
		for _, c := range choices {
			if c.key == at+key && !slices.Equal(c.words, sub.Enum) {
				t.Errorf("%s%s is one of %v, not %v", at, key, sub.Enum, c.words)
			}
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
