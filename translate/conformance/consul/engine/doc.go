// Package engine runs a real Consul server as a referee: configuration entries go
// in through its HTTP API, and what it would have a sidecar's Envoy do comes out
// of its xDS.
package engine
