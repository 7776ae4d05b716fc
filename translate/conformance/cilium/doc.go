// Package cilium holds the reader and the writer of Cilium against Cilium's own
// code: its policy engine, its definitions and sanitizer, and the parser that its
// agents read Envoy resources with.
package cilium
