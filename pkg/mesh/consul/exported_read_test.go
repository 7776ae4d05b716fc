package consul

import (
	"strings"
	"testing"
)

// What is said of other clusters is a fact, or wrong; how traffic gets to the proxy is said
// by what it lets callers do.
func TestKeptWords(t *testing.T) {
	for name, c := range map[string]struct{ text, found, problems string }{
		"exported": {cr("ExportedServices", "default", "services: [{name: web, consumers: [{peer: east}, {peer: west}]}, {name: '*', consumers: [{partition: other}]}]"),
			"", ""},
		"to two at once":       {cr("ExportedServices", "default", "services: [{name: web, consumers: [{peer: east, partition: other}]}]"), "", "says more than one"},
		"to all peers":         {cr("ExportedServices", "default", "services: [{name: web, consumers: [{peer: '*'}]}]"), "", "is not the name of one"},
		"to nobody":            {cr("ExportedServices", "default", "services: [{name: web}]"), "", ""},
		"dialled directly":     {cr("ServiceDefaults", "api", "transparentProxy: {dialedDirectly: true}"), "callers may dial its instances by their addresses", ""},
		"not dialled directly": {cr("ServiceDefaults", "api", "transparentProxy: {dialedDirectly: false}"), "", ""},
		"a port":               {cr("ServiceDefaults", "api", "transparentProxy: {outboundListenerPort: 15002}"), "", "cannot be said in a custom resource"},
		"no limit":             {cr("ServiceDefaults", "api", "maxInboundConnections: 0"), "", ""},
		"requests to servers":  {cr("RateLimit", "global", "config: {readRate: 1}"), "it limits requests to Consul's servers", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := readText(t, allHTTP+c.text, env("allow"))
			if !strings.Contains(a.found(), c.found) || c.found == "" && c.problems == "" && a.found() != "" || !strings.Contains(a.problems(), c.problems) || c.problems == "" && a.problems() != "" || a.unread() != "" {
				t.Errorf("found %s, problems %s, unread %s", a.found(), a.problems(), a.unread())
			}
		})
	}
}
