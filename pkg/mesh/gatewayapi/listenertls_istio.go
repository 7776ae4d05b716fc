package gatewayapi

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/source"
)

// The options by which Istio secures listeners as its own API does.
// istio pilot/pkg/config/kube/gateway/conversion.go buildTLS
const (
	istioModeOption    = "gateway.istio.io/tls-terminate-mode"
	istioCiphersOption = "gateway.istio.io/tls-cipher-suites"
)

// istioOptions reads Istio's options of a listener; ok is false where it has others,
// or values that are not translated.
func istioOptions(n *source.Node, t *intent.ListenerTLS) (ok bool) {
	if n == nil {
		return true
	}
	mode := peekText(n, istioModeOption)
	for _, e := range n.Entries() {
		if e.Key != istioModeOption && e.Key != istioCiphersOption {
			return false
		}
	}
	if t.Mode != intent.TLSEnds || mode != "" && mode != "MUTUAL" && mode != "OPTIONAL_MUTUAL" && (mode != "ISTIO_MUTUAL" || len(n.Entries()) > 1 || len(t.Certificates) > 0) {
		return false
	}
	n.MarkRead()
	if mode == "ISTIO_MUTUAL" {
		t.Mode = intent.TLSMesh
		return true
	}
	if len(t.Certificates) == 0 {
		return false
	}
	if mode != "" {
		t.Clients = &intent.ClientCertificates{
			Optional: mode == "OPTIONAL_MUTUAL", Authorities: []intent.Authority{{Kind: "Secret", Name: t.Certificates[0]}},
			From: intent.From(n.Get(istioModeOption).Ref()),
		}
	}
	for _, c := range strings.Split(n.Get(istioCiphersOption).Str(), ",") {
		if c = strings.TrimSpace(c); c != "" {
			t.Ciphers = append(t.Ciphers, c)
		}
	}
	return true
}

// peekText is the text of a value, without marking it as read.
func peekText(n *source.Node, key string) (text string) {
	if x := n.GetNull(key); x != nil {
		x.Leaves(func(l source.Leaf) { text = l.Value() })
	}
	return text
}

// writeIstioOptions prints what of a listener Istio reads from options; nil is
// nothing.
func writeIstioOptions(t *intent.ListenerTLS) *manifest.Node {
	n := manifest.Map()
	if len(t.Ciphers) > 0 {
		n.Set(istioCiphersOption, manifest.Str(strings.Join(t.Ciphers, ",")))
	}
	switch {
	case t.Mode == intent.TLSMesh:
		n.Set(istioModeOption, manifest.Str("ISTIO_MUTUAL"))
	case t.Clients != nil && t.Clients.Optional && !t.Clients.Unchecked:
		n.Set(istioModeOption, manifest.Str("OPTIONAL_MUTUAL").Because(t.Clients.From...))
	}
	if len(n.Kids) == 0 {
		return nil
	}
	return n
}
