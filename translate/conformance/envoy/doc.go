// Package envoy holds what is read and written of Envoy's own configuration
// against a real Envoy: it serves the resources, gets requests over sockets, and
// what comes back is compared with what the model says.
package envoy
