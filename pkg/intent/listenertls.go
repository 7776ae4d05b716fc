package intent

import (
	"fmt"
	"slices"
	"strings"
)

// ListenerTLS is how a listener secures connections.
type ListenerTLS struct {
	Mode TLSEnd
	// Certificates are the Secrets with what the listener shows; an empty Namespace
	// is the entry's own, or that of its pods. Files are paths in the gateway's pods
	// instead of them.
	Certificates []Name
	Files        []KeyFiles
	// Server hands out the certificate instead, over Envoy's secret discovery; zero is
	// none.
	Server CertificateServer
	// Clients says who is taken by their certificates; nil asks for none. Where
	// TLSMesh is the mode, it adds to what the mesh demands.
	Clients *ClientCertificates
	// MinVersion and MaxVersion bound the protocol, as "1.2"; "" is the proxy's own.
	MinVersion, MaxVersion string
	// Ciphers that are taken, by the names of OpenSSL; empty is the proxy's own.
	Ciphers []string
	// Options, sorted by key, are settings that one implementation understands: they
	// may keep clients out, or be the certificates.
	Options []Pair
	From    Origin
}

// TLSEnd is where connections by TLS end.
type TLSEnd string

const (
	// TLSEnds: the listener shows certificates of its own.
	TLSEnds TLSEnd = "Terminate"
	// TLSMesh: the listener shows the mesh's certificate, and takes clients by those
	// of the mesh only.
	TLSMesh TLSEnd = "Mesh"
	// TLSShown: the listener shows a certificate for its hosts that the mesh's own
	// authority signs, to whoever connects; Clients are taken as they say.
	TLSShown TLSEnd = "Shown"
	// TLSPasses: connections go on as they are, to where routes send them by the
	// name of the server.
	TLSPasses TLSEnd = "Passthrough"
	// TLSOnward: connections go on as they are, to the Service that the name of the
	// server spells out, without routes.
	TLSOnward TLSEnd = "Onward"
)

// CertificateServer is who hands out a certificate, and by which name.
type CertificateServer struct{ Name, Resource string }

// KeyFiles are the paths of a certificate and its key.
type KeyFiles struct{ Certificate, Key string }

// ClientCertificates says which clients a listener takes by the certificates that
// they show.
type ClientCertificates struct {
	// Optional takes clients without a certificate, too.
	Optional bool
	// Unchecked takes certificates that fail what is demanded here, too: it is the
	// Service's to look at them.
	Unchecked bool
	// Authorities sign the certificates; of TLSMesh and TLSShown, it is the mesh's own.
	Authorities []Authority
	// Names, of which a certificate has one; empty is any. Keys and Prints are hashes
	// of public keys and of certificates, of which one fits; both empty is any.
	Names, Keys, Prints []string
	// Revoked is the path of a list of revoked certificates; "" is none.
	Revoked string
	From    Origin
}

// Authority is a bundle of certificates of authorities.
type Authority struct {
	// Kind is "Secret", "ConfigMap", or "" for a file; Name is the object, whose empty
	// Namespace is the entry's own or that of its pods, or the Name is the path.
	Kind string
	Name Name
}

// Demands reports whether clients without a certificate that is checked are kept
// out.
func (c *ClientCertificates) Demands() bool { return c != nil && !c.Optional && !c.Unchecked }

// Takes reports whether all clients that d takes are taken, as far as that can be
// told: lists of authorities that differ may be the same in other words.
func (c *ClientCertificates) Takes(d *ClientCertificates) bool {
	switch {
	case c == nil || c.Optional:
		return true // who has no certificate to show shows none
	case d == nil || d.Optional:
		return false
	case c.Unchecked:
		return true
	}
	return !d.Unchecked && holdsAll(c.Authorities, d.Authorities) && len(c.Authorities) >= len(d.Authorities) &&
		(c.Revoked == "" || c.Revoked == d.Revoked) && atLeast(c.Names, d.Names) &&
		atLeast(append(slices.Clone(c.Keys), c.Prints...), append(slices.Clone(d.Keys), d.Prints...))
}

// atLeast holds where a list of what is taken, empty for all, takes what another
// does.
func atLeast(a, b []string) bool { return len(a) == 0 || len(b) > 0 && holdsAll(a, b) }

func holdsAll[T comparable](a, b []T) bool {
	return !slices.ContainsFunc(b, func(x T) bool { return !slices.Contains(a, x) })
}

// text writes how a listener secures connections.
func (t *ListenerTLS) text() string {
	if t == nil {
		return ""
	}
	words := []string{string(t.Mode), fmt.Sprint(t.Certificates)}
	for _, f := range t.Files {
		words = append(words, "file "+f.Certificate+" "+f.Key)
	}
	if t.Server != (CertificateServer{}) {
		words = append(words, "handed out by "+t.Server.Name+" as "+t.Server.Resource)
	}
	words = append(words, t.Clients.text(), labelled("from version", t.MinVersion), labelled("to version", t.MaxVersion),
		labelled("ciphers", strings.Join(t.Ciphers, ",")))
	for _, o := range t.Options {
		words = append(words, "option "+o.Key+"="+o.Value)
	}
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " ")
}

func (c *ClientCertificates) text() string {
	if c == nil {
		return ""
	}
	out := "of clients"
	if c.Optional {
		out += " optional"
	}
	if c.Unchecked {
		out += " unchecked"
	}
	out += authoritiesText(c.Authorities)
	for _, list := range []struct {
		label string
		of    []string
	}{{"named", c.Names}, {"with key", c.Keys}, {"with hash", c.Prints}} {
		out += strings.TrimRight(" "+labelled(list.label, strings.Join(list.of, ",")), " ")
	}
	return out + strings.TrimRight(" "+labelled("but", c.Revoked), " ")
}

func authoritiesText(list []Authority) string {
	out := ""
	for _, a := range list {
		out += strings.TrimRight(" by "+a.Kind, " ") + " " + strings.TrimPrefix(a.Name.String(), "/")
	}
	return out
}

func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + " " + text
}
