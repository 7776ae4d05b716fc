// Package cilium holds the reader and the writer of Cilium against Cilium's own
// policy engine.
package cilium
