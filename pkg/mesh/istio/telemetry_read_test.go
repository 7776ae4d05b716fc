package istio_test

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
)

// TestTelemetries reads several: on top of one another, each for what it selects.
func TestTelemetries(t *testing.T) {
	logs := func(name, spec string) string { return object("Telemetry", name, spec) }
	for _, c := range []struct{ name, in, want string }{
		{"all providers of an entry", logs("a", `{accessLogging: [{providers: [{name: envoy}, {name: x}]}]}`),
			`records of what is taken and sent to /dev/stdout as text, of requests, connections and those without a route; and to provider x at namespace shop`},
		{"one of two turned off", logs("a", `{accessLogging: [{providers: [{name: x}, {name: y}]}]}`) + logs("b", `{selector: {matchLabels: {app: a}}, accessLogging: [{providers: [{name: x}], disabled: true}]}`), `
records of what is taken and sent nowhere at namespace shop and label app a
records of what is taken and sent to provider x; and to provider y at namespace shop`},
		{"what is above an entry without providers", object("Telemetry", "m", `{accessLogging: [{providers: [{name: x}]}]}`, `namespace: istio-system`) + logs("a", `{accessLogging: [{match: {mode: CLIENT}, disabled: true}]}`), `
records of what is sent nowhere at namespace shop
records of what is taken and sent to provider x`},
		{"the last filter of a provider", logs("a", `{accessLogging: [{providers: [{name: x}], filter: {expression: a}}]}`) + logs("b", `{selector: {matchLabels: {app: a}}, accessLogging: [{providers: [{name: x}]}]}`), `
records of what is taken and sent to provider x at namespace shop and label app a
records of what is taken and sent to provider x, where a at namespace shop`},
		{"workloads that two select", logs("a", `{selector: {matchLabels: {app: a}}, accessLogging: [{providers: [{name: x}]}]}`) + logs("b", `{selector: {matchLabels: {version: b}}, accessLogging: [{match: {mode: SERVER}, providers: [{name: y}]}]}`), `
records of what is taken to provider y at namespace shop and label app a and label version b
records of what is sent to provider x at namespace shop and label app a and label version b
records of what is taken and sent to provider x at namespace shop and label app a
records of what is taken to provider y at namespace shop and label version b`},
	} {
		m, _ := read(t, c.in, intent.Defaults())
		if got := strings.TrimSpace(intent.Print(&intent.Model{Logs: m.Logs})); got != trim(c.want) {
			t.Errorf("Telemetries, %s: lifted as\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	two := logs("a", `{accessLogging: [{providers: [{name: x}]}]}`) + logs("b", `{accessLogging: [{disabled: true}]}`)
	if _, diags := read(t, two, intent.Defaults()); len(diags) == 0 || diags[0].Code != diag.OrderUnknown {
		t.Error("two for a namespace, of unknown age, are told as", diags)
	}
}
