package istio

import "github.com/transmesh/transmesh/pkg/intent"

// gatewayProtocols are the protocols of a server with those of a listener.
var gatewayProtocols = []spelling[string]{
	{"HTTP", "HTTP"}, {"HTTPS", "HTTPS"}, {"HTTP2", "HTTP"}, {"GRPC", "HTTP"}, {"TLS", "TLS"}, {"TCP", "TCP"},
	{"GRPC-WEB", "HTTP"}, {"HTTP_PROXY", "HTTP"}, {"MONGO", "TCP"}, {"REDIS", "TCP"}, {"MYSQL", "TCP"},
}

// serverMode is a mode of a server's TLS: where connections end, and whether
// clients are asked for certificates there.
type serverMode struct {
	end             intent.TLSEnd
	asked, optional bool
}

// gatewayModes are the TLS modes of a server.
// https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings-TLSmode
var gatewayModes = []spelling[serverMode]{
	{"SIMPLE", serverMode{end: intent.TLSEnds}},
	{"MUTUAL", serverMode{end: intent.TLSEnds, asked: true}},
	{"OPTIONAL_MUTUAL", serverMode{end: intent.TLSEnds, asked: true, optional: true}},
	{"PASSTHROUGH", serverMode{end: intent.TLSPasses}},
	{"AUTO_PASSTHROUGH", serverMode{end: intent.TLSOnward}},
	{"ISTIO_MUTUAL", serverMode{end: intent.TLSMesh}},
}

// modeOf is the mode that a listener is secured by.
func modeOf(t *intent.ListenerTLS) serverMode {
	m := serverMode{end: t.Mode}
	if t.Mode == intent.TLSEnds && t.Clients != nil {
		m.asked, m.optional = true, t.Clients.Optional
	}
	return m
}

// tlsVersions are versions of TLS; TLS_AUTO leaves them to the proxy.
var tlsVersions = []spelling[string]{{"TLS_AUTO", ""}, {"TLSV1_0", "1.0"}, {"TLSV1_1", "1.1"}, {"TLSV1_2", "1.2"}, {"TLSV1_3", "1.3"}}

// cipherSuites are those that gateways take; others are passed over.
// istio.io/istio pkg/config/security ValidCipherSuites
var cipherSuites = map[string]bool{
	"ECDHE-ECDSA-AES128-GCM-SHA256": true, "ECDHE-RSA-AES128-GCM-SHA256": true, "ECDHE-ECDSA-AES256-GCM-SHA384": true,
	"ECDHE-RSA-AES256-GCM-SHA384": true, "ECDHE-ECDSA-CHACHA20-POLY1305": true, "ECDHE-RSA-CHACHA20-POLY1305": true,
	"ECDHE-ECDSA-AES128-SHA": true, "ECDHE-RSA-AES128-SHA": true, "ECDHE-ECDSA-AES256-SHA": true, "ECDHE-RSA-AES256-SHA": true,
	"AES128-GCM-SHA256": true, "AES256-GCM-SHA384": true, "AES128-SHA": true, "AES256-SHA": true, "DES-CBC3-SHA": true, "ALL": true,
}

// caSuffix ends the name by which proxies ask for the authorities in a Secret, of
// that name or of the one without the suffix.
const caSuffix = "-cacert"

// configMapScheme begins the name of a ConfigMap with authorities.
const configMapScheme = "configmap://"
