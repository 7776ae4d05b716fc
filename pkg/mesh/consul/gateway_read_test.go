package consul

import (
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

// edge is an api-gateway with a port for HTTP.
const edge = "Kind: api-gateway\nName: edge\nListeners: [{Name: web, Port: 80, Protocol: http}]\n---\n"

func boundRoute(name, parent, rest string) string {
	return "Kind: http-route\nName: " + name + "\nParents: [{Name: " + parent + "}]\n" + rest + "\n---\n"
}

// Gateways and their routes are lifted where the model holds all of them, and kept as
// they are otherwise.
func TestGateways(t *testing.T) {
	const toWeb = "Rules: [{Services: [{Name: web}]}]"
	for name, c := range map[string]struct{ text, tables, found, problems string }{
		"a route":                   {edge + boundRoute("shop", "edge", toWeb), "http to * port 80 through default/edge", "", ""},
		"its gateway elsewhere":     {boundRoute("shop", "edge", toWeb), "", "not in the input", ""},
		"of no listener":            {edge + "Kind: http-route\nName: shop\nParents: [{Name: edge, SectionName: other}]\n" + toWeb, "", "it is for no listener", ""},
		"of one rank in two routes": {edge + boundRoute("a", "edge", toWeb) + boundRoute("b", "edge", toWeb), "", "order-unknown", ""},
		"of one rank for other requests": {edge + boundRoute("a", "edge", "Rules: [{Matches: [{Method: GET}], Services: [{Name: web}]}]") + boundRoute("b", "edge", "Rules: [{Matches: [{Method: PUT}], Services: [{Name: api}]}]"),
			"http to * port 80 through default/edge", "", ""},
		"shares of shares": {edge + "Kind: service-defaults\nName: api\nProtocol: http\n---\nKind: service-splitter\nName: api\nSplits: [{Weight: 50, Service: a}, {Weight: 50, Service: b}]\n---\n" +
			boundRoute("shop", "edge", "Rules: [{Services: [{Name: web}, {Name: api}]}]"), "http to default/api", "which proxies do not take", ""},
		"tokens": {edge + boundRoute("shop", "edge", "Rules: [{Filters: {JWT: {Providers: [{Name: a}]}}, Services: [{Name: web}]}]"), "http to * port 80 through default/edge", "", "Rules[0].Filters.JWT is in Consul Enterprise only"},
		"two routes for connections": {"Kind: api-gateway\nName: edge\nListeners: [{Name: db, Port: 5432, Protocol: tcp}]\n---\nKind: tcp-route\nName: a\nParents: [{Name: edge}]\nServices: [{Name: db}]\n---\nKind: tcp-route\nName: b\nParents: [{Name: edge}]\nServices: [{Name: db}]\n",
			"", "order-unknown", ""},
		"a certificate that is not there": {"Kind: api-gateway\nName: edge\nListeners: [{Name: web, Port: 443, Protocol: http, TLS: {Certificates: [{Kind: file-system-certificate, Name: a}]}}]\n---\n" + boundRoute("shop", "edge", toWeb),
			"", "the certificate a is not in the input", ""},
		"ports of two kinds":    {"Kind: api-gateway\nName: edge\nListeners: [{Name: web, Port: 80, Protocol: http}, {Name: db, Port: 80, Protocol: tcp}]\n", "", "", "Listeners[1] shares its port with a listener of another protocol or host"},
		"a wildcard":            {edge + boundRoute("shop", "edge", "Hostnames: ['*.example.com']\n"+toWeb), "http to *.example.com port 80 through default/edge", "", "Hostnames[0] has a wildcard"},
		"ingress: all services": {"Kind: ingress-gateway\nName: in\nListeners: [{Port: 80, Protocol: http, Services: [{Name: '*'}]}]\n", "", "it leads to all services by their names", ""},
		"ingress: no hosts":     {"Kind: ingress-gateway\nName: in\nListeners: [{Port: 80, Protocol: http, Services: [{Name: web}]}]\n", "", "web.ingress.*", ""},
		"ingress: secured":      {"Kind: ingress-gateway\nName: in\nTLS: {Enabled: true}\nListeners: [{Port: 80, Protocol: http, Services: [{Name: web, Hosts: [a.example.com]}]}]\n", "http to a.example.com port 80 through default/in", "", ""},
		"ingress: a server of certificates for one host": {"Kind: ingress-gateway\nName: in\nListeners: [{Port: 80, Protocol: http, Services: [{Name: web, Hosts: [a.example.com], TLS: {SDS: {CertResource: a}}}]}]\n", "", "no server that hands it out", ""},
		"ingress: a certificate of no server":            {"Kind: ingress-gateway\nName: in\nTLS: {SDS: {CertResource: a}}\nListeners: [{Port: 80, Protocol: http, Services: [{Name: web, Hosts: [a.example.com]}]}]\n", "", "no server that hands it out", ""},
		"ingress: a server of no certificate":            {"Kind: ingress-gateway\nName: in\nTLS: {SDS: {ClusterName: a}}\nListeners: [{Port: 80, Protocol: http, Services: [{Name: web, Hosts: [a.example.com]}]}]\n", "", "a listener none of its certificates", ""},
		"ingress: a host twice":                          {"Kind: ingress-gateway\nName: in\nListeners: [{Port: 80, Protocol: http, Services: [{Name: web, Hosts: [a.example.com]}, {Name: api, Hosts: [a.example.com]}]}]\n", "", "a host twice", ""},
		"ingress: any host, secured":                     {"Kind: ingress-gateway\nName: in\nTLS: {Enabled: true}\nListeners: [{Port: 80, Protocol: http, Services: [{Name: web, Hosts: ['*']}]}]\n", "", "for which there is none", ""},
		"ingress: ciphers of nothing":                    {"Kind: ingress-gateway\nName: in\nListeners: [{Port: 80, Protocol: http, TLS: {TLSMinVersion: TLSv1_2}, Services: [{Name: web, Hosts: [a.example.com]}]}]\n", "http to a.example.com port 80 through default/in", "where TLS is not enabled", ""},
		"ingress: ciphers beside TLS 1.3":                {"Kind: ingress-gateway\nName: in\nTLS: {CipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]}\nListeners: [{Port: 80, Protocol: http, TLS: {Enabled: true, TLSMinVersion: TLSv1_3}, Services: [{Name: web, Hosts: [a.example.com]}]}]\n", "", "takes no TLS but 1.3", ""},
		"ingress: limits":                                {"Kind: ingress-gateway\nName: in\nListeners: [{Port: 80, Protocol: http, Services: [{Name: web, Hosts: [a.example.com], MaxConnections: 5}]}]\n", "http to a.example.com port 80 through default/in", "", ""},
		"ingress: limits where others stand in": {"Kind: service-defaults\nName: web\nProtocol: http\n---\nKind: service-defaults\nName: api\nProtocol: http\n---\nKind: service-resolver\nName: web\nFailover: {'*': {Service: api}}\n---\nKind: ingress-gateway\nName: in\nListeners: [{Port: 80, Protocol: http, Services: [{Name: web, Hosts: [a.example.com], MaxConnections: 5}]}]\n",
			"http to default/web", "breaks off before it tells the gateway anything", ""},
		"ingress: several limits": {"Kind: ingress-gateway\nName: in\nListeners: [{Port: 80, Protocol: http, Services: [{Name: web, Hosts: [a.example.com], MaxConnections: 5}]}, {Port: 81, Protocol: http, Services: [{Name: web, Hosts: [a.example.com]}]}]\n",
			"http to a.example.com port 80 through default/in", "in several ways, of which either may count", ""},
		"ingress: a protocol of its own": {"Kind: service-defaults\nName: web\nProtocol: tcp\n---\nKind: ingress-gateway\nName: in\nListeners: [{Port: 80, Protocol: http, Services: [{Name: web, Hosts: [a.example.com]}]}]\n", "", "and web speaks tcp", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := readText(t, c.text, env("allow"))
			got := strings.Split(lines(intent.Print(a.model), "http", "tcp"), "\n")[0]
			if got != c.tables || !strings.Contains(a.found(), c.found) || a.unread() != "" || a.problems() != c.problems {
				t.Errorf("tables %q, found %s, unread %s, problems %s", got, a.found(), a.unread(), a.problems())
			}
		})
	}
}
