package consul

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/mesh/meshtest"
	"github.com/transmesh/transmesh/pkg/source"
)

// unknownInCorpus are the fields in the corpus that Consul does not have.
var unknownInCorpus = map[string]string{}

// Every file of the corpus is read without a panic, in both editions, under both
// policies, and each of its values is accounted for.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(meshtest.Shared(t, "corpus"), Name, "*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	read := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		objs, problems := source.Parse(filepath.Base(file), data, source.Options{})
		if len(problems) > 0 {
			t.Errorf("%s: %v", file, problems)
		}
		for _, o := range objs {
			if ofConsul(o) {
				read++
			} else if strings.Contains(o.APIVersion, group) || o.APIVersion == "" && o.Kind != "" {
				t.Errorf("%s: unknown kind %s %s", file, o.APIVersion, o.Kind)
			}
		}
		for _, version := range Mesh.Versions {
			for _, policy := range []string{"allow", "deny"} {
				a := readFile(t, filepath.Base(file), string(data), env(policy), version)
				if u := a.unread(); u != unknownInCorpus[filepath.Base(file)] {
					t.Errorf("%s@%s: unread: %s", file, version, u)
				}
			}
		}
	}
	if read < 50 {
		t.Errorf("only %d objects of Consul in the corpus", read)
	}
}
