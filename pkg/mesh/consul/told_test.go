package consul

import (
	"strings"
	"testing"
)

// Services that a pod's annotation names and that are no Service of the input are told of:
// which pods are theirs is not known. Fails with: no withoutServices in tell of
// annotation_told.go.
func TestServicesOfPodsWithoutService(t *testing.T) {
	for annotations, want := range map[string]string{
		"consul.hashicorp.com/connect-service: 'web, api'": "",
		"consul.hashicorp.com/connect-service: 'web,ads'":  "no Service of the input is the service ads that Deployment shop/web-v1 names",
		"consul.hashicorp.com/connect-service: front":      "",
		"": "",
	} {
		a := readText(t, kubeService("web")+kubeService("api")+workload("web", "v1", "web", annotations), env("allow"))
		if got := a.found(); !strings.Contains(got, want) || want == "" && strings.Contains(got, "no Service of the input") {
			t.Errorf("%q: found %s", annotations, got)
		}
	}
}

// What makes an intention inert is told: that of all sources, or the default policy. Fails
// with: no byAll in closedByAll of enforce.go.
func TestWhatDecidesWithoutIntention(t *testing.T) {
	for sources, want := range map[string]string{
		"[{name: web, action: deny}, {name: '*', action: deny}]":   "the intention of all sources decides the same without it",
		"[{name: web, action: allow}, {name: '*', action: allow}]": "the default policy decides the same without it",
	} {
		a := readText(t, allHTTP+shopServices+cr("ServiceIntentions", "api", "destination: {name: api}\nsources: "+sources), env("allow"))
		if got := a.found(); !strings.Contains(got, want) {
			t.Errorf("%s: found %s", sources, got)
		}
	}
}
