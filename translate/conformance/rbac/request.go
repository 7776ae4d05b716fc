// Package rbac decides about requests by Envoy's RBAC configuration, as Envoy's
// RBAC filters do. It is written from Envoy's source and knows nothing of Istio
// or of transmesh; what it does not know it refuses by a panic, so that no part
// of a policy is judged by a guess.
//
// Proof: envoyproxy/envoy source/extensions/filters/common/rbac.
package rbac

import (
	"net/netip"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// Request is what a filter sees of a request, or of a connection.
type Request struct {
	// Headers by name in lower case, pseudo-headers among them; nil for a
	// connection that is not HTTP.
	Headers map[string]string
	// Peer is the URI of the client's certificate; "" is none, or plaintext.
	Peer string
	// SNI is the server name that was asked for; "" is none.
	SNI string
	// Direct is the peer's address, Remote the client's as forwarded, Local the
	// one that the connection was made to. A zero address is in no block.
	Direct, Remote, Local netip.Addr
	Port                  uint32
	// Metadata is what earlier filters wrote, by filter.
	Metadata map[string]*structpb.Struct
	// FilterState holds text objects by key.
	FilterState map[string]string
}

// path is the path without query and fragment; ok is false where there is none.
func (r *Request) path() (path string, ok bool) {
	path, ok = r.Headers[":path"]
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	return path, ok
}

// with returns the request with one more piece of metadata of a filter.
func (r *Request) with(filter, key, value string) *Request {
	out := *r
	out.Metadata = map[string]*structpb.Struct{}
	for name, s := range r.Metadata {
		out.Metadata[name] = s
	}
	fields := map[string]*structpb.Value{key: structpb.NewStringValue(value)}
	for k, v := range r.Metadata[filter].GetFields() {
		if _, set := fields[k]; !set {
			fields[k] = v
		}
	}
	out.Metadata[filter] = &structpb.Struct{Fields: fields}
	return &out
}
