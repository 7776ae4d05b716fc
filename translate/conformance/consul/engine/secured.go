package engine

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
)

// PutCertificate writes a certificate that signs itself, which listeners name.
func (a *Agent) PutCertificate(name string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	say := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "shop.example.com"}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, say, say, key.Public(), key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	text := func(kind string, data []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}))
	}
	entry, err := json.Marshal(map[string]string{
		"Kind": "inline-certificate", "Name": name,
		"Certificate": text("CERTIFICATE", cert), "PrivateKey": text("EC PRIVATE KEY", secret),
	})
	if err != nil {
		return err
	}
	return a.Put(entry)
}

// Secured says how connections to a port are secured, in the words of Envoy.
type Secured struct {
	TLS      bool
	Min, Max string // "TLS_AUTO" is Envoy's own
	Ciphers  []string
	Clients  bool // must show certificates
}

// Secured reads the listener at a port, as it takes clients that ask for the hosts by TLS: all are
// taken the same way, or err.
func (p *Proxy) Secured(port int, hosts []string) (out Secured, err error) {
	first := true
	for _, l := range p.Listeners {
		if int(l.GetAddress().GetSocketAddress().GetPortValue()) != port {
			continue
		}
		for _, host := range hosts {
			c := chainFor(l, Call{Name: host})
			var s Secured
			if socket, ends := unpack(c.GetTransportSocket().GetTypedConfig()).(*tls.DownstreamTlsContext); ends {
				params := socket.GetCommonTlsContext().GetTlsParams()
				s = Secured{true, params.GetTlsMinimumProtocolVersion().String(), params.GetTlsMaximumProtocolVersion().String(), params.GetCipherSuites(), socket.GetRequireClientCertificate().GetValue()}
			}
			if !first && fmt.Sprint(s) != fmt.Sprint(out) {
				return out, fmt.Errorf("port %d is secured in two ways: %v and %v", port, out, s)
			}
			out, first = s, false
		}
	}
	return out, nil
}
