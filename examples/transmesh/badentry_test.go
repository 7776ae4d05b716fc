package main

import (
	"regexp"
	"strings"
	"testing"
)

// router begins a service-router whose routes follow, at line 3.
const router = `Kind = "service-router"
Name = "bad"
`

const intentions = `Kind = "service-intentions"
Name = "bad"
`

const splitter = `Kind = "service-splitter"
Name = "bad"
`

// Configuration entries that are wrong get a finding with its position, as Consul's
// servers take them.
func TestBadEntries(t *testing.T) {
	route := "Routes = [{\n  Match { HTTP { PathPrefix = \"/a\" } }\n  Destination { Service = \"api\" }\n}]\n"
	in := func(destination string) string { return strings.Replace(route, `Service = "api"`, destination, 1) }
	tests := []struct {
		name, in string
		status   int
		want     string // of standard error
	}{
		{"no HCL", router + "Routes = [\n", 2, `in\.hcl:\d+:\d+: error\[unreadable\]: the document is not HCL`},
		{"a wrong type", router + in(`NumRetries = "ten"`), 1, `in\.hcl:5:\d+: error\[invalid-value\]: NumRetries "ten" of service-router default/bad is not an integer`},
		{"an unknown field", router + in(`RequestTimeoutt = "3s"`), 1, `in\.hcl:5:17: error\[unknown-field\]: service-router default/bad has no field Routes\[0\]\.Destination\.RequestTimeoutt\n *Consul's servers refuse`},
		{"a field in the wrong place", router + strings.Replace(route, "}]", "  RequestTimeout = \"3s\"\n}]", 1), 1, `in\.hcl:6:3: error\[unknown-field\]: .*Routes\[0\]\.RequestTimeout`},
		{"two matches of a path", router + strings.Replace(route, `"/a"`, `"/a", PathExact = "/b"`, 1), 1, `in\.hcl:4:\d+: error\[invalid-value\]: .*more than one of pathExact, pathPrefix`},
		{"a pattern that does not compile", router + strings.Replace(route, `PathPrefix = "/a"`, `PathRegex = "/(a"`, 1), 1, `in\.hcl:4:30: error\[invalid-regex\]`},
		{"a key twice", router + in(`NumRetries = 1, NumRetries = 2`), 1, `in\.hcl:5:33: error\[duplicate-key\]: NumRetries`},
		{"an attribute twice", router + "Routes = []\nRoutes = []\n", 1, `in\.hcl:4:1: error\[duplicate-key\]: Routes`},
		{"a subset that is nowhere", router + in(`ServiceSubset = "v9"`), 0, `in\.hcl:3:\d+: warning\[unknown-subset\]: .*v9`},
		{"weights that sum to 0", splitter + "Splits = [{ Weight = 0, Service = \"a\" }, { Weight = 0, Service = \"b\" }]\n", 1, `in\.hcl:3:\d+: error\[invalid-value\]: .*do not sum to 100`},
		{"a kind that there is not", strings.Replace(router, "router", "rooter", 1), 2, `(?s)in\.hcl:1:1: error\[unknown-kind\]: Consul has no configuration entry of kind service-rooter\n.*all requests count as denied`},
		{"intentions that are misspelt", strings.Replace(intentions, "intentions", "intention", 1) + "Sources = [{ Name = \"*\", Action = \"deny\" }]\n", 2, `(?s)error\[unknown-kind\].*all requests count as denied`},
		{"intentions without a name", "Kind = \"service-intentions\"\nSources = [{ Name = \"*\", Action = \"deny\" }]\n", 2, `in\.hcl:1:1: error\[invalid-value\]: .*names no destination`},
		{"an action that there is not", intentions + "Sources = [{ Name = \"api\", Action = \"allowed\" }]\n", 2, `(?s)error\[withheld\]: .*requests to service default/bad count as denied.*in\.hcl:3:\d+: error\[invalid-value\]: Action "allowed"`},
		{"an unknown field of intentions", intentions + "Sources = [{ Name = \"api\", Action = \"allow\", Actionn = \"deny\" }]\n", 2, `(?s)error\[withheld\].*in\.hcl:3:46: error\[unknown-field\]: .*Sources\[0\]\.Actionn\n`},
		{"intentions that are no HCL", intentions + "Sources = [\n", 2, `error\[withheld\]: .*all requests count as denied`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, stderr, got := run(t, map[string]string{"in.hcl": tt.in}, "--from", "consul", "--to", "istio")
			if got != tt.status {
				t.Errorf("status %d, want %d", got, tt.status)
			}
			if !regexp.MustCompile(tt.want).MatchString(stderr) {
				t.Errorf("no %s in\n%s", tt.want, stderr)
			}
		})
	}
}

// Two entries of one name are told, in JSON without a marker between them.
func TestEntriesOfOneName(t *testing.T) {
	in := "{\"Kind\": \"service-router\", \"Name\": \"bad\"}\n{\"Kind\": \"service-router\", \"Name\": \"bad\", \"Routes\": [{}]}\n"
	_, stderr, got := run(t, map[string]string{"in.json": in}, "--from", "consul", "--to", "istio")
	if got != 1 || !strings.Contains(stderr, "in.json:2:1: error[duplicate-object]: service-router default/bad") {
		t.Errorf("status %d\n%s", got, stderr)
	}
}

// A configuration entry that stays as it is among custom resources is told of: kubectl
// takes none. Fails with: entriesLeft not asked by deliver.
func TestEntriesLeft(t *testing.T) {
	const resolver = "Kind = \"service-resolver\"\nName = \"web\"\nDefaultSubset = \"v1\"\nSubsets = {\n  v1 = { Filter = \"Service.Meta.version == v1\", OnlyPassing = true }\n}\n"
	for format, want := range map[string]bool{"crd": true, "hcl": false, "json": false} {
		_, stderr, _ := run(t, map[string]string{"in.hcl": resolver}, "--from", "consul", "--to", "consul", "--consul-format", format)
		if told := strings.Contains(stderr, "kubectl does not take service-resolver web: "); told != want {
			t.Errorf("%s: told is %v in\n%s", format, told, stderr)
		}
	}
}
