// Package conformance judges transmesh by Istio's own code.
package conformance
