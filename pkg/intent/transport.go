package intent

import "github.com/transmesh/transmesh/pkg/match"

// Transport says how connections are secured: as served by the workloads in
// Scope.Subject (which may test match.Port), or as dialled to Host and Port by
// the clients in Scope.Client. The first fact of a side that covers a point
// decides.
type Transport struct {
	Home  *Home
	Side  Side
	Scope Scope
	// Host, Port, Subset and SubsetName say whom a Dialled fact is about; Port
	// 0 is every port.
	Host Host
	Port int
	// PortName is what the Service calls the port, where that is known. It decides
	// nothing.
	PortName   string
	Subset     match.Expr
	SubsetName string
	Mode       TLSMode
	// Accounts says of Strict that only service accounts are accepted, since the
	// mesh gives certificates to nothing else; false is any identity.
	Accounts bool
	// Origin of TLS to servers outside the mesh; of Originate only.
	Originate *Originate
	From      Origin
}

// TLSMode is how a connection is secured.
type TLSMode uint8

const (
	// Permissive, served: mutual TLS and plaintext are accepted. The default of
	// sidecar meshes.
	Permissive TLSMode = iota
	// Strict, served: only mutual TLS of the mesh is accepted: of certificates, those
	// that its servers take (Baseline.Trusts).
	Strict
	// Plain: no TLS. Served: clients have no identity. Dialled: plaintext is
	// sent.
	Plain
	// Auto, dialled: mutual TLS where the server can, plaintext otherwise.
	Auto
	// Mutual, dialled: always mutual TLS of the mesh.
	Mutual
	// Simple, dialled: TLS to a server that presents a certificate.
	Simple
	// SimpleMutual, dialled: TLS with a client certificate that is not the
	// mesh's.
	SimpleMutual
)

// Takes holds for the clients whose connections a Served fact accepts.
func (t *Transport) Takes() match.Expr {
	switch {
	case t.Mode == Strict && t.Accounts:
		return match.Atom{Field: match.ClientAccount, Op: match.Present}
	case t.Mode == Strict:
		return match.Atom{Field: match.ClientIdentity, Op: match.Present}
	}
	return match.True
}

// String names the mode in lower case.
func (m TLSMode) String() string {
	return [...]string{"permissive", "strict", "plain", "auto", "mutual", "simple", "simple-mutual"}[m]
}

// Originate holds the certificates and names of TLS origination.
type Originate struct {
	SNI            string
	SubjectNames   []string
	CACertificates string // a path; "" is the system's, where Authorities has none
	Authorities    []Authority
	ClientCert     string
	PrivateKey     string
	Credential     string // name of a Secret
	CACRL          string
	SkipVerify     *bool
	From           Origin
}
